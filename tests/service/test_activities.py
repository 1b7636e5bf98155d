"""Booking: one seat a person, nobody over the number, everybody in turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from service import db
from service.activities import news
from service.activities.booking import book, can_restore, cancel_booking, restore
from service.activities.listing import get_listing
from service.activities.models import bookings
from service.activities.publishing import cancel_activity, move_on, publish
from service.activities.refusals import (
    ActivityClosed,
    ActivityFull,
    AlreadyBooked,
    BookingGone,
    NotEligible,
    TimeClash,
    TooLateToCancel,
)
from service.activities.schedule import get_booking, place_in_queue, schedule
from service.db import reading
from service.errors import NotFound, Refusal
from service.matters.models import matters
from service.messages.models import Outgoing, outbox
from service.messages.verdicts import SEND, WITHDRAWN
from tests.service.activity_world import NOW, activity, at, person, places

pytestmark = pytest.mark.usefixtures("database")


def told(person_id: int) -> list[str]:
    """What was written to a person unasked, oldest first."""
    with reading() as session:
        query = select(Outgoing).where(outbox.c.person_id == person_id).order_by(outbox.c.id)
        return [row.payload["text"] for row in session.execute(query).scalars()]


def matter_state(receipt_no: str) -> str:
    """How the matter of a booking stands."""
    with reading() as session:
        query = select(matters.c.state).where(matters.c.receipt_no == receipt_no)
        return str(session.execute(query).scalar_one())


def test_a_booking_has_a_receipt_and_shows_in_the_schedule() -> None:
    """陈桂香 books a lesson."""
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00", capacity=10)

    booking = book(chen, lesson.id, NOW)

    assert booking.receipt_no == "B2026-0001"
    assert matter_state("B2026-0001") == "已报名"
    assert [(each.listing.activity.title, each.position) for each in schedule(chen.id, NOW)] == [
        ("书法课", None)
    ]
    assert get_listing(lesson.id).seats_left == 9


def test_the_same_booking_twice_is_one() -> None:
    """A message delivered twice, or a finger that slips, takes one seat."""
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00", capacity=10)
    book(chen, lesson.id, NOW)

    with pytest.raises(AlreadyBooked) as refused:
        book(chen, lesson.id, NOW)

    assert refused.value.reasons["receipt_no"] == "B2026-0001"
    assert get_listing(lesson.id).taken == 1


def test_when_full_one_is_told_the_place_in_the_queue() -> None:
    """Two seats, three people; the third may wait."""
    lesson = activity("书法课", "26 15:00", capacity=2)
    for name in ("陈桂香", "李长顺"):
        book(person(name), lesson.id, NOW)
    wang = person("王秋实")

    with pytest.raises(ActivityFull) as refused:
        book(wang, lesson.id, NOW)
    waiting = book(wang, lesson.id, NOW, wait=True)

    assert refused.value.reasons["position"] == 1
    assert (waiting.state, place_in_queue(waiting), matter_state(waiting.receipt_no)) == (
        "waiting",
        1,
        "排队中",
    )
    assert get_listing(lesson.id).activity.state == "full"


def test_a_freed_seat_goes_to_the_first_who_waits() -> None:
    """王秋实 waited before 赵月明; 陈桂香 gives her seat back."""
    lesson = activity("书法课", "26 15:00", capacity=1)
    chen, wang, zhao = person("陈桂香"), person("王秋实"), person("赵月明")
    seat = book(chen, lesson.id, NOW)
    first, second = book(wang, lesson.id, NOW, wait=True), book(zhao, lesson.id, NOW, wait=True)

    cancel_booking(chen, seat.receipt_no, NOW + timedelta(hours=1))

    assert get_booking(wang.id, first.receipt_no).state == "booked"
    assert matter_state(first.receipt_no) == "已报名"
    assert get_booking(zhao.id, second.receipt_no).state == "waiting"
    assert place_in_queue(get_booking(zhao.id, second.receipt_no)) == 1
    assert len(told(wang.id)) == 1
    assert "排到您了：《书法课》" in told(wang.id)[0]
    assert "11月26日（周四）下午3点" in told(wang.id)[0]
    assert told(zhao.id) == []
    assert get_listing(lesson.id).activity.state == "full"


def test_whoever_has_something_else_by_then_is_passed_over() -> None:
    """王秋实 waits for the lesson but has booked an outing meanwhile."""
    lesson, outing = activity("书法课", "26 15:00", capacity=1), activity("秋游", "26 14:00")
    chen, wang, zhao = person("陈桂香"), person("王秋实"), person("赵月明")
    seat = book(chen, lesson.id, NOW)
    first, second = book(wang, lesson.id, NOW, wait=True), book(zhao, lesson.id, NOW, wait=True)
    book(wang, outing.id, NOW)

    cancel_booking(chen, seat.receipt_no, NOW)

    assert get_booking(wang.id, first.receipt_no).state == "waiting"
    assert get_booking(zhao.id, second.receipt_no).state == "booked"


def test_good_news_is_rechecked_when_it_is_sent() -> None:
    """Not at night, and not at all once 王秋实 has given the seat back."""
    lesson, chen, wang = activity("书法课", "26 08:00", capacity=1), person("陈桂香"), person("王秋实")
    with db.unit_of_work() as session:
        row = session.merge(wang)
        row.quiet_from, row.quiet_until = 21, 7
    seat, waiting = book(chen, lesson.id, NOW), book(wang, lesson.id, NOW, wait=True)
    cancel_booking(chen, seat.receipt_no, NOW)
    with reading() as session:
        (good_news,) = session.execute(select(Outgoing).where(outbox.c.person_id == wang.id)).scalars()

    assert news.recheck(good_news, NOW) == SEND
    assert news.recheck(good_news, at("23 22:00")).until == at("24 07:00")
    assert news.recheck(good_news, at("26 06:00")).until == at("26 07:00")
    cancel_booking(wang, waiting.receipt_no, NOW)
    assert news.recheck(good_news, NOW) == WITHDRAWN


def test_two_things_at_once_clash() -> None:
    """The refusal names the other; what only touches does not clash."""
    chen = person("陈桂香")
    book(chen, activity("书法课", "26 15:00").id, NOW)

    with pytest.raises(TimeClash) as refused:
        book(chen, activity("健康讲座", "26 16:30").id, NOW)
    afterwards = book(chen, activity("茶话会", "26 17:00").id, NOW)

    assert refused.value.reasons["other"] == "书法课"
    assert refused.value.reasons["receipt_no"] == "B2026-0001"
    assert afterwards.state == "booked"


def test_what_the_class_does_not_allow_is_refused_with_the_reason() -> None:
    """吴静安 is in 不能参加: no outing, but the lesson at home."""
    wu = person("吴静安", "不能参加")
    outing = activity("清溪河巡河", "26 09:00", kind="志愿岗", eligible_classes=["正常活动"])
    at_home = activity("空中课堂", "26 09:00", eligible_classes=["正常活动", "适当参加", "不能参加"])

    with pytest.raises(NotEligible) as refused:
        book(wu, outing.id, NOW)

    assert "身体" in refused.value.reasons["reason"]
    assert book(wu, at_home.id, NOW).state == "booked"


@pytest.mark.parametrize(
    ("moment", "reason"),
    [("25 18:00", "报名已经截止了"), ("26 15:30", "已经开始了"), ("26 17:00", "已经结束了")],
)
def test_time_closes_an_activity(moment: str, reason: str) -> None:
    """After the cut-off, after the start, after the end."""
    lesson = activity("书法课", "26 15:00", booking_closes_at=at("25 18:00"))

    with pytest.raises(ActivityClosed) as refused:
        book(person("陈桂香"), lesson.id, at(moment))

    assert reason in refused.value.reasons["reason"]


def test_calling_off_tells_everybody_once() -> None:
    """The seat and the place in the queue both end; nobody can book any more."""
    lesson = activity("书法课", "26 15:00", capacity=1)
    chen, wang = person("陈桂香"), person("王秋实")
    seat = book(chen, lesson.id, NOW)
    book(wang, lesson.id, NOW, wait=True)

    cancel_activity(lesson.id, "老师生病", NOW)
    cancel_activity(lesson.id, "老师生病", NOW)

    assert len(told(chen.id)) == len(told(wang.id)) == 1
    assert "原因：老师生病" in told(chen.id)[0]
    assert matter_state(seat.receipt_no) == "活动取消"
    assert schedule(chen.id, NOW) == []
    with pytest.raises(ActivityClosed):
        book(person("李长顺"), lesson.id, NOW)


def test_giving_back_is_undone_under_the_same_number() -> None:
    """李长顺 changes his mind twice."""
    lesson, li = activity("书法课", "26 15:00", capacity=1), person("李长顺")
    seat = book(li, lesson.id, NOW)

    given_back = cancel_booking(li, seat.receipt_no, NOW)
    assert can_restore(given_back, NOW)
    assert get_listing(lesson.id).activity.state == "open"
    with pytest.raises(BookingGone):
        cancel_booking(li, seat.receipt_no, NOW)
    back = restore(li, seat.receipt_no, NOW)

    assert (back.receipt_no, back.state, matter_state(back.receipt_no)) == (
        seat.receipt_no,
        "booked",
        "已报名",
    )
    assert get_listing(lesson.id).activity.state == "full"


def test_no_undo_once_the_seat_is_anothers() -> None:
    """赵月明 has it by now."""
    lesson, li, zhao = activity("书法课", "26 15:00", capacity=1), person("李长顺"), person("赵月明")
    seat = book(li, lesson.id, NOW)
    book(zhao, lesson.id, NOW, wait=True)

    given_back = cancel_booking(li, seat.receipt_no, NOW)

    assert not can_restore(given_back, NOW)
    with pytest.raises(ActivityFull):
        restore(li, seat.receipt_no, NOW)


def test_nobody_touches_anothers_booking() -> None:
    """Another's number is as good as none, and what has begun is not given back."""
    lesson, li, zhao = activity("书法课", "26 15:00"), person("李长顺"), person("赵月明")
    seat = book(li, lesson.id, NOW)

    with pytest.raises(NotFound):
        cancel_booking(zhao, seat.receipt_no, NOW)
    with pytest.raises(TooLateToCancel):
        cancel_booking(li, seat.receipt_no, at("26 15:00"))
    assert cancel_booking(li, " b2026-0001 ", NOW).state == "cancelled"


