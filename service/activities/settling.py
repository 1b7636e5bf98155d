"""Settling an activity: who came and for how long; hours and points are credited once, corrections are reversals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service import wording
from service.activities.attendance_models import Settlement, attendances, settlements
from service.activities.models import SERVED, Activity, Booking, bookings
from service.activities.news import tell
from service.activities.refusals import NotSettled
from service.activities.seats import lock, mark
from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.ledger.earning import Earned, earn
from service.ledger.models import ledger_entries
from service.ledger.posting import Reason, reverse


@dataclass(frozen=True)
class Line:
    """What a person is to be credited with: minutes served, None for who did not come."""

    person_id: int
    minutes: int | None


def proposed(activity_id: int, hours: Mapping[int, float] | None = None) -> list[Line]:
    """Who came by what was checked in, each for the whole length, but for who is named.

    Args:
        hours: of single people by their id, 0 for who did not come after all.
    """
    given = hours or {}
    with reading() as session:
        activity = session.get(Activity, activity_id)
        if activity is None:
            raise NotFound()
        came = select(attendances.c.person_id).where(attendances.c.activity_id == activity_id)
        there = set(session.execute(came).scalars())
        booked = select(bookings.c.person_id).where(
            bookings.c.activity_id == activity_id, bookings.c.state == "booked"
        )
        everybody = there | set(session.execute(booked).scalars()) | set(given)
    whole = round((activity.ends_at - activity.starts_at).total_seconds() / 60)
    usual = {person_id: whole if person_id in there else None for person_id in everybody}
    usual |= {person_id: round(each * 60) or None for person_id, each in given.items()}
    return [Line(person_id, usual[person_id]) for person_id in sorted(usual)]


def settle(
    activity_id: int, lines: Sequence[Line], now: datetime, *, staff_id: int | None = None
) -> list[Settlement]:
    """Credit everybody who came and tell them; settled already in the same way, nothing changes.

    Raises:
        NotFound: there is no such activity.
        NotSettled: it is not over, was called off, or was settled otherwise (see `correct`).
        ValueError: minutes are given twice, or are not positive.
    """
    if len({line.person_id for line in lines}) != len(lines) or any(
        (line.minutes or 1) <= 0 for line in lines
    ):
        raise ValueError("each person once, with minutes above zero")
    with unit_of_work() as session:
        activity = lock(activity_id)
        if activity.settled_at is not None:
            known = settled(activity_id)
            same = {each.person_id: each.minutes if each.came else None for each in known}
            if same != {line.person_id: line.minutes for line in lines}:
                raise NotSettled(title=activity.title, why="settled")
            return known
        if activity.state in ("cancelled", "draft") or activity.ends_at > now:
            raise NotSettled(title=activity.title, why="not over")
        # In one order, in which the ledger's accounts are locked too.
        written = [
            _credit(activity, line, 1, "", now, staff_id)
            for line in sorted(lines, key=lambda line: line.person_id)
        ]
        activity.state, activity.settled_at, activity.settled_by = "settled", now, staff_id
        session.flush()
        return written


def correct(
    activity_id: int, line: Line, reason: str, now: datetime, *, staff_id: int | None = None
) -> Settlement:
    """Put right what was settled of one person: what was given is reversed, and the right amount credited.

    Args:
        reason: told to the person.

    Raises:
        NotFound: there is no such activity.
        NotSettled: it has not been settled.
        InsufficientBalance: what was given has been spent meanwhile.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        if activity.settled_at is None:
            raise NotSettled(title=activity.title, why="not settled")
        before = next((each for each in settled(activity_id) if each.person_id == line.person_id), None)
        if before is not None and (before.minutes if before.came else None) == line.minutes:
            return before
        version = 1
        if before is not None:
            version = before.version + 1
            _take_back(activity, before, reason, now)
        written = _credit(activity, line, version, reason, now, staff_id)
        session.flush()
        return written


def settled(activity_id: int) -> list[Settlement]:
    """What holds of each person, by their id."""
    with reading() as session:
        query = (
            select(Settlement)
            .where(settlements.c.activity_id == activity_id)
            .order_by(settlements.c.person_id, settlements.c.version)
        )
        latest = {each.person_id: each for each in session.execute(query).scalars()}
        return list(latest.values())


def _credit(
    activity: Activity, line: Line, version: int, reason: str, now: datetime, staff_id: int | None
) -> Settlement:
    came, minutes = line.minutes is not None, line.minutes or 0
    earned = _earn(activity, line, version, now) if came else Earned(0, 0)
    with unit_of_work() as session:
        settlement = Settlement(
            activity_id=activity.id,
            person_id=line.person_id,
            version=version,
            came=came,
            minutes=minutes,
            points=earned.points,
            settled_at=now,
            staff_id=staff_id,
            reason=reason,
        )
        session.add(settlement)
        session.flush()
    _tell(activity, settlement, earned, now)
    return settlement


def _earn(activity: Activity, line: Line, version: int, now: datetime) -> Earned:
    served = activity.kind in SERVED
    minutes = line.minutes or 0
    words = f"{activity.title} {hours_words(minutes)}" if served else activity.title
    happened_on = local(activity.starts_at).date()
    reason = Reason("activities", words, happened_on, _key(activity, line.person_id, version))
    if served:
        return earn(line.person_id, "volunteer_hour", minutes, reason, now)
    return earn(line.person_id, "activity_attended", 1, reason, now)


def _take_back(activity: Activity, before: Settlement, reason: str, now: datetime) -> None:
    """Reverse whatever the earlier settling put into the ledger."""
    key = _key(activity, before.person_id, before.version)
    mine = (ledger_entries.c.key == key) | ledger_entries.c.key.startswith(f"{key}:", autoescape=True)
    with unit_of_work() as session:
        entries = session.execute(select(ledger_entries.c.id).where(mine).order_by(ledger_entries.c.id))
        for entry_id in list(entries.scalars()):
            reverse(entry_id, f"{activity.title} 更正：{reason}", now, local(now).date())


def _key(activity: Activity, person_id: int, version: int) -> str:
    return f"activity:{activity.id}:{person_id}:v{version}"


def _tell(activity: Activity, settlement: Settlement, earned: Earned, now: datetime) -> None:
    """Tell what came of it; who was absent hears it only where that is a correction."""
    with unit_of_work() as session:
        query = select(Booking).where(
            bookings.c.activity_id == activity.id, bookings.c.person_id == settlement.person_id
        )
        booking = session.execute(query.order_by(bookings.c.id.desc())).scalars().first()
    if booking is None:
        return
    mark(booking, "已参加" if settlement.came else "未到场", now)
    given = [wording.phrase("given_hours", hours=hours_words(earned.minutes))] if earned.minutes else []
    given += [wording.phrase("given_points", points=earned.points)] if earned.points else []
    key = "settled_for_you" if settlement.version == 1 else "settled_anew"
    if settlement.came or settlement.version > 1:
        said = "，".join(given) or wording.phrase("given_nothing")
        tell(booking, activity, key, now, of=now, given=said, why=settlement.reason)


def hours_words(minutes: int) -> str:
    """A length of time as people say it: 2小时, 1.5小时, 40分钟."""
    return f"{minutes / 60:g}小时" if minutes % 30 == 0 else f"{minutes}分钟"
