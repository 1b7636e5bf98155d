"""The section of a world with activities, who has a place in them and who waits for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field, root_validator, validator
from sqlalchemy import select

from service.activities import models
from service.activities.booking import book
from service.activities.checking_in import by_staff
from service.activities.contests import hand_in
from service.activities.outcomes import UNITS, record_outcome
from service.activities.publishing import OnlyFor, cancel_activity, move_on, publish
from service.activities.settling import proposed, settle
from service.clock import local
from service.errors import OperatorError
from service.people.models import Person
from service.world.parts import Loading, Part, explained, named, one_of, places, text
from service.world.times import When

_USUAL_LENGTH = timedelta(hours=2)
_SETTLED_AFTER = timedelta(hours=3)
_GIVEN_STATES = ("draft", "open", "full", "closed", "held", "settled", "cancelled")


class Result(Part):
    """What came of an activity, in one unit."""

    what: str = named(32)
    amount: int
    unit: str

    _unit = validator("unit", allow_reuse=True)(one_of(UNITS))


class Work(Part):
    """A work handed in to a contest."""

    person: str
    words: str = named(512)


class Activity(Part):
    """Something to take part in.

    `state` is open unless it is a draft or cancelled; full, closed and held follow from bookings and time,
    and may be given to be sure of them. `booked_at` is when places were taken: now, or just before booking
    closed. `came` are those who were there; settled credits them for the whole time.
    """

    title: str = named()
    kind: str
    topics: tuple[str, ...] = ()
    venue: str | None = None
    starts: When
    ends: When | None = None
    booking_closes: When | None = None
    capacity: int | None = Field(None, gt=0, le=100_000)
    eligible_classes: tuple[str, ...] = ("正常活动", "适当参加")
    public: bool = True
    bring: str = text(256)
    meeting_point: str = text(256)
    about: str = text(512)
    state: str = "open"
    cancel_reason: str = text(256)
    booked: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    booked_at: When | None = None
    room: str | None = None
    team: str | None = None
    hosts: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    skill: str = text(64)
    health_note: str = text(256)
    unfit_for: tuple[str, ...] = ()
    draw: When | None = None
    entries_close: When | None = None
    code: str = text(8)
    came: tuple[str, ...] = ()
    works: tuple[Work, ...] = ()
    results: tuple[Result, ...] = ()

    _kind = validator("kind", allow_reuse=True)(one_of(models.KINDS))
    _classes = validator("eligible_classes", each_item=True, allow_reuse=True)(one_of(models.CLASSES))
    _state = validator("state", allow_reuse=True)(one_of(_GIVEN_STATES))

    @root_validator(skip_on_failure=True)
    def _state_fits(cls, given: dict[str, object]) -> dict[str, object]:
        if (given["state"] == "cancelled") != bool(given["cancel_reason"]):
            raise ValueError("the state cancelled and a cancel_reason go together")
        if given["state"] == "draft" and (given["booked"] or given["waiting"]):
            raise ValueError("nobody has a place in a draft")
        return given


def load_activities(given: Sequence[Activity], loading: Loading) -> None:
    """Publish the activities, take the places, and let time do to them what it does."""
    made = [(place, row, _publish(row, loading, place)) for place, row in places("activities", given)]
    for place, row, activity in made:
        until = min(activity.booking_closes_at, activity.starts_at) - timedelta(minutes=1)
        at = row.booked_at.at(loading.now) if row.booked_at else min(loading.now, until)
        _take_places(row, activity, at, loading, place)
        if row.state == "cancelled":
            with explained(f"{place}.state"):
                cancel_activity(activity.id, row.cancel_reason, max(at, min(loading.now, until)))
        _hand_in(row, activity, loading, place)
    loading.session.flush()
    move_on(loading.now)
    for place, row, activity in made:
        _come(row, activity, loading, place)
    became = dict(loading.session.execute(select(models.activities.c.id, models.activities.c.state)).all())
    for place, row, activity in made:
        if row.state != "open" and row.state != became[activity.id]:
            raise OperatorError(
                f"{place}.state: by its places and times it is {became[activity.id]}, not {row.state}."
            )


def _publish(row: Activity, loading: Loading, place: str) -> models.Activity:
    if row.venue:
        loading.find("venue", row.venue, f"{place}.venue")
    starts_at = row.starts.at(loading.now)
    day = local(starts_at).date()
    only_for = OnlyFor(row.branches, row.regions, row.skill, row.health_note, row.unfit_for)
    with explained(place):
        activity = publish(
            row.title,
            row.kind,
            starts_at,
            row.ends.at(loading.now, day) if row.ends else starts_at + _USUAL_LENGTH,
            topics=row.topics,
            venue=row.venue,
            meeting_point=row.meeting_point,
            bring=row.bring,
            about=row.about,
            capacity=row.capacity,
            booking_closes_at=row.booking_closes.at(loading.now, day) if row.booking_closes else None,
            eligible_classes=row.eligible_classes,
            public=row.public,
            draft=row.state == "draft",
            room=row.room,
            team=row.team,
            hosts=row.hosts,
            only_for=only_for,
            draw_at=row.draw.at(loading.now, day) if row.draw else None,
            entries_close_at=row.entries_close.at(loading.now, day) if row.entries_close else None,
        )
    if row.code:
        activity.code = row.code
        loading.session.flush()
    return activity


def _take_places(
    row: Activity, activity: models.Activity, at: datetime, loading: Loading, place: str
) -> None:
    """Book for those with a place, then queue those who wait."""
    for key, names in (("booked", row.booked), ("waiting", row.waiting)):
        for number, name in enumerate(names):
            here = f"{place}.{key}[{number}]"
            person: Person = loading.person(name, here)
            with explained(here):
                booking = book(person, activity.id, at, wait=key == "waiting")
            if booking.state != key and not (key == "booked" and booking.state == "entered"):
                raise OperatorError(f"{here}: there are places left, so nobody has to wait.")


def _hand_in(row: Activity, activity: models.Activity, loading: Loading, place: str) -> None:
    """The works, handed in the day before works were no longer taken, or now."""
    for number, work in enumerate(row.works):
        here = f"{place}.works[{number}]"
        person: Person = loading.person(work.person, f"{here}.person")
        closes_at = activity.entries_close_at or loading.now
        with explained(here):
            hand_in(person, activity.id, work.words, [], min(loading.now, closes_at - timedelta(days=1)))


def _come(row: Activity, activity: models.Activity, loading: Loading, place: str) -> None:
    """Who was there, what came of it, and what they were given for it."""
    for number, name in enumerate(row.came):
        here = f"{place}.came[{number}]"
        person: Person = loading.person(name, here)
        with explained(here):
            by_staff(person, activity.id, min(loading.now, activity.starts_at))
    with explained(place):
        if row.state == "settled":
            settle(activity.id, proposed(activity.id), min(loading.now, activity.ends_at + _SETTLED_AFTER))
        for number, result in enumerate(row.results):
            key = f"world:{place}:{number}"
            record_outcome(activity.id, result.what, result.unit, result.amount, loading.now, key=key)