def test_who_is_booked_by_another_is_told() -> None:
    """The branch secretary books for 陈桂香."""
    lesson, chen, secretary = activity("书法课", "26 15:00"), person("陈桂香"), person("周书记员")

    booking = book(chen, lesson.id, NOW, actor_id=secretary.id)

    assert (booking.person_id, booking.actor_id) == (chen.id, secretary.id)
    assert "周书记员替您报了名：《书法课》" in told(chen.id)[0]


def test_time_moves_activities_on() -> None:
    """Open, then closed, then held; called twice, nothing more happens."""
    lesson = activity("书法课", "26 15:00")

    def state() -> str:
        return get_listing(lesson.id).activity.state

    for moment, expected in (("26 14:59", "open"), ("26 15:00", "closed"), ("26 17:00", "held")):
        move_on(at(moment))
        move_on(at(moment))
        assert state() == expected


def test_what_makes_no_sense_is_not_published() -> None:
    """An end before the start, and a venue nobody knows."""
    places()
    with pytest.raises(ValueError, match="ends after"):
        publish("书法课", "课程班", at("26 15:00"), at("26 14:00"))
    with pytest.raises(ValueError, match="venue"):
        publish("书法课", "课程班", at("26 15:00"), at("26 17:00"), venue="月宫")
    with pytest.raises(ValueError, match="kind"):
        publish("书法课", "宴会", at("26 15:00"), at("26 17:00"))
    lesson = publish("书法课", "课程班", at("26 15:00"), at("26 17:00"), venue="南华活动室")
    assert get_listing(lesson.id).community == "南华社区"


def test_a_race_for_the_last_seats_does_not_overbook() -> None:
    """Twelve people want three seats at the same moment."""
    lesson = activity("书法课", "26 15:00", capacity=3)
    everybody = [person(f"第{number}位同志") for number in range(12)]

    def try_it(number: int) -> str:
        while True:
            try:
                return book(everybody[number], lesson.id, NOW).state
            except db.TurnAborted:
                continue
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(try_it, range(12)))

    assert outcomes == ["activity_full"] * 9 + ["booked"] * 3
    with reading() as session:
        assert session.execute(select(func.count()).select_from(bookings)).scalar_one() == 3


def test_a_race_of_one_person_for_two_things_at_once_takes_one() -> None:
    """陈桂香 and her daughter press at the same time, in two chats."""
    chen = person("陈桂香")
    both = [activity("书法课", "26 15:00").id, activity("健康讲座", "26 15:00").id]

    def try_it(activity_id: int) -> str:
        try:
            return book(chen, activity_id, NOW).state
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_it, both)) == ["booked", "time_clash"]
