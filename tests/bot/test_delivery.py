"""Delivery: every operation is a row that says what became of it; nothing is sent twice by itself, nothing is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery import Blocked, NotReached, Refused
from service import db, wording
from service.messages import buttons, chats, inbox, outbox, sending
from service.messages.models import ButtonToken, Chat, Outgoing
from service.messages.verdicts import WITHDRAWN, Verdict, for_unasked
from service.people import preferences
from service.people.queries import get
from service.wording import Button, Utterance
from tests.bot.stand_in import answer_all, delivery, heard, replies, resident, write
from tests.support.talk import MONDAY, StandingClock, enrol


class Post:
    """A messenger that remembers what it was given, and fails as it is told to."""

    def __init__(self, *failures: Exception | None) -> None:
        self.sent: list[str] = []
        self.failures = list(failures)
        self.states: list[str] = []

    async def deliver(
        self, row: Outgoing, chat: Chat, shown: list[ButtonToken], target: Outgoing | None
    ) -> str | None:
        """Look at the row as another process would see it, then take it or fail."""
        self.states.append((await asyncio.to_thread(outbox.get, row.id)).state)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.sent.append((row.payload or {})["text"])
        return f"m{len(self.sent)}"


@pytest.fixture
def chat(database: db.Engine) -> Chat:
    """崔凤英's chat."""
    return resident("崔凤英")


def answer(chat: Chat, text: str, *titles: str, now: Any = MONDAY) -> Outgoing:
    """An answer to somebody who waits for it."""
    said = Utterance(text, [Button(title, "/affirm") for title in titles])
    return outbox.reply(chat.id, said, now, person_id=chat.person_id)


def remind(chat: Chat, text: str = "该上课了", **when: Any) -> Outgoing:
    """Something unasked."""
    assert chat.person_id is not None
    row = outbox.tell(
        chat.person_id, "study_reminder", Utterance(text, [Button("学", "/affirm")]), MONDAY, **when
    )
    assert row is not None
    return row


def state(row: Outgoing) -> str:
    """What has become of a row."""
    return outbox.get(row.id).state


async def run(post: Post, now: StandingClock | None = None, **rechecks: Any) -> None:
    """Deliver until nothing is due."""
    sender = delivery(now, rechecks, page=post)
    while await sender.deliver_due():
        pass


async def test_pending_sending_sent(chat: Chat) -> None:
    """The row is marked before the messenger is called, and settled with the messenger's own id."""
    row = answer(chat, "您有120分")
    assert state(row) == "pending"
    post = Post()
    await run(post)
    assert post.states == ["sending"]
    after = outbox.get(row.id)
    assert (after.state, after.external_id, after.attempts, after.settled_at) == ("sent", "m1", 1, MONDAY)


async def test_in_order(chat: Chat) -> None:
    """Three answers arrive as they were written; another chat's in between."""
    other = resident("廖春生")
    for text in "一二三":
        answer(chat, text)
        answer(other, f"廖{text}")
    post = Post()
    await run(post)
    assert [text for text in post.sent if "廖" not in text] == ["一", "二", "三"]
    assert [text for text in post.sent if "廖" in text] == ["廖一", "廖二", "廖三"]


async def test_a_crash_while_sending_a_reply(chat: Chat) -> None:
    """Nobody knows whether it arrived: it comes once more, says so, and its button works."""
    row = answer(chat, "要报名吗？", "要")
    sending.take_due(MONDAY, 30)
    (again,) = sending.recover(MONDAY)
    assert state(row) == "uncertain"
    post = Post()
    await run(post)
    assert post.sent == ["（重发）要报名吗？"]
    (button,) = outbox.buttons_of(again)
    assert buttons.press(chat, button.token, MONDAY).title == "要"


async def test_a_repetition_is_not_repeated(chat: Chat) -> None:
    """Two crashes in a row: the second time it is let be."""
    answer(chat, "要报名吗？")
    for _ in range(3):
        sending.take_due(MONDAY, 30)
        sending.recover(MONDAY)
    await run(Post())
    assert replies(chat) == ["要报名吗？", "（重发）要报名吗？"]
    assert replies(chat, "sent") == []


