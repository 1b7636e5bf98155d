"""Checking in and settling: who came, and what each is given, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from service import clock, db
from service.activities.attendance_models import Attendance, attendances, settlements
from service.activities.booking import book
from service.activities.checking_in import (
    Spot,
    attendance_of,
    by_code,
    by_place,
    by_staff,
    expected_now,
    let_in,
)
from service.activities.listing import get_listing
from service.activities.models import Activity
from service.activities.publishing import move_on
from service.activities.refusals import (
    ActivityFull,
    NotBooked,
    NotEligible,
    NotSettled,
    NotYetTime,
    PlaceUnknown,
    TooFarAway,
    TooLateToCheckIn,
    WrongCode,
)
from service.activities.settling import Line, correct, proposed, settle, settled
from service.db import reading, unit_of_work
from service.errors import Refusal
from service.ledger.posting import MINUTES, POINTS
from service.ledger.queries import balance, discrepancies, history
from service.organisations.models import Venue
from tests.service.activity_world import NOW, activity, at, person, places
from tests.service.test_activities import matter_state, told

pytestmark = pytest.mark.usefixtures("database")

# The gate of the venue, and 35 kilometres north of it.
GATE, FAR = Spot(29.5600, 106.5500), Spot(29.8800, 106.5500)


def guiding(capacity: int | None = None) -> Activity:
    """Two hours of guiding at the station on Thursday, from nine."""
    return activity("高铁站引导", "26 09:00", kind="志愿岗", capacity=capacity)


def measured_venue() -> None:
    """南华活动室, measured."""
    places()
    with unit_of_work() as session:
        venue = session.execute(select(Venue).where(Venue.name == "南华活动室")).scalar_one()
        venue.latitude, venue.longitude = GATE.latitude, GATE.longitude
        session.flush()


def test_by_the_code_at_the_door() -> None:
    """陈桂香 says the six digits; said again, or delivered again, it is the same check-in."""
    chen, post = person("陈桂香"), guiding()
    seat = book(chen, post.id, NOW)

    first = by_code(chen, post.code, at("26 08:50"))
    again = by_code(chen, f" {post.code} ", at("26 08:55"))

    assert len(post.code) == 6
    assert (first.how, first.late, again.id) == ("code", False, first.id)
    assert matter_state(seat.receipt_no) == "已签到"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("26 07:59", NotYetTime),
        ("26 08:00", False),
        ("26 09:00", False),
        ("26 09:01", True),
        ("26 09:30", True),
        ("26 09:31", TooLateToCheckIn),
        ("27 09:00", WrongCode),
    ],
)
def test_the_time_for_it(moment: str, expected: object) -> None:
    """From an hour before until half an hour after, late once it has begun; the next day the code is nothing."""
    chen, post = person("陈桂香"), guiding()
    book(chen, post.id, NOW)
    moment_ = at(moment) + (timedelta(hours=1) if expected is WrongCode else timedelta(0))
    if isinstance(expected, bool):
        assert by_code(chen, post.code, moment_).late is expected
    else:
        with pytest.raises(expected):  # type: ignore[call-overload]
            by_code(chen, post.code, moment_)


def test_a_wrong_code_is_refused() -> None:
    """Nothing is written."""
    chen, post = person("陈桂香"), guiding()
    book(chen, post.id, NOW)
    wrong = f"{(int(post.code) + 1) % 10**6:06d}"
    for code in (wrong, "", "abc"):
        with pytest.raises(WrongCode):
            by_code(chen, code, at("26 08:50"))
    assert attendance_of(chen.id, post.id) is None


def test_by_being_there() -> None:
    """At the gate yes, in the next town no, and not where nobody has measured the venue."""
    measured_venue()
    chen = person("陈桂香")
    lesson = activity("书法课", "26 15:00", venue="南华活动室")
    elsewhere = activity("太极拳", "27 08:00", venue="双桥书画院")
    for each in (lesson, elsewhere):
        book(chen, each.id, NOW)

    with pytest.raises(TooFarAway) as refused:
        by_place(chen, lesson.id, FAR, at("26 14:50"))
    assert refused.value.reasons["metres"] == pytest.approx(35_580, abs=50)
    assert by_place(chen, lesson.id, GATE, at("26 14:50")).how == "place"
    with pytest.raises(PlaceUnknown):
        by_place(chen, elsewhere.id, GATE, at("27 07:50"))


def test_without_a_booking_one_is_let_in_while_there_are_places() -> None:
    """李长顺 just comes; the fourth finds no place, and 吴静安 is not let out on a patrol."""
    post = guiding(capacity=2)
    book(person("陈桂香"), post.id, NOW)
    li, zhao, wu = person("李长顺"), person("赵月明"), person("吴静安", "不能参加")

    with pytest.raises(NotBooked) as refused:
        by_code(li, post.code, at("26 08:50"))
    with pytest.raises(NotEligible):
        let_in(wu, post.id, at("26 08:50"))
    came = let_in(li, post.id, at("26 08:51"))
    again = let_in(li, post.id, at("26 08:52"))
    with pytest.raises(ActivityFull):
        let_in(zhao, post.id, at("26 08:52"))

    assert refused.value.reasons["activity_id"] == post.id
    assert (came.how, again.id) == ("let_in", came.id)
    assert get_listing(post.id).taken == 2


def test_a_place_that_others_wait_for_is_not_given_at_the_door() -> None:
    """王秋实 waits; 李长顺 does not pass him."""
    post = guiding(capacity=1)
    chen, wang, li = person("陈桂香"), person("王秋实"), person("李长顺")
    book(chen, post.id, NOW)
    book(wang, post.id, NOW, wait=True)
    with pytest.raises(ActivityFull):
        let_in(li, post.id, at("26 08:50"))
    with pytest.raises(NotBooked) as refused:
        by_code(wang, post.code, at("26 08:50"))
    assert refused.value.reasons["position"] == 1


def test_staff_write_down_who_came_late_or_was_forgotten() -> None:
    """After the time for checking in, and without a booking too."""
    post, chen, li = guiding(), person("陈桂香"), person("李长顺")
    book(chen, post.id, NOW)

    late = by_staff(chen, post.id, at("26 10:20"), late=True)
    unbooked = by_staff(li, post.id, at("26 10:20"))
    by_staff(li, post.id, at("26 10:25"))

    assert (late.how, late.late, unbooked.late) == ("staff", True, False)
    assert get_listing(post.id).taken == 2


def test_what_can_be_checked_in_to_now() -> None:
    """Only what has a place and is about now."""
    chen, post = person("陈桂香"), guiding()
    book(chen, post.id, NOW)
    book(chen, activity("书法课", "26 15:00").id, NOW)

    def titles(moment: str) -> list[str]:
        return [each.activity.title for each in expected_now(chen.id, at(moment))]

    assert titles("26 07:30") == []
    assert titles("26 08:30") == ["高铁站引导"]
    assert titles("26 14:30") == ["书法课"]


def over(post: Activity) -> None:
    """Let time pass over the end of it."""
    move_on(at("26 09:00"))
    move_on(at("26 11:00"))


def test_settling_credits_hours_and_points_once() -> None:
    """陈桂香 was there two hours, 李长顺 one, 王秋实 not at all; settled again, nothing changes."""
    post = guiding()
    chen, li, wang = person("陈桂香"), person("李长顺"), person("王秋实")
    seats = [book(each, post.id, NOW) for each in (chen, li, wang)]
    by_code(chen, post.code, at("26 08:50"))
    by_staff(li, post.id, at("26 10:00"), late=True)
    over(post)
    lines = proposed(post.id, {li.id: 1})

    settle(post.id, lines, at("26 17:00"))
    settle(post.id, lines, at("26 18:00"))

    assert [balance(each.id, POINTS) for each in (chen, li, wang)] == [20, 10, 0]
    assert [balance(each.id, MINUTES) for each in (chen, li, wang)] == [120, 60, 0]
    (line,) = history(chen.id, POINTS)
    assert (line.words, line.amount, str(line.happened_on)) == ("高铁站引导 2小时", 20, "2026-11-26")
    assert get_listing(post.id).activity.state == "settled"
    assert [matter_state(seat.receipt_no) for seat in seats] == ["已参加", "已参加", "未到场"]
    assert [len(told(each.id)) for each in (chen, li, wang)] == [1, 1, 0]
    assert "《高铁站引导》给您记好了：服务时间2小时，积分+20" in told(chen.id)[0]
    assert discrepancies() == []
    with pytest.raises(NotSettled):
        settle(post.id, proposed(post.id, {wang.id: 2}), at("26 18:00"))


def test_who_came_to_a_lecture_has_attended_it() -> None:
    """Points for being there, no hours."""
    chen, lecture = person("陈桂香"), activity("健康讲座", "26 09:00", kind="讲座")
    book(chen, lecture.id, NOW)
    by_code(chen, lecture.code, at("26 08:50"))
    over(lecture)
    settle(lecture.id, proposed(lecture.id), at("26 17:00"))
    assert (balance(chen.id, POINTS), balance(chen.id, MINUTES)) == (5, 0)


def test_what_is_not_over_is_not_settled() -> None:
    """Nor what was called off."""
    post = guiding()
    with pytest.raises(NotSettled):
        settle(post.id, [], at("26 10:59"))


def test_a_mistake_is_put_right_by_reversal() -> None:
    """陈桂香 was there one hour, not two; then it turns out she was not there."""
    post, chen = guiding(), person("陈桂香")
    book(chen, post.id, NOW)
    by_code(chen, post.code, at("26 08:50"))
    over(post)
    settle(post.id, proposed(post.id), at("26 17:00"))

    for _ in range(2):
        correct(post.id, Line(chen.id, 60), "提前离岗", at("27 09:00"))
    assert (balance(chen.id, POINTS), balance(chen.id, MINUTES)) == (10, 60)
    assert "更正了，原因：提前离岗" in told(chen.id)[-1]
    correct(post.id, Line(chen.id, None), "记错了人", at("27 10:00"))

    assert (balance(chen.id, POINTS), balance(chen.id, MINUTES)) == (0, 0)
    assert [line.amount for line in history(chen.id, POINTS)] == [-10, 10, -20, 20]
    assert [(each.version, each.came) for each in settled(post.id)] == [(3, False)]
    assert len(told(chen.id)) == 3
    assert discrepancies() == []


def test_hours_across_new_year_belong_to_the_day_it_began() -> None:
    """A night watch from 31 December to 1 January."""
    chen = person("陈桂香")
    with unit_of_work():
        from service.activities.publishing import publish

        watch = publish(
            "跨年夜值守", "值守", clock.parse("2026-12-31T22:00"), clock.parse("2027-01-01T01:00")
        )
    book(chen, watch.id, NOW)
    by_code(chen, watch.code, clock.parse("2026-12-31T21:50"))
    settle(watch.id, proposed(watch.id), clock.parse("2027-01-01T09:00"))
    (line,) = history(chen.id, MINUTES)
    assert (str(line.happened_on), line.amount) == ("2026-12-31", 180)


def test_settled_by_two_at_once_credits_once() -> None:
    """Two members of staff press at the same moment; so do two fingers checking in."""
    post, chen = guiding(), person("陈桂香")
    book(chen, post.id, NOW)

    def insistently(do):  # type: ignore[no-untyped-def]
        while True:
            try:
                return do()
            except db.TurnAborted:
                continue
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(4) as pool:
        came = list(
            pool.map(lambda _: insistently(lambda: by_code(chen, post.code, at("26 08:50"))), range(4))
        )
    assert all(isinstance(each, Attendance) for each in came)
    over(post)
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda _: insistently(lambda: settle(post.id, proposed(post.id), at("26 17:00"))), range(4)
            )
        )
    with reading() as session:
        count = [
            session.execute(select(func.count()).select_from(t)).scalar_one()
            for t in (attendances, settlements)
        ]
    assert count == [1, 1]
    assert balance(chen.id, POINTS) == 20
