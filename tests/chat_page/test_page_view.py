"""What a chat shows: told on the database itself, on both kinds of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service import clock, db
from service.errors import NotFound
from service.messages import buttons, chats, inbox, outbox, page_people, page_view, sending
from service.messages.models import Chat, Outgoing
from service.people.models import Person
from service.wording import Button, Utterance

MORNING = clock.parse("2026-11-23T09:00")
PAGE = "a" * 64
QUESTION = Utterance("去不去？", [Button("去", "/affirm"), Button("不去", "/deny")])

pytestmark = pytest.mark.usefixtures("database")


def minute(number: int) -> datetime:
    return MORNING + timedelta(minutes=number)


@pytest.fixture
def chat() -> Chat:
    return chats.open_chat("page", PAGE, MORNING)


def hears(chat: Chat, utterance: Utterance, now: datetime) -> Outgoing:
    """The assistant's message arrives at the chat."""
    row = outbox.reply(chat.id, utterance, now)
    sending.settle(row, "sent", now)
    return row


def texts() -> list[str]:
    view = page_view.look(PAGE, minute(999))
    assert view is not None
    return [entry.text for entry in view.entries]


def under(row: Outgoing) -> page_view.Buttons:
    view = page_view.look(PAGE, minute(999))
    assert view is not None
    return next(entry.buttons for entry in view.entries if entry.key == f"out-{row.id}")


def test_both_sides_stand_in_the_order_of_time(chat: Chat) -> None:
    inbox.receive(chat, "m-1", "words", {"text": "有活动吗"}, minute(1))
    hears(chat, Utterance("有两个。"), minute(2))
    inbox.receive(chat, "m-2", "words", {"text": "第一个"}, minute(3))
    assert texts() == ["有活动吗", "有两个。", "第一个"]


def test_a_message_shows_only_once_it_was_sent(chat: Chat) -> None:
    row = outbox.reply(chat.id, Utterance("有两个。"), minute(1))
    assert texts() == []
    sending.settle(row, "sent", minute(2))
    assert texts() == ["有两个。"]


def test_a_reminder_written_long_ago_is_seen_when_it_is_sent(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_view, "LATEST", 2)
    early = outbox.reply(chat.id, Utterance("明天有书法课。"), MORNING - timedelta(days=7))
    hears(chat, Utterance("您好。"), minute(0))
    hears(chat, Utterance("早上好。"), minute(1))
    before = page_view.look(PAGE, minute(2))
    assert before is not None
    sending.settle(early, "sent", minute(3))
    after = page_view.look(PAGE, minute(4), mark=before.mark)
    assert after is not None
    assert [entry.text for entry in after.entries] == ["早上好。", "明天有书法课。"]


def test_nothing_is_told_while_nothing_changes(chat: Chat) -> None:
    hears(chat, QUESTION, minute(1))
    view = page_view.look(PAGE, minute(2))
    assert view is not None
    assert page_view.look(PAGE, minute(3), mark=view.mark) is None


def test_a_press_takes_the_buttons_away_before_it_is_handled(chat: Chat) -> None:
    row = hears(chat, QUESTION, minute(1))
    go = under(row).live[0]
    assert go.title == "去"
    inbox.receive(chat, "p-1", "press", {"token": go.token}, minute(2))
    assert under(row) == page_view.Buttons((), "去")
    buttons.press(chat, go.token, minute(3))
    assert under(row) == page_view.Buttons((), "去")


def test_the_first_of_two_presses_counts(chat: Chat) -> None:
    row = hears(chat, QUESTION, minute(1))
    go, stay = under(row).live
    inbox.receive(chat, "p-1", "press", {"token": stay.token}, minute(2))
    inbox.receive(chat, "p-2", "press", {"token": go.token}, minute(3))
    assert under(row).chosen == "不去"