async def test_a_repetition_keeps_its_place(chat: Chat) -> None:
    """What comes once more comes before what was written after it."""
    answer(chat, "第一句")
    sending.take_due(MONDAY, 30)
    answer(chat, "第二句", now=MONDAY + timedelta(seconds=10))
    sending.recover(MONDAY + timedelta(minutes=1))
    post, later = Post(), StandingClock(MONDAY + timedelta(minutes=1))
    await run(post, later)
    assert post.sent == ["（重发）第一句", "第二句"]


async def test_a_crash_while_sending_a_reminder(chat: Chat) -> None:
    """A reminder is never sent again by itself."""
    row = remind(chat)
    sending.take_due(MONDAY, 30)
    assert sending.recover(MONDAY) == []
    post = Post()
    await run(post)
    assert (post.sent, state(row)) == ([], "uncertain")


async def test_an_unknown_failure(chat: Chat) -> None:
    """The connection broke while the answer was under way: as after a crash; a reminder stays uncertain."""
    row, reminder = answer(chat, "您有120分"), remind(chat)
    post = Post(ConnectionResetError(), ConnectionResetError())
    await run(post)
    assert (state(row), state(reminder)) == ("uncertain", "uncertain")
    assert post.sent == ["（重发）您有120分"]


async def test_not_reached_keeps_the_order(chat: Chat) -> None:
    """Telegram is away for a minute: the answers wait, and come in order, with what was written meanwhile last."""
    first, second = answer(chat, "一"), answer(chat, "二")
    now, post = StandingClock(), Post(NotReached(MONDAY + timedelta(minutes=1)))
    await run(post, now)
    assert (state(first), state(second), post.sent) == ("pending", "pending", [])
    now.forward(seconds=20)
    answer(chat, "三", now=now())
    await run(post, now)
    assert post.sent == []
    now.forward(minutes=1)
    await run(post, now)
    assert post.sent == ["一", "二", "三"]


async def test_a_reminder_that_waits_holds_up_no_answer(chat: Chat) -> None:
    """A reminder could not be sent for an hour; an answer is sent meanwhile."""
    remind(chat)
    now, post = StandingClock(), Post(NotReached(MONDAY + timedelta(hours=1)))
    await run(post, now)
    now.forward(minutes=1)
    answer(chat, "您有120分", now=now())
    await run(post, now)
    assert post.sent == ["您有120分"]


async def test_blocked(chat: Chat) -> None:
    """She has blocked the assistant: nothing more is sent, until she writes again."""
    rows = [answer(chat, "一"), answer(chat, "二")]
    post = Post(Blocked())
    await run(post)
    assert [state(row) for row in rows] == ["blocked", "blocked"]
    assert chats.get_chat(chat.id).blocked_at == MONDAY
    late = remind(chat)
    await run(post)
    assert (state(late), outbox.get(late.id).error) == ("failed", "no chat")
    write(chat, "我回来了")
    again = answer(chat, "欢迎")
    await run(post)
    assert state(again) == "sent"
    assert post.sent == ["欢迎"]


async def test_refused(chat: Chat) -> None:
    """What the messenger will never take is given up; what comes after it is sent."""
    row = answer(chat, "一")
    answer(chat, "二")
    post = Post(Refused("message is too long"))
    await run(post)
    assert (state(row), outbox.get(row.id).error) == ("failed", "message is too long")
    assert post.sent == ["二"]


async def test_expired(chat: Chat) -> None:
    """Too late is not sent at all."""
    row = remind(chat, expires_at=MONDAY + timedelta(hours=2))
    post = Post()
    await run(post, StandingClock(MONDAY + timedelta(hours=2)))
    assert (state(row), post.sent) == ("expired", [])


async def test_not_before_it_is_due(chat: Chat) -> None:
    """A reminder written ahead waits for its time."""
    row = remind(chat, due_at=MONDAY + timedelta(hours=1))
    now, post = StandingClock(), Post()
    await run(post, now)
    assert state(row) == "pending"
    now.forward(hours=1)
    await run(post, now)
    assert state(row) == "sent"


def _rechecked(row: Outgoing, now: Any) -> Verdict:
    return for_unasked(get(row.person_id or 0), now)


