"""What earns how much: one door through which every area credits points and hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from service.db import reading, unit_of_work
from service.ledger.models import ledger_entries
from service.ledger.posting import ISSUED, MINUTES, POINTS, Reason, credit, lock_account
from service.ledger.rule_models import Earning, earnings
from service.ledger.rules import VOLUNTEERING, Rule, rule_on


@dataclass(frozen=True)
class Earned:
    """What a person was given, after caps; `capped` when it is less than the rule alone would give."""

    points: int
    minutes: int
    capped: bool = False


def earn(person_id: int, what: str, units: int, reason: Reason, now: datetime) -> Earned:
    """Credit what the rule in force on `reason.happened_on` gives; the same `reason.key` again credits nothing more.

    Args:
        what: activity_attended, volunteer_hour, lesson_finished, quiz_passed, suggestion_accepted, suggestion_adopted.
        units: how often or, for volunteer_hour, how many minutes, which the time bank is credited with as well.

    Returns:
        Zeros where no rule is in force; for a key that was told before, what it gave then.

    Raises:
        ValueError: the units are not positive.
    """
    if units <= 0:
        raise ValueError("nothing is earned by doing nothing")
    with unit_of_work() as session:
        # Every credit passes here, so that two of one person cannot both fill the same cap, and in this order.
        lock_account(ISSUED, POINTS)
        known = session.execute(select(Earning).where(earnings.c.key == reason.key)).scalars().first()
        if known is not None:
            return Earned(known.points, known.minutes, known.capped)
        minutes = units if what == VOLUNTEERING else 0
        points, capped = _points(person_id, rule_on(what, reason.happened_on), units, reason.happened_on)
        entry_id = credit(person_id, POINTS, points, reason, now).id if points else None
        if minutes:
            credit(person_id, MINUTES, minutes, replace(reason, key=f"{reason.key}:minutes"), now)
        session.add(
            Earning(
                key=reason.key,
                person_id=person_id,
                what=what,
                units=units,
                happened_on=reason.happened_on,
                points=points,
                minutes=minutes,
                capped=capped,
                entry_id=entry_id,
            )
        )
        session.flush()
        return Earned(points, minutes, capped)


def _points(person_id: int, rule: Rule | None, units: int, day: date) -> tuple[int, bool]:
    """What the rule gives for so many units within the caps of that day and its year, and whether they cut it."""
    if rule is None:
        return 0, False
    full = units * rule.points // rule.per
    given = full
    if rule.daily_cap is not None:
        earned = _earned(person_id, rule.what, day, day + timedelta(days=1))
        given = min(given, rule.daily_cap - earned)
    if rule.yearly_cap is not None:
        earned = _earned(person_id, rule.what, date(day.year, 1, 1), date(day.year + 1, 1, 1))
        given = min(given, rule.yearly_cap - earned)
    given = max(0, given)
    return given, given < full


def _earned(person_id: int, what: str, start: date, end: date) -> int:
    """What was earned by something in [start, end), without what was taken back."""
    taken_back = (
        select(ledger_entries.c.id).where(ledger_entries.c.reverses_id == earnings.c.entry_id).exists()
    )
    with reading() as session:
        query = select(func.coalesce(func.sum(earnings.c.points), 0)).where(
            earnings.c.person_id == person_id,
            earnings.c.what == what,
            earnings.c.happened_on >= start,
            earnings.c.happened_on < end,
            ~taken_back,
        )
        return int(session.execute(query).scalar_one())
