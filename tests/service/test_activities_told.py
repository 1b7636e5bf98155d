"""What people are told unasked: changes, calling off with something else, the evening before, the draw."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from service import clock
from service.activities import news
from service.activities.booking import book, cancel_booking
from service.activities.changing import Change, change
from service.activities.drawing import commitment, draw, draw_due, entered, order_of
from service.activities.listing import get_listing
from service.activities.models import Booking, booking_reminders, bookings
from service.activities.publishing import cancel_activity, publish
from service.activities.reminding import write_evening
from service.activities.schedule import get_booking, place_in_queue, schedule
from service.activities.search import Wanted, search
from service.db import reading, unit_of_work
from service.messages.models import Outgoing, outbox
from service.messages.outbox import buttons_of
from service.messages.verdicts import SEND, WITHDRAWN
from tests.service.activity_world import NOW, activity, at, person, places
from tests.service.test_activities import told

pytestmark = pytest.mark.usefixtures("database")


def rows(person_id: int) -> list[Outgoing]:
    """What was written to a person, oldest first."""
    with reading() as session:
        query = select(Outgoing).where(outbox.c.person_id == person_id).order_by(outbox.c.id)
        return list(session.execute(query).scalars())


def outcomes() -> list[str]:
    """What became of every reminder."""
    with reading() as session:
        query = select(booking_reminders.c.outcome).order_by(booking_reminders.c.id)
        return list(session.execute(query).scalars())


def test_a_changed_time_is_told_to_all_who_have_a_place_or_wait() -> None:
    """Once, with what it was; the cut-off moves along, and it is found on its new day."""
    lesson = activity("书法课", "26 15:00", topics=["书法"], capacity=1, booking_closes_at=at("26 12:00"))
    chen, wang = person("陈桂香"), person("王秋实")
    book(chen, lesson.id, NOW)
    book(wang, lesson.id, NOW, wait=True)
    later = Change(starts_at=at("27 15:00"))

    assert len(change(lesson.id, later, NOW + timedelta(hours=1))) == 2
    assert change(lesson.id, later, NOW + timedelta(hours=2)) == []

    assert len(told(chen.id)) == len(told(wang.id)) == 1
    assert "原定11月26日（周四）下午3点，已经改了" in told(chen.id)[0]
    assert "现在是：11月27日（周五）下午3点" in told(chen.id)[0]
    moved = get_listing(lesson.id).activity
    assert (moved.ends_at, moved.booking_closes_at) == (at("27 17:00"), at("27 12:00"))
    friday = Wanted(("书法",), None, at("27 00:00"), at("28 00:00"))
    assert [each.id for each in search(friday, person("李长顺"), NOW).listings] == [lesson.id]


def test_a_changed_place_is_told_and_a_changed_hint_is_not() -> None:
    """What to bring is read the evening before."""
    places()
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00", venue="南华活动室")
    book(chen, lesson.id, NOW)
    change(lesson.id, Change(bring="毛笔"), NOW)
    assert told(chen.id) == []
    change(lesson.id, Change(venue="双桥书画院"), NOW + timedelta(minutes=1))
    assert "地点改了" in told(chen.id)[0]
    assert "双桥书画院" in told(chen.id)[0]


def test_more_places_go_to_those_who_wait() -> None:
    """In order, and they hear of it."""
    lesson = activity("书法课", "26 15:00", capacity=1)
    chen, wang = person("陈桂香"), person("王秋实")
    book(chen, lesson.id, NOW)
    book(wang, lesson.id, NOW, wait=True)
    change(lesson.id, Change(capacity=2), NOW)
    assert "排到您了" in told(wang.id)[0]


def test_news_of_an_earlier_change_is_not_sent_after_a_later_one() -> None:
    """Only the last time holds."""
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00")
    book(chen, lesson.id, NOW)
    change(lesson.id, Change(starts_at=at("27 15:00")), NOW)
    change(lesson.id, Change(starts_at=at("28 15:00")), NOW + timedelta(minutes=5))
    first, second = rows(chen.id)
    assert [news.recheck(each, NOW + timedelta(minutes=6)) for each in (first, second)] == [WITHDRAWN, SEND]


def test_what_is_over_is_not_changed() -> None:
    """Nor moved into the past."""
    lesson = activity("书法课", "26 15:00")
    with pytest.raises(ValueError, match="over"):
        change(lesson.id, Change(bring="笔"), at("26 17:00"))
    with pytest.raises(ValueError, match="past"):
        change(lesson.id, Change(starts_at=at("20 15:00")), NOW)


def test_calling_off_offers_something_else() -> None:
    """The reason, and another lesson on the subject as a button."""
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00", topics=["书法"])
    activity("楷书入门", "27 09:00", topics=["书法"])
    book(chen, lesson.id, NOW)
    cancel_activity(lesson.id, "老师生病", NOW)
    (row,) = rows(chen.id)
    assert buttons_of(row)[0].title == "看看《楷书入门》11月27日（周五）"


def test_the_evening_before() -> None:
    """At six, once, with what to bring; who only waits is not reminded."""
    places()
    lesson = activity("书法课", "26 15:00", capacity=1, venue="南华活动室", bring="毛笔")
    chen, wang = person("陈桂香"), person("王秋实")
    book(chen, lesson.id, NOW)
    book(wang, lesson.id, NOW, wait=True)

    assert write_evening(at("25 17:59")) == 0
    assert write_evening(at("25 18:00")) == 1
    assert write_evening(at("25 18:01")) == 0

    (row,) = rows(chen.id)
    assert row.payload["text"].startswith(
        "提醒您：《书法课》11月26日（周四）下午3点开始，在南华活动室。\n带上：毛笔"
    )
    assert told(wang.id) == []
    assert outcomes() == ["written"]


@pytest.mark.parametrize(
    ("moment", "outcome"), [("25 20:59", "written"), ("25 21:00", "skipped"), ("26 14:00", "skipped")]
)
def test_late_within_its_bound_or_skipped(moment: str, outcome: str) -> None:
    """The program was down at six."""
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00")
    book(chen, lesson.id, NOW)
    write_evening(at(moment))
    write_evening(at(moment))
    assert outcomes() == [outcome]
    assert len(told(chen.id)) == (outcome == "written")


def test_booked_that_evening_needs_no_reminder() -> None:
    """She has only just heard of it."""
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00")
    book(chen, lesson.id, at("25 19:00"))
    write_evening(at("25 19:01"))
    assert (told(chen.id), outcomes()) == ([], ["not_due"])


def test_rechecked_when_it_is_sent() -> None:
    """Not after she gave the place back, nor with messages stopped; in quiet hours the next morning."""
    chen, li, zhao = person("陈桂香"), person("李长顺"), person("赵月明")
    lesson = activity("书法课", "26 15:00")
    seat = book(chen, lesson.id, NOW)
    for each in (li, zhao):
        book(each, lesson.id, NOW)
    with unit_of_work() as session:
        session.merge(li).messages_stopped_at = NOW
        quiet = session.merge(zhao)
        quiet.quiet_from, quiet.quiet_until = 18, 8
        session.flush()
    write_evening(at("25 18:00"))
    cancel_booking(chen, seat.receipt_no, at("25 18:05"))
    (hers,), (his,), (zhaos,) = rows(chen.id), rows(li.id), rows(zhao.id)

    assert news.recheck(hers, at("25 18:06")) == WITHDRAWN
    assert news.recheck(his, at("25 18:06")) == WITHDRAWN
    assert news.recheck(zhaos, at("25 18:06")).until == at("26 08:00")
    assert zhaos.expires_at == at("26 15:00")


def test_another_time_another_reminder() -> None:
    """Reminded for Thursday, moved to Saturday, reminded again on Friday; the first is not sent any more."""
    chen, lesson = person("陈桂香"), activity("书法课", "26 15:00")
    book(chen, lesson.id, NOW)
    write_evening(at("25 18:00"))
    change(lesson.id, Change(starts_at=at("28 15:00")), at("25 18:01"))
    write_evening(at("27 18:00"))
    texts = told(chen.id)
    assert [text[:4] for text in texts] == ["提醒您：", "活动有变", "提醒您："]
    assert "11月28日（周六）" in texts[2]
    assert news.recheck(rows(chen.id)[0], at("25 18:02")) == WITHDRAWN


@pytest.mark.parametrize(
    ("starts", "evening"),
    [
        ("2026-12-01T00:30", "2026-11-30T18:00"),
        ("2027-01-01T09:00", "2026-12-31T18:00"),
        ("2028-02-29T09:00", "2028-02-28T18:00"),
        ("2028-03-01T09:00", "2028-02-29T18:00"),
        ("2027-02-06T08:00", "2027-02-05T18:00"),
    ],
)
def test_over_midnight_month_year_leap_day_and_lunar_new_year(starts: str, evening: str) -> None:
    """The evening before is the evening of the day before, wherever that falls."""
    chen, start = person("陈桂香"), clock.parse(starts)
    lesson = publish("书法课", "课程班", start, start + timedelta(hours=2))
    book(chen, lesson.id, NOW)
    six = clock.parse(evening)
    assert write_evening(six - timedelta(minutes=1)) == 0
    assert write_evening(six) == 1
    assert clock.day_words(start) in told(chen.id)[0]


def scarce(draw_at: datetime) -> int:
    """Two places on an outing, drawn by lot."""
    return activity("湿地公园行", "29 09:00", capacity=2, draw_at=draw_at, kind="参观走访").id


def test_places_drawn_by_lot_once_and_as_anybody_can_recompute() -> None:
    """Five enter; two get places, three wait in the drawn order, all are told."""
    trip = scarce(at("26 12:00"))
    people = [person(name) for name in ("陈桂香", "李长顺", "王秋实", "赵月明", "周书月")]
    made = [book(each, trip, NOW) for each in people]
    before = get_listing(trip).activity
    assert {each.state for each in made} == {"entered"}
    assert (get_listing(trip).taken, before.state) == (0, "open")
    published = commitment(before)

    assert draw_due(at("26 11:59")) == 0
    assert draw_due(at("26 12:00")) == 1
    assert draw_due(at("26 12:01")) == 0
    assert draw(trip, at("26 13:00")) == []

    after = get_listing(trip).activity
    assert commitment(after) == published
    expected = order_of(after.draw_seed, [each.receipt_no for each in made])
    assert sorted(entered(trip)) == sorted(expected)
    with reading() as session:
        drawn = {row.receipt_no: row for row in session.execute(select(Booking)).scalars()}
    assert [drawn[number].state for number in expected] == ["booked"] * 2 + ["waiting"] * 3
    assert [place_in_queue(drawn[number]) for number in expected[2:]] == [1, 2, 3]
    assert all(len(told(each.id)) == 1 for each in people)
    losers = [each for each in people if drawn[made[people.index(each)].receipt_no].state == "waiting"]
    assert all(after.draw_seed in told(each.id)[0] for each in losers)
    assert after.state == "full"


def test_the_order_is_what_sha256sum_says() -> None:
    """Worked out in a shell: printf %s seed:B2026-0001 | sha256sum."""
    seed, numbers = "5eed", [f"B2026-{number:04d}" for number in range(1, 9)]
    by_shell = {
        subprocess.run(
            ["sha256sum"], input=f"{seed}:{number}".encode(), capture_output=True, check=True
        ).stdout: number
        for number in numbers
    }
    expected = [by_shell[digest] for digest in sorted(by_shell)]
    assert order_of(seed, numbers) == order_of(seed, numbers[::-1]) == expected
    assert expected != numbers


def test_a_place_given_back_after_the_draw_goes_to_the_next_drawn() -> None:
    """Not to whoever queues afterwards."""
    trip = scarce(at("26 12:00"))
    people = [person(name) for name in ("陈桂香", "李长顺", "王秋实", "赵月明")]
    for each in people:
        book(each, trip, NOW)
    order = [booking.person_id for booking in draw(trip, at("26 12:00"))]
    late = person("周书月")
    book(late, trip, at("26 12:05"), wait=True)
    winner = next(each for each in people if each.id == order[0])
    seat = schedule(winner.id, NOW)[0].booking
    cancel_booking(winner, seat.receipt_no, at("26 12:06"))
    third = next(each for each in people if each.id == order[2])
    assert schedule(third.id, NOW)[0].booking.state == "booked"
    assert schedule(late.id, NOW)[0].booking.state == "waiting"


def test_leaving_the_draw_gives_nobody_a_place_early() -> None:
    """Before the draw nobody has one."""
    trip = scarce(at("26 12:00"))
    chen, li = person("陈桂香"), person("李长顺")
    mine = book(chen, trip, NOW)
    book(li, trip, NOW)
    cancel_booking(chen, mine.receipt_no, NOW)
    with reading() as session:
        states = list(session.execute(select(bookings.c.state).order_by(bookings.c.id)).scalars())
    assert states == ["cancelled", "entered"]
    assert [each.person_id for each in draw(trip, at("26 12:00"))] == [li.id]
    assert get_booking(li.id, "B2026-0002").state == "booked"