async def test_quiet_hours(chat: Chat) -> None:
    """From nine at night till eight in the morning nothing unasked comes; an answer does."""
    preferences.keep_quiet(chat.person_id or 0, 21, 8)
    now, post = StandingClock(), Post()
    now.set("2026-11-23T22:15")
    row = remind(chat, due_at=now())
    answer(chat, "您有120分", now=now())
    await run(post, now, study_reminder=_rechecked)
    assert post.sent == ["您有120分"]
    now.set("2026-11-24T07:59")
    await run(post, now, study_reminder=_rechecked)
    assert state(row) == "pending"
    now.set("2026-11-24T08:00")
    await run(post, now, study_reminder=_rechecked)
    assert post.sent == ["您有120分", "该上课了"]


async def test_withdrawn(chat: Chat) -> None:
    """What no longer holds is not sent."""
    row = remind(chat)
    post = Post()
    await run(post, study_reminder=lambda *_: WITHDRAWN)
    assert (state(row), post.sent) == ("withdrawn", [])


async def test_one_row_that_cannot_be_looked_at(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    """A bug in one recheck costs that one row; everybody else's is sent."""
    other = resident("廖春生")
    bad, good = remind(chat, "坏的"), remind(other, "好的")

    def recheck(row: Outgoing, now: Any) -> Verdict:
        if row.id == bad.id:
            enrol("写了一半")
            raise KeyError("about")
        return Verdict("send")

    post = Post()
    await run(post, study_reminder=recheck)
    assert (post.sent, state(bad), state(good)) == (["好的"], "failed", "sent")
    assert "cannot be sent" in caplog.text


async def test_a_messenger_that_nobody_serves_here(chat: Chat) -> None:
    """A Telegram chat while there is no token: it waits for its messenger."""
    telegram = chats.open_chat("telegram", "42", MONDAY)
    row = answer(telegram, "您好")
    now, post = StandingClock(), Post()
    await run(post, now)
    assert state(row) == "pending"
    now.forward(minutes=1)
    sender = delivery(now, {}, telegram=post)
    await sender.deliver_due()
    assert (state(row), post.sent) == ("sent", ["您好"])


async def test_the_chat_is_chosen_when_it_is_sent(chat: Chat) -> None:
    """A reminder goes to the chat where she last wrote, and its button works there and nowhere else."""
    other = chats.open_chat("page", "her-phone", MONDAY)
    chats.bind(other, get(chat.person_id or 0), "staff", MONDAY)
    row = remind(chat, due_at=MONDAY + timedelta(hours=1))
    write(chat, "在吗")
    write(chats.get_chat(other.id), "在吗", now=MONDAY + timedelta(minutes=5))
    await run(Post(), StandingClock(MONDAY + timedelta(hours=1)))
    assert outbox.get(row.id).chat_id == other.id
    (button,) = outbox.buttons_of(row)
    with pytest.raises(buttons.ButtonExpired):
        buttons.press(chat, button.token, MONDAY)
    assert buttons.press(chats.get_chat(other.id), button.token, MONDAY).title == "学"


def test_told_once(chat: Chat) -> None:
    """The same notice told twice is written once."""
    said = wording.say("thank")
    assert outbox.tell(chat.person_id or 0, "notice", said, MONDAY, dedupe_key="notice:1:1") is not None
    assert outbox.tell(chat.person_id or 0, "notice", said, MONDAY, dedupe_key="notice:1:1") is None
    assert len(sending.take_due(MONDAY, 30)) == 1


async def test_an_answer_that_could_not_be_recorded(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database fails just after the messenger took the message: another chat's is recorded all the same."""
    other = resident("廖春生")
    mine, theirs = answer(chat, "一"), answer(other, "二")
    real = sending.settle

    def settle(row: Outgoing, *args: Any, **named: Any) -> None:
        if row.id == mine.id:
            raise db.TurnAborted("OperationalError")
        real(row, *args, **named)

    monkeypatch.setattr(sending, "settle", settle)
    with pytest.raises(db.TurnAborted):
        await run(Post())
    assert (state(mine), state(theirs)) == ("sending", "sent")


async def test_from_the_inbox_to_the_screen(chat: Chat) -> None:
    """Once through both roles."""
    write(chat, "我有多少积分")
    await answer_all()
    assert heard(chat) == ["我有多少积分"]
    assert inbox.waiting_count() == 0
    assert [row.payload for row in outbox.in_chat(chat.id)] == [
        {"text": "听到了：我有多少积分", "photo": None}
    ]
