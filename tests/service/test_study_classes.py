"""Places in the classes of the senior university: in order, once, never more than there are."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from sqlalchemy import func, select

from service import clock
from service.db import reading
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.study import classes, enrolling, enrolment_news, figures, places
from service.study.class_models import enrolments
from service.study.enrolment_refusals import (
    AlreadyEnrolled,
    ClassFull,
    ClassNotForYou,
    EnrolmentClosed,
    EnrolmentGone,
    TermOver,
)
from service.study.opening import NewClass, open_class, open_term
from tests.service.study_world import EVERY_TUESDAY, NOW, at_once, person, study_class, term, told

pytestmark = pytest.mark.usefixtures("database")


def matter_state(receipt_no: str) -> str:
    """How the matter of an enrolment stands, as track_matter tells it."""
    with reading() as session:
        query = select(Matter).where(matters.c.receipt_no == receipt_no)
        return session.execute(query).scalars().one().state


def enrolled_count() -> int:
    """How many rows there are, live or not."""
    with reading() as session:
        return int(session.execute(select(func.count()).select_from(enrolments)).scalar_one())


def test_a_place_a_queue_and_a_promotion() -> None:
    """武桂兰 has the only seat, 施文远 waits; when she gives it back it is his, and he is told once."""
    painting = study_class(term(), capacity=1)
    wu, shi = person("武桂兰"), person("施文远")
    seat = enrolling.enrol(wu, painting.id, NOW)
    with pytest.raises(ClassFull) as full:
        enrolling.enrol(shi, painting.id, NOW)
    assert full.value.reasons["position"] == 1
    queued = enrolling.enrol(shi, painting.id, NOW, wait=True)
    assert [(each.enrolment.state, each.position) for each in places.places_of(shi.id, NOW)] == [
        ("waiting", 1)
    ]

    enrolling.withdraw(wu, seat.receipt_no, NOW)

    assert places.get_enrolment(shi.id, queued.receipt_no).state == "enrolled"
    assert (matter_state(seat.receipt_no), matter_state(queued.receipt_no)) == ("已取消", "已报名")
    (news,) = told(shi.id)
    assert "轮到您了" in news
    assert queued.receipt_no in news
    assert places.places_of(wu.id, NOW) == []


def test_enrolling_again_changes_nothing() -> None:
    """The same press delivered twice: one place, one number."""
    painting, wu = study_class(term()), person("武桂兰")
    first = enrolling.enrol(wu, painting.id, NOW)
    with pytest.raises(AlreadyEnrolled) as again:
        enrolling.enrol(wu, painting.id, NOW)
    assert again.value.reasons["receipt_no"] == first.receipt_no
    assert enrolled_count() == 1


def test_giving_back_is_undone_under_the_same_number() -> None:
    """武桂兰 changes her mind, twice over."""
    painting, wu, shi = study_class(term(), capacity=1), person("武桂兰"), person("施文远")
    seat = enrolling.enrol(wu, painting.id, NOW)
    enrolling.withdraw(wu, seat.receipt_no, NOW)
    with pytest.raises(EnrolmentGone):
        enrolling.withdraw(wu, seat.receipt_no, NOW)
    assert enrolling.restore(wu, seat.receipt_no, NOW).receipt_no == seat.receipt_no
    enrolling.enrol(shi, painting.id, NOW, wait=True)
    given_back = enrolling.withdraw(wu, seat.receipt_no, NOW)
    assert not enrolling.can_restore(given_back, NOW)
    with pytest.raises(ClassFull):
        enrolling.restore(wu, seat.receipt_no, NOW)


@pytest.mark.parametrize(
    ("moment", "reason"),
    [("2026-11-23T08:59", "还没开始报名，11月23日（周一）上午9点开始"), ("2026-12-21T00:00", "已经截止")],
)
def test_enrolment_opens_and_closes(moment: str, reason: str) -> None:
    """A minute before it opens, and at the midnight at which it closes."""
    painting, wu = study_class(term()), person("武桂兰")
    with pytest.raises(EnrolmentClosed) as refused:
        enrolling.enrol(wu, painting.id, clock.parse(moment))
    assert reason in refused.value.reasons["reason"]
    assert enrolling.enrol(wu, painting.id, clock.parse("2026-12-20T23:59")).state == "enrolled"


def test_not_for_everybody() -> None:
    """Who stays at home is told so."""
    painting = study_class(term())
    with pytest.raises(ClassNotForYou) as refused:
        enrolling.enrol(person("高守业", "不能参加"), painting.id, NOW)
    assert "不能参加" in refused.value.reasons["reason"]


def test_nobody_touches_anothers_place() -> None:
    """Another's number is as good as none; what is over is not given back."""
    painting, wu, shi = study_class(term()), person("武桂兰"), person("施文远")
    seat = enrolling.enrol(wu, painting.id, NOW)
    with pytest.raises(NotFound):
        enrolling.withdraw(shi, seat.receipt_no, NOW)
    with pytest.raises(TermOver):
        enrolling.withdraw(wu, seat.receipt_no, clock.parse("2027-07-01T00:00"))
    assert (
        enrolling.withdraw(wu, seat.receipt_no.lower(), clock.parse("2027-06-30T23:59")).state == "withdrawn"
    )