def test_a_press_that_failed_for_good_gives_the_buttons_back(chat: Chat) -> None:
    row = hears(chat, QUESTION, minute(1))
    press = inbox.receive(chat, "p-1", "press", {"token": under(row).live[0].token}, minute(2))
    inbox.settle(press, minute(3), failure_id="abc")
    assert [button.title for button in under(row).live] == ["去", "不去"]
    assert under(row).chosen is None


def test_an_old_button_cannot_be_pressed(chat: Chat) -> None:
    hears(chat, QUESTION, minute(1))
    later = page_view.look(PAGE, minute(2) + buttons.LIFETIME)
    assert later is not None
    assert later.entries[0].buttons.live == ()


def test_an_edit_changes_the_text_and_takes_the_buttons(chat: Chat) -> None:
    row = hears(chat, QUESTION, minute(1))
    sending.settle(outbox.edit(row, "这件事已经办好了。", minute(2)), "sent", minute(2))
    assert texts() == ["这件事已经办好了。"]
    assert under(row).live == ()


def test_whoever_was_away_long_gets_all_that_came_meanwhile(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_view, "LATEST", 10)
    for number in range(1, 31):
        hears(chat, Utterance(f"第{number}条"), minute(number))
    assert texts() == [f"第{number}条" for number in range(21, 31)]
    view = page_view.look(PAGE, minute(999), since=minute(11))
    assert view is not None
    assert [entry.text for entry in view.entries] == [f"第{number}条" for number in range(11, 31)]
    older = page_view.earlier(PAGE, minute(21), minute(999))
    assert [entry.text for entry in older] == [f"第{number}条" for number in range(12, 22)]


def test_nobody_sees_another_chats_file_or_buttons(chat: Chat) -> None:
    photo = inbox.receive(chat, "m-1", "photo", {"file": "a.jpg", "caption": ""}, minute(1))
    token = under(hears(chat, QUESTION, minute(1))).live[0].token
    other = chats.open_chat("page", "b" * 64, minute(2))
    assert page_view.file_of(PAGE, f"in-{photo.id}") == "a.jpg"
    assert page_view.file_of(other.address, f"in-{photo.id}") is None
    assert page_view.file_of(PAGE, "in-../../etc") is None
    assert page_view.buttons_beside(other, token, minute(3)) == page_view.Buttons()


def test_one_is_one_sample_person_at_a_time(chat: Chat, demonstration: list[Person]) -> None:
    chen, shi = demonstration
    row = outbox.reply(chat.id, QUESTION, minute(1), person_id=chen.id)
    sending.settle(row, "sent", minute(1))
    page_people.become(PAGE, chen.id, minute(2))
    assert [button.title for button in under(row).live] == ["去", "不去"]
    page_people.become(PAGE, shi.id, minute(3))
    assert [person.name for person in chats.people_of(chat)] == ["石大山"]
    assert under(row).live == ()


def test_sample_people_are_described_in_a_line(demonstration: list[Person]) -> None:
    assert [(one.name, one.about) for one in page_people.host(MORNING).people] == [
        ("陈秀兰", "76岁，退休，原单位青溪县示例中学，能参加各类活动"),
        ("石大山", "88岁，离休，在家休养，适合上门和线上服务"),
    ]


def test_outside_a_demonstration_one_is_nobody_else(chat: Chat) -> None:
    with db.unit_of_work() as session:
        real = Person(name="贾明德")
        session.add(real)
    assert page_people.host(MORNING).people == ()
    with pytest.raises(NotFound):
        page_people.become(PAGE, real.id, minute(1))


def test_who_left_is_written_to_elsewhere(chat: Chat, demonstration: list[Person]) -> None:
    chen, _ = demonstration
    page_people.become(PAGE, chen.id, minute(1))
    assert chats.chat_for(chen.id) is not None
    page_people.leave(PAGE, minute(2))
    assert chats.chat_for(chen.id) is None
    view = page_view.look(PAGE, minute(3))
    assert view is not None
    assert view.left
    assert view.person is None
