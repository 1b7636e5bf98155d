"""A change of one's details: asked for once, applied or refused once, told once."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.messages import chats
from service.messages.models import Chat, Outgoing, outbox
from service.organisations.models import Community, Office
from service.people.models import Person
from service.people.profile import masked, profile_of
from service.people.queries import by_phone
from service.profiles import changes
from service.profiles.changes import ChangeNotUsable, ChangeSettled
from tests.service.study_world import NOW, at_once, told
from tests.support.talk import enrol


@pytest.fixture
def jing(database: object) -> Chat:
    """景淑贤, in a chat of her own."""
    with unit_of_work() as session:
        session.add(Office(name="银溪县老干部局"))
    person = enrol("景淑贤", "13900001111")
    chat = chats.open_chat("page", "her-tablet", NOW)
    chats.bind(chat, person, "staff", NOW)
    return chats.get_chat(chat.id)


def her(chat: Chat) -> Person:
    """The person of the chat."""
    found = chats.person_of(chat)
    assert found is not None
    return found


def matter_state(receipt_no: str) -> str:
    """As track_matter tells it."""
    with reading() as session:
        query = select(Matter).where(matters.c.receipt_no == receipt_no)
        return session.execute(query).scalars().one().state


def test_asked_applied_and_told_once(jing: Chat) -> None:
    """Asked twice, applied twice: one number, one change, one message."""
    asked = changes.ask(jing, "phone", "139-0000-2222", NOW)
    assert changes.ask(jing, "phone", "13900002222", NOW).receipt_no == asked.receipt_no
    assert (asked.receipt_no, asked.before, matter_state(asked.receipt_no)) == (
        "C2026-0001",
        "13900001111",
        "已收到",
    )
    assert by_phone("13900001111")
    changes.apply(asked.receipt_no, NOW)
    changes.apply(asked.receipt_no, NOW)
    assert [each.name for each in by_phone("13900002222")] == ["景淑贤"]
    assert by_phone("13900001111") == []
    assert matter_state(asked.receipt_no) == "已更改"
    assert len(told(her(jing).id)) == 1
    with pytest.raises(ChangeSettled):
        changes.refuse(asked.receipt_no, "晚了", NOW)
    with pytest.raises(ChangeSettled):
        changes.withdraw(her(jing).id, asked.receipt_no, NOW)


def test_refused_needs_a_reason(jing: Chat) -> None:
    """And leaves everything as it was."""
    asked = changes.ask(jing, "spouse", "康明远", NOW)
    with pytest.raises(ValueError, match="reason"):
        changes.refuse(asked.receipt_no, " ", NOW)
    changes.refuse(asked.receipt_no, "请带结婚证", NOW)
    changes.refuse(asked.receipt_no, "请带结婚证", NOW)
    (news,) = told(her(jing).id)
    assert "请带结婚证" in news
    assert profile_of(her(jing).id).details.spouse == ""
    with pytest.raises(ChangeSettled):
        changes.apply(asked.receipt_no, NOW)


def test_the_newer_word_counts(jing: Chat) -> None:
    """Another address before the first was looked at: only the second waits."""
    first = changes.ask(jing, "address", "南华街1号", NOW)
    second = changes.ask(jing, "address", "南华街2号", NOW)
    assert [each.receipt_no for each in changes.open_changes()] == [second.receipt_no]
    assert matter_state(first.receipt_no) == "已撤回"
    changes.apply(second.receipt_no, NOW)
    assert profile_of(her(jing).id).details.address == "南华街2号"


def test_withdrawn_by_who_asked_alone(jing: Chat) -> None:
    """Another's number is as good as none; withdrawn twice is withdrawn."""
    asked = changes.ask(jing, "interests", "书法、太极拳", NOW)
    with pytest.raises(NotFound):
        changes.withdraw(enrol("康明远").id, asked.receipt_no, NOW)
    changes.withdraw(her(jing).id, asked.receipt_no, NOW)
    assert changes.withdraw(her(jing).id, asked.receipt_no, NOW).state == "withdrawn"


def test_a_community_that_there_is(jing: Chat) -> None:
    """One that nobody knows cannot be applied, and still waits."""
    with unit_of_work() as session:
        session.add(Community(1, "南华社区"))
    unknown = changes.ask(jing, "community", "月宫社区", NOW)
    with pytest.raises(ValueError, match="no community"):
        changes.apply(unknown.receipt_no, NOW)
    assert [each.state for each in changes.open_changes()] == ["open"]
    known = changes.ask(jing, "community", "南华社区", NOW)
    changes.apply(known.receipt_no, NOW)
    assert profile_of(her(jing).id).community == "南华社区"


@pytest.mark.parametrize("value", ["", "不是号码", "123", "1390000111122233344455"])
def test_no_phone_number(jing: Chat, value: str) -> None:
    """What cannot be one is refused before anything is written."""
    with pytest.raises(ChangeNotUsable):
        changes.ask(jing, "phone", value, NOW)
    assert changes.open_changes() == []


def test_a_strangers_chat_changes_nothing(jing: Chat) -> None:
    """It speaks for nobody."""
    stranger = chats.open_chat("page", "another", NOW)
    with pytest.raises(NotFound):
        changes.ask(stranger, "phone", "13900002222", NOW)


def test_two_of_staff_at_once(jing: Chat) -> None:
    """One applies, the other refuses at the same moment: one of them hears that it is settled."""
    asked = changes.ask(jing, "phone", "13900002222", NOW)
    outcomes = at_once(
        partial(changes.apply, asked.receipt_no, NOW),
        partial(changes.refuse, asked.receipt_no, "缺材料", NOW),
    )
    assert sum(each == "change_settled" for each in outcomes) == 1
    assert len(told(her(jing).id)) == 1


def test_what_is_asked_for_is_not_readable_in_the_database(jing: Chat) -> None:
    """A phone number is encrypted where it waits."""
    changes.ask(jing, "phone", "13900002222", NOW)
    with reading() as session:
        raw = session.connection().exec_driver_sql("SELECT after FROM profile_changes").scalar()
    assert b"13900002222" not in bytes(raw)


def test_masked() -> None:
    """The middle of a number is hidden; a short one is no secret."""
    assert masked("13900001111") == "139****1111"
    assert masked("6123456") == "6123456"


def test_told_after_quiet_hours(jing: Chat) -> None:
    """Though she wants nothing unasked, she asked for this; but not at night."""
    with unit_of_work() as session:
        session.merge(her(jing)).quiet_from = 9
        session.merge(her(jing)).quiet_until = 12
    asked = changes.ask(jing, "spouse", "康明远", NOW)
    changes.apply(asked.receipt_no, NOW)
    with reading() as session:
        row = session.execute(select(Outgoing).where(outbox.c.kind == changes.KIND)).scalars().one()
    verdict = changes.recheck(row, NOW)
    assert verdict.until is not None
    assert verdict.until.hour == 12