def test_called_off_and_told_once() -> None:
    """Both who have a place and who wait are told; again tells nobody."""
    painting, wu, shi = study_class(term(), capacity=1), person("武桂兰"), person("施文远")
    seat = enrolling.enrol(wu, painting.id, NOW)
    enrolling.enrol(shi, painting.id, NOW, wait=True)
    assert len(enrolling.cancel_class(painting.id, "老师请假", NOW)) == 2
    assert enrolling.cancel_class(painting.id, "老师请假", NOW) == []
    assert len(told(wu.id)) == len(told(shi.id)) == 1
    assert "老师请假" in told(wu.id)[0]
    assert matter_state(seat.receipt_no) == "已取消"
    assert places.places_of(wu.id, NOW) == []


def test_who_is_enrolled_by_another_is_told() -> None:
    """His daughter enrols 施文远."""
    painting, shi, daughter = study_class(term()), person("施文远"), person("施小燕")
    enrolment = enrolling.enrol(shi, painting.id, NOW, actor_id=daughter.id)
    assert (enrolment.person_id, enrolment.actor_id) == (shi.id, daughter.id)
    assert "有人替您报了名" in told(shi.id)[0]


def test_news_that_no_longer_hold_are_not_sent() -> None:
    """施文远 gave the place back before the news of it was sent."""
    painting, wu, shi = study_class(term(), capacity=1), person("武桂兰"), person("施文远")
    seat = enrolling.enrol(wu, painting.id, NOW)
    queued = enrolling.enrol(shi, painting.id, NOW, wait=True)
    enrolling.withdraw(wu, seat.receipt_no, NOW)
    from service.messages.models import Outgoing, outbox
    from service.messages.outbox import get

    with reading() as session:
        row = session.execute(select(Outgoing).where(outbox.c.person_id == shi.id)).scalars().one()
    assert enrolment_news.recheck(get(row.id), NOW).state == "send"
    enrolling.withdraw(shi, queued.receipt_no, NOW)
    assert enrolment_news.recheck(get(row.id), NOW).state == "withdrawn"


def test_the_leap_day_and_the_last_day_of_a_term() -> None:
    """A term that ends on 29 February 2028, a Tuesday, still meets on it, and not after."""
    winter = open_term(
        "2028年冬季", date(2028, 2, 1), date(2028, 2, 29), NOW, clock.parse("2028-01-31T00:00")
    )
    offer = classes.get_offer(open_class(winter, NewClass("书法", "村社", EVERY_TUESDAY)).id)
    days = [clock.local(each).date() for each in offer.meetings(None, None, limit=9)]
    assert days == [date(2028, 2, day) for day in (1, 8, 15, 22, 29)]
    assert not offer.has_ended(date(2028, 2, 29))
    assert offer.has_ended(date(2028, 3, 1))


def test_what_makes_no_sense_is_not_opened() -> None:
    """A level nobody knows, a term that ends before it starts, a class that never meets in it."""
    spring = term()
    with pytest.raises(ValueError, match="not one of"):
        study_class(spring, level="国家")
    with pytest.raises(ValueError, match="already"):
        term()
    with pytest.raises(ValueError, match="ends after"):
        open_term("倒着的学期", date(2027, 6, 1), date(2027, 3, 1), NOW, clock.parse("2027-01-01T00:00"))
    day = open_term("一天的学期", date(2027, 3, 1), date(2027, 3, 1), NOW, clock.parse("2027-01-01T00:00"))
    with pytest.raises(ValueError, match="never meets"):
        study_class(day)
    with pytest.raises(ValueError, match="no venue"):
        study_class(spring, venue="月宫")


def test_places_taken_are_counted() -> None:
    """Two of three places of classes with a limit; one without does not count."""
    spring = term()
    painting, calligraphy = study_class(spring, capacity=3), study_class(spring, "书法")
    for name in ("武桂兰", "施文远"):
        who = person(name)
        enrolling.enrol(who, painting.id, NOW)
        enrolling.enrol(who, calligraphy.id, NOW)
    figure = figures.places_taken(spring.id)
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert figure.rows == [("国画", 3, 2)]


def test_a_race_for_the_last_place() -> None:
    """Eight people want two places at the same moment: two have them, six hear that it is full."""
    painting = study_class(term(), capacity=2)
    people = [person(f"第{number}位同志") for number in range(8)]
    calls = [partial(enrolling.enrol, each, painting.id, NOW) for each in people]
    outcomes = [each if isinstance(each, str) else each.state for each in at_once(*calls)]
    assert sorted(outcomes) == ["class_full"] * 6 + ["enrolled"] * 2
    assert enrolled_count() == 2
    assert classes.get_offer(painting.id).seats_left == 0
