"""Seats under everything at once: never more than there are, nobody twice, whatever comes in whatever order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from service import db
from service.activities import holdings, rooms
from service.activities.booking import book, cancel_booking, restore
from service.activities.changing import Change, change
from service.activities.drawing import draw
from service.activities.listing import get_listing
from service.activities.models import bookings
from service.activities.posts import claim, open_post
from service.activities.refusals import AlreadyHeld, PostCovered
from service.activities.rooms import book_room
from service.db import reading, unit_of_work
from service.errors import Refusal
from service.organisations.models import Room, Venue
from service.people.models import Person
from tests.service.activity_world import NOW, activity, at, person, places


def insistently(do):  # type: ignore[no-untyped-def]
    """As the conversation does: a turn that met a lock is played again."""
    while True:
        try:
            return do()
        except db.TurnAborted:
            continue
        except Refusal as refusal:
            return refusal.code


def test_two_people_and_the_last_seat(postgres: db.Engine) -> None:
    """Both transactions are open, and both have looked, before either books."""
    lesson = activity("书法课", "26 15:00", capacity=1)
    two = [person("陈桂香"), person("李长顺")]
    both_looked = threading.Barrier(2)

    def press(who: Person) -> str:
        with unit_of_work():
            assert get_listing(lesson.id).seats_left == 1
            both_looked.wait(timeout=20)
            try:
                return book(who, lesson.id, NOW).state
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(press, two))

    assert outcomes == ["activity_full", "booked"]
    assert get_listing(lesson.id).taken == 1


def room() -> int:
    """A room that is open every day."""
    places()
    with unit_of_work() as session:
        venue = session.execute(select(Venue).where(Venue.name == "南华活动室")).scalar_one()
        venue.opening_hours = "每天 8:00—20:00"
        row = Room(venue.id, "二楼会议室", 20)
        session.add(row)
        session.flush()
        return row.id


def test_one_room_for_one_of_many(postgres: db.Engine) -> None:
    """Six want it at overlapping hours."""
    room_id = room()
    everybody = [person(f"第{number}位同志") for number in range(6)]

    def take(number: int) -> object:
        start = at("26 14:00") + timedelta(minutes=15 * number)
        booked = insistently(
            lambda: book_room(everybody[number], room_id, start, start + timedelta(hours=2), NOW)
        )
        return booked if isinstance(booked, str) else "booked"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(take, range(6))) == ["booked"] + ["room_taken"] * 5
    assert len(rooms.taken_between(room_id, at("26 00:00"), at("27 00:00"))) == 1


def test_one_bin_for_one_of_many(postgres: db.Engine) -> None:
    """Six claim it."""
    post = open_post("桶点", "滨河路3号桶点", "FREQ=DAILY", 30)
    everybody = [person(f"第{number}位同志") for number in range(6)]

    def take(who: Person) -> str:
        taken = insistently(lambda: claim(who, post.id, NOW))
        return taken if isinstance(taken, str) else "claimed"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(take, everybody)) == ["claimed"] + ["post_covered"] * 5
    assert (
        len(holdings.held_by(next(each.id for each in everybody if holdings.held_by(each.id, NOW)), NOW)) == 1
    )


def test_a_draw_by_two_at_once_is_one(postgres: db.Engine) -> None:
    """The scheduler and a member of staff."""
    trip = activity("湿地公园行", "29 09:00", capacity=2, draw_at=at("26 12:00"))
    for number in range(6):
        book(person(f"第{number}位同志"), trip.id, NOW)
    with ThreadPoolExecutor(3) as pool:
        drawn = list(pool.map(lambda _: insistently(lambda: draw(trip.id, at("26 12:00"))), range(3)))
    assert sorted(map(len, drawn)) == [0, 0, 6]
    assert get_listing(trip.id).taken == 2


def test_a_claim_again_is_refused_by_its_number(database: db.Engine) -> None:
    """Redelivered it changes nothing; another hears who has it."""
    post, chen = open_post("桶点", "滨河路3号桶点", "FREQ=DAILY", 30), person("陈桂香")
    held = claim(chen, post.id, NOW)
    with pytest.raises(AlreadyHeld) as refused:
        claim(chen, post.id, NOW)
    with pytest.raises(PostCovered) as covered:
        claim(person("李长顺"), post.id, NOW)
    assert refused.value.reasons["receipt_no"] == held.receipt_no
    assert covered.value.reasons["holders"] == "陈桂香"


STEPS = st.lists(
    st.tuples(st.sampled_from(["book", "wait", "cancel", "restore", "capacity"]), st.integers(0, 4)),
    max_size=25,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS, capacity=st.integers(1, 3))
def test_seats_hold_under_any_order_of_steps(
    sqlite: db.Engine, steps: list[tuple[str, int]], capacity: int
) -> None:
    """Nobody twice; with free seats nobody waits; more than the capacity only where it was lowered afterwards."""
    lesson = activity("书法课", "26 15:00", capacity=capacity)
    everybody = [person(f"第{number}位同志") for number in range(5)]
    numbers: dict[int, str] = {}
    now, most = NOW, capacity
    for step, which in steps:
        now += timedelta(minutes=1)
        who = everybody[which]
        try:
            if step in ("book", "wait"):
                numbers[which] = book(who, lesson.id, now, wait=step == "wait").receipt_no
            elif step == "capacity":
                change(lesson.id, Change(capacity=which + 1), now)
                most = max(which + 1, get_listing(lesson.id).taken)
            elif which in numbers:
                (cancel_booking if step == "cancel" else restore)(who, numbers[which], now)
        except Refusal:
            pass
        listing = get_listing(lesson.id)
        assert listing.taken <= most
        assert listing.waiting == 0 or listing.seats_left == 0
        assert listing.activity.state == ("full" if listing.seats_left == 0 else "open")
        with reading() as session:
            live = bookings.c.state.in_(("booked", "waiting")) & (bookings.c.activity_id == lesson.id)
            per_person = select(func.count()).where(live).group_by(bookings.c.person_id)
            assert max(session.execute(per_person).scalars(), default=0) <= 1
