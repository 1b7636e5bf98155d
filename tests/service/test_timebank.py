"""The time bank: help for hours, once both say so; hours given away; nothing moves twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from service import clock, db
from service.errors import NotFound
from service.ledger import queries
from service.ledger.posting import MINUTES
from service.matters.models import Matter, matters
from service.messages import chats
from service.messages.models import Outgoing
from service.people.models import Person
from service.staff.reach import reach
from service.timebank import asking, giving, helping
from service.timebank.models import HelpRequest
from service.timebank.queries import open_for
from service.timebank.refusals import (
    AlreadyAsked,
    AlreadyGiven,
    GiftSettled,
    GiftToOneself,
    HelpInThePast,
    HelpSettled,
    HelpTaken,
    NotFitToHelp,
    OwnRequest,
    ProxyMayNotGive,
    TooEarlyToConfirm,
    TooFewHours,
)
from tests.service.rewards_world import at_once, clerk, give, minutes
from tests.support.talk import MONDAY, enrol

SATURDAY = clock.parse("2026-11-28T09:00")
DURING = clock.parse("2026-11-28T09:30")
AFTER = clock.parse("2026-11-28T11:00")


@pytest.fixture
def cao(database: db.Engine) -> Person:
    """曹素心, with five hours in the bank."""
    person = enrol("曹素心", "13900000301")
    give(person, 300, MINUTES)
    return person


@pytest.fixture
def ren(cao: Person) -> Person:
    """任大川, who helps."""
    return enrol("任大川", "13900000302")


def ask(person: Person, request: str = "问一", length: int = 120) -> HelpRequest:
    """Somebody to go to hospital with on Saturday at nine."""
    return asking.ask_for_help(person, "陪我去医院看眼睛", SATURDAY, length, request, MONDAY)


def told(person: Person) -> list[str]:
    """What the person is to be told unasked."""
    with db.reading() as session:
        query = select(Outgoing).where(Outgoing.person_id == person.id).order_by(Outgoing.id)
        return [(row.payload or {})["text"] for row in session.execute(query).scalars()]


def state(receipt_no: str) -> str:
    """How the matter stands, as the person reads it."""
    with db.reading() as session:
        query = select(Matter.state).where(matters.c.receipt_no == receipt_no)
        return str(session.execute(query).scalar_one())


def test_asked_claimed_confirmed(cao: Person, ren: Person) -> None:
    """The hours are held when asked, and move when both have said yes, once."""
    asked = ask(cao)
    assert (asked.receipt_no, minutes(cao)) == ("C2026-0001", 180)
    assert [each.request.receipt_no for each in open_for(ren, MONDAY)] == [asked.receipt_no]
    assert open_for(cao, MONDAY) == []
    helping.claim(ren, asked.receipt_no, MONDAY)
    assert "任大川同志认领了" in told(cao)[0]
    assert open_for(ren, MONDAY) == []
    for person in (cao, cao, ren):
        helping.confirm(person, asked.receipt_no, AFTER)
        assert (minutes(cao), minutes(ren)) == (180, 120 if person is ren else 0)
    for person in (cao, ren):
        helping.confirm(person, asked.receipt_no, AFTER)
    assert (minutes(cao), minutes(ren)) == (180, 120)
    assert state(asked.receipt_no) == "已完成"
    assert "2小时已经转给任大川" in told(cao)[-1]
    assert queries.history(ren.id, MINUTES)[0].words == "互助：2小时"
    assert queries.discrepancies() == []


def test_both_confirm_at_the_same_moment(cao: Person, ren: Person) -> None:
    """And each twice."""
    asked = ask(cao)
    helping.claim(ren, asked.receipt_no, MONDAY)
    calls = [lambda who=who: helping.confirm(who, asked.receipt_no, AFTER) for who in (cao, ren, cao, ren)]
    assert at_once(*calls) == [None] * 4
    assert (minutes(cao), minutes(ren)) == (180, 120)


def test_one_yes_asks_once(cao: Person) -> None:
    """A double tap."""
    asked = ask(cao)
    with pytest.raises(AlreadyAsked) as refused:
        ask(cao)
    assert refused.value.reasons == {"receipt_no": asked.receipt_no}
    raised = at_once(*(lambda: ask(cao, "问二") for _ in range(3)))
    assert sorted(type(error).__name__ for error in raised) == ["AlreadyAsked"] * 2 + ["NoneType"]
    assert minutes(cao) == 60


def test_asked_in_vain(cao: Person) -> None:
    """Too few hours, a time gone by, a whole week: refused by name, nothing held."""
    with pytest.raises(TooFewHours) as refused:
        ask(cao, length=301)
    assert refused.value.reasons == {"balance": "5小时", "needed": "5小时1分钟"}
    with pytest.raises(HelpInThePast):
        asking.ask_for_help(cao, "买菜", MONDAY, 60, "问", MONDAY)
    with pytest.raises(ValueError, match="working day"):
        ask(cao, length=481)
    assert minutes(cao) == 300


def test_claimed_by_one(cao: Person, ren: Person) -> None:
    """Two at the same moment: one is told it is taken; the one who has it may press again."""
    asked, fan = ask(cao), enrol("范竹青")
    raised = at_once(*(lambda who=who: helping.claim(who, asked.receipt_no, MONDAY) for who in (ren, fan)))
    assert sorted(type(error).__name__ for error in raised) == ["HelpTaken", "NoneType"]
    has_it, other = (ren, fan) if raised[0] is None else (fan, ren)
    assert helping.claim(has_it, asked.receipt_no, MONDAY).helper_id == has_it.id
    with pytest.raises(HelpTaken):
        helping.claim(other, asked.receipt_no, MONDAY)
    assert len(told(cao)) == 1


def test_who_may_not_claim(cao: Person) -> None:
    """Oneself, who is to stay at home, and anybody once it has begun."""
    asked = ask(cao)
    with pytest.raises(OwnRequest):
        helping.claim(cao, asked.receipt_no, MONDAY)
    with pytest.raises(NotFitToHelp):
        helping.claim(enrol("李静安", activity_class="不能参加"), asked.receipt_no, MONDAY)
    with pytest.raises(HelpTaken):
        helping.claim(enrol("范竹青"), asked.receipt_no, SATURDAY)
    with pytest.raises(NotFound):
        helping.claim(cao, "C2026-0999", MONDAY)


def test_given_back_and_claimed_by_another(cao: Person, ren: Person) -> None:
    """It is open again, who asked is told, and the next one gets the hours."""
    asked, fan = ask(cao), enrol("范竹青")
    helping.claim(ren, asked.receipt_no, MONDAY)
    helping.give_back(ren, asked.receipt_no, MONDAY)
    with pytest.raises(NotFound):
        helping.give_back(ren, asked.receipt_no, MONDAY)
    assert state(asked.receipt_no) == "等人认领"
    helping.claim(fan, asked.receipt_no, MONDAY)
    assert [text[:5] for text in told(cao)] == ["有人来帮您", "任大川同志", "有人来帮您"]
    with pytest.raises(HelpSettled):
        helping.give_back(fan, asked.receipt_no, SATURDAY)
    for person in (fan, cao):
        helping.confirm(person, asked.receipt_no, AFTER)
    assert (minutes(fan), minutes(ren)) == (120, 0)


def test_called_off(cao: Person, ren: Person) -> None:
    """The hours come back once, and the helper is spared the way; not any more once it has begun."""
    asked = ask(cao)
    helping.claim(ren, asked.receipt_no, MONDAY)
    with pytest.raises(NotFound):
        asking.cancel_request(ren, asked.receipt_no, MONDAY)
    asking.cancel_request(cao, asked.receipt_no, MONDAY)
    with pytest.raises(HelpSettled):
        asking.cancel_request(cao, asked.receipt_no, MONDAY)
    assert minutes(cao) == 300
    assert "您不用去了" in told(ren)[0]
    begun = ask(cao, "问二")
    helping.claim(ren, begun.receipt_no, MONDAY)
    with pytest.raises(HelpSettled):
        asking.cancel_request(cao, begun.receipt_no, SATURDAY)
    for call in (helping.confirm, lambda *given: helping.dispute(*given[:2], "没来", given[2])):
        with pytest.raises(HelpSettled):
            call(cao, asked.receipt_no, AFTER)


def test_too_early(cao: Person, ren: Person) -> None:
    """Before it begins nothing can be done or gone wrong."""
    asked = ask(cao)
    helping.claim(ren, asked.receipt_no, MONDAY)
    with pytest.raises(TooEarlyToConfirm) as refused:
        helping.confirm(cao, asked.receipt_no, MONDAY)
    assert refused.value.reasons == {"when": "11月28日（周六）上午9点"}
    with pytest.raises(TooEarlyToConfirm):
        helping.dispute(cao, asked.receipt_no, "没来", MONDAY)
    with pytest.raises(NotFound):
        helping.confirm(enrol("范竹青"), asked.receipt_no, AFTER)


def test_nobody_claimed(cao: Person) -> None:
    """At its hour it lapses, once; the hours come back and the person hears of it."""
    asked = ask(cao)
    helping.move_on(clock.parse("2026-11-28T08:59"))
    assert minutes(cao) == 180
    for moment in (SATURDAY, DURING, AFTER):
        helping.move_on(moment)
        assert minutes(cao) == 300
    assert len(told(cao)) == 1
    assert state(asked.receipt_no) == "没有人认领"


def test_both_are_asked_once_then_staff(cao: Person, ren: Person) -> None:
    """At the end both are asked, but for who has said so; after a week staff look at it."""
    asked = ask(cao)
    helping.claim(ren, asked.receipt_no, MONDAY)
    helping.move_on(DURING)
    assert told(ren) == []
    helping.confirm(ren, asked.receipt_no, DURING)
    for moment in (AFTER, clock.parse("2026-11-29T09:00"), clock.parse("2026-12-05T10:59")):
        helping.move_on(moment)
    assert [text for text in told(cao) if "帮完了吗" in text] == told(cao)[1:]
    assert len(told(cao)) == 2
    assert told(ren) == []
    for moment in ("2026-12-05T11:00", "2026-12-06T11:00"):
        helping.move_on(clock.parse(moment))
    assert state(asked.receipt_no) == "工作人员核实中"
    assert (len(told(cao)), len(told(ren))) == (3, 1)
    assert minutes(ren) == 0


def test_disputed_and_decided(cao: Person, ren: Person) -> None:
    """Nothing moves until staff say how much; that is said once."""
    asked, by = ask(cao), clerk()
    helping.claim(ren, asked.receipt_no, MONDAY)
    helping.confirm(ren, asked.receipt_no, AFTER)
    for _ in range(2):
        helping.dispute(cao, asked.receipt_no, "只来了半小时", AFTER)
    with pytest.raises(HelpSettled):
        helping.confirm(cao, asked.receipt_no, AFTER)
    assert (minutes(cao), minutes(ren)) == (180, 0)
    with pytest.raises(ValueError, match="between 0 and 120"):
        helping.decide(asked.receipt_no, 121, by, AFTER)
    helping.decide(asked.receipt_no, 30, by, AFTER)
    with pytest.raises(HelpSettled):
        helping.decide(asked.receipt_no, 120, by, AFTER)
    assert (minutes(cao), minutes(ren)) == (270, 30)
    assert "30分钟给任大川同志，1小时30分钟退给曹素心同志" in told(ren)[-1]
    assert queries.discrepancies() == []


def test_staff_on_duty_see_a_dispute(cao: Person, ren: Person) -> None:
    """Once, in their own chat, with what is objected."""
    chat = chats.open_chat("terminal", "staff-1", MONDAY)
    reach(clerk(), chat.id)
    asked = ask(cao)
    helping.claim(ren, asked.receipt_no, MONDAY)
    for _ in range(2):
        helping.dispute(ren, asked.receipt_no, "到了家里没有人", AFTER)
    with db.reading() as session:
        rows = session.execute(select(Outgoing).where(Outgoing.chat_id == chat.id)).scalars().all()
    (seen,) = [(row.payload or {})["text"] for row in rows]
    assert "C2026-0001：曹素心 求助“陪我去医院看眼睛”" in seen
    assert "到了家里没有人" in seen


def test_hours_given(cao: Person, ren: Person) -> None:
    """They move at once under a number; one yes gives once, however often it is told."""
    gift = giving.give(cao, ren, 120, "问", MONDAY)
    assert (minutes(cao), minutes(ren)) == (180, 120)
    with pytest.raises(AlreadyGiven):
        giving.give(cao, ren, 120, "问", MONDAY)
    raised = at_once(*(lambda: giving.give(cao, ren, 60, "又", MONDAY) for _ in range(3)))
    assert sorted(type(error).__name__ for error in raised) == ["AlreadyGiven"] * 2 + ["NoneType"]
    assert (minutes(cao), minutes(ren)) == (120, 180)
    assert queries.history(ren.id, MINUTES)[-1].words == "曹素心送给任大川2小时"
    assert state(gift.receipt_no) == "已送出"
    assert len(told(ren)) == 2


def test_a_gift_refused(cao: Person, ren: Person) -> None:
    """More than there is, to oneself, by somebody else."""
    with pytest.raises(TooFewHours):
        giving.give(cao, ren, 301, "问", MONDAY)
    with pytest.raises(GiftToOneself):
        giving.give(cao, cao, 60, "问", MONDAY)
    with pytest.raises(ProxyMayNotGive):
        giving.give(cao, ren, 60, "问", MONDAY, actor_id=ren.id)
    with pytest.raises(ValueError, match="minute"):
        giving.give(cao, ren, 0, "问", MONDAY)
    assert minutes(cao) == 300


def test_a_gift_taken_back(cao: Person, ren: Person) -> None:
    """Within half an hour, once, while it is not spent."""
    gift = giving.give(cao, ren, 120, "问", MONDAY)
    soon = clock.parse("2026-11-23T09:59")
    with pytest.raises(NotFound):
        giving.undo(ren, gift.receipt_no, soon)
    giving.undo(cao, gift.receipt_no, soon)
    with pytest.raises(GiftSettled):
        giving.undo(cao, gift.receipt_no, soon)
    assert (minutes(cao), minutes(ren)) == (300, 0)
    spent = giving.give(cao, ren, 120, "又", MONDAY)
    asking.ask_for_help(ren, "买菜", SATURDAY, 60, "问二", MONDAY)
    with pytest.raises(GiftSettled):
        giving.undo(cao, spent.receipt_no, soon)
    late = giving.give(cao, ren, 30, "再", MONDAY)
    with pytest.raises(GiftSettled):
        giving.undo(cao, late.receipt_no, clock.parse("2026-11-23T10:00"))


def test_near_ones_first(cao: Person) -> None:
    """Requests of one's own community before others that are sooner."""
    with db.unit_of_work() as session:
        from service.organisations.models import Community, Office

        office = Office(name="银溪县老干部局")
        session.add(office)
        session.flush()
        session.add(Community(office_id=office.id, name="银杏社区"))
        session.flush()
    near, helper = enrol("范竹青", community_id=1), enrol("任巧云", community_id=1)
    give(near, 120, MINUTES)
    ask(cao)
    later = clock.parse("2026-11-30T09:00")
    asking.ask_for_help(near, "换灯泡", later, 60, "问二", MONDAY)
    assert [each.asker.name for each in open_for(helper, MONDAY)] == ["范竹青", "曹素心"]
