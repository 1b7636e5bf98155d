"""The inbox: stored once however often it is delivered, and heard in order."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import func, select

from service import db
from service.messages import chats, inbox
from service.messages.models import Chat
from service.messages.models import inbox as inbox_rows
from tests.support.talk import MONDAY


def stored() -> int:
    """How many rows the inbox has."""
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(inbox_rows)).scalar_one())


def page(address: str = "a") -> Chat:
    """A stranger's chat."""
    return chats.open_chat("page", address, MONDAY)


def test_a_redelivery_is_stored_once(database: db.Engine) -> None:
    """Telegram sends update 17 twice; the second changes nothing, whatever it says."""
    chat = page()
    first = inbox.receive(chat, "17", "words", {"text": "报名"}, MONDAY)
    again = inbox.receive(chat, "17", "words", {"text": "报名！"}, MONDAY + timedelta(minutes=1))
    assert again.id == first.id
    assert again.payload == {"text": "报名"}
    assert stored() == 1
    assert inbox.waiting_count() == 1


def test_a_redelivery_after_the_answer_is_no_new_message(database: db.Engine) -> None:
    """It was handled, and stays so."""
    chat = page()
    row = inbox.receive(chat, "17", "words", {"text": "报名"}, MONDAY)
    inbox.settle(row, MONDAY)
    inbox.receive(chat, "17", "words", {"text": "报名"}, MONDAY)
    assert inbox.waiting_count() == 0


def test_a_long_source_id_is_one_too(database: db.Engine) -> None:
    """Ids longer than the column are told apart by what fits, and a redelivery is still found."""
    chat = page()
    inbox.receive(chat, "x" * 80, "words", {"text": "报名"}, MONDAY)
    inbox.receive(chat, "x" * 80, "words", {"text": "报名"}, MONDAY)
    assert stored() == 1


def test_numbers_are_each_chats_own(database: db.Engine) -> None:
    """Two chats may both have a message 17."""
    inbox.receive(page("a"), "17", "words", {"text": "报名"}, MONDAY)
    inbox.receive(page("b"), "17", "words", {"text": "积分"}, MONDAY)
    assert stored() == 2


def test_the_same_message_twice_at_once(database: db.Engine) -> None:
    """A page that sends again while the first is being stored: both are told that it is there."""
    chat, begin = page(), threading.Barrier(2)
    ids: list[int] = []

    def send() -> None:
        begin.wait(5)
        ids.append(inbox.receive(chat, "17", "words", {"text": "报名"}, MONDAY).id)

    both = [threading.Thread(target=send) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(10)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert stored() == 1


def test_writing_again_unblocks(database: db.Engine) -> None:
    """Whoever had blocked the assistant and writes again can be written to again."""
    chat = page()
    chats.block(chat, MONDAY)
    later = MONDAY + timedelta(hours=1)
    inbox.receive(chat, "1", "words", {"text": "在吗"}, later)
    now = chats.get_chat(chat.id)
    assert (now.blocked_at, now.last_heard_at) == (None, later)
