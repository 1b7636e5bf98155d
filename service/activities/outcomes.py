"""What came of activities: events stored with their unit, figures derived with the rows behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service.activities.attendance_models import settlements
from service.activities.models import Activity, activities
from service.activities.team_models import Outcome, outcomes
from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.organisations.models import offices

UNITS = ("场", "人", "人次", "亩", "元", "件", "户", "份", "小时")


@dataclass(frozen=True)
class Figure:
    """A number with its unit, of what it is a part (None: of nothing), and the ids of the rows it was made from."""

    numerator: int
    unit: str
    denominator: int | None
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Period:
    """What is counted: from `start` up to and without `end`, of one kind or region where given."""

    start: datetime
    end: datetime
    kind: str | None = None
    region: str | None = None


def record_outcome(
    activity_id: int,
    what: str,
    unit: str,
    amount: int,
    now: datetime,
    *,
    key: str,
    words: str = "",
    staff_id: int | None = None,
) -> Outcome:
    """Store what came of an activity; the same key again changes nothing.

    Args:
        what: what was counted: 帮扶学生, 成交额, 指导面积.
        unit: one of UNITS; yuan are whole.
        amount: below zero to correct an earlier one.

    Raises:
        NotFound: there is no such activity.
        ValueError: the unit is unknown, or another than this was counted in, or the amount is zero.
    """
    with unit_of_work() as session:
        activity = session.get(Activity, activity_id)
        if activity is None:
            raise NotFound()
        known = session.execute(select(Outcome).where(outcomes.c.key == key)).scalars().first()
        if known is not None:
            return known
        others = session.execute(select(outcomes.c.unit).where(outcomes.c.what == what).limit(1)).scalar()
        if unit not in UNITS or others not in (None, unit) or amount == 0:
            raise ValueError("an amount above or below zero, in the one unit that this is counted in")
        outcome = Outcome(
            activity_id,
            what,
            unit,
            amount,
            local(activity.starts_at).date(),
            now,
            key,
            words,
            staff_id,
        )
        session.add(outcome)
        session.flush()
        return outcome


def sessions(period: Period) -> Figure:
    """场次: activities of the period that were held, of all that were not called off or drafts.

    One of two regions is counted once; under each of its regions when a region is asked for.
    """
    planned = _activities(period, ("open", "full", "closed", "held", "settled"))
    held = [row for row in planned if row.state in ("held", "settled")]
    return Figure(len(held), "场", len(planned), tuple(row.id for row in held))


def attendances(period: Period) -> Figure:
    """人次: people who came to settled activities, each time counted, of all who had been expected there."""
    settled = _activities(period, ("settled",))
    rows = _settlements([row.id for row in settled])
    came = tuple(row.id for row in rows if row.came)
    return Figure(len(came), "人次", len(rows), came)


def people_who_came(period: Period) -> Figure:
    """人: different people among the 人次."""
    rows = [row for row in _settlements([each.id for each in _activities(period, ("settled",))]) if row.came]
    return Figure(len({row.person_id for row in rows}), "人", len(rows), tuple(row.id for row in rows))


def totals(period: Period) -> dict[str, Figure]:
    """What came of the activities of the period, by what was counted."""
    ids = [row.id for row in _activities(period, ("open", "full", "closed", "held", "settled"))]
    found: dict[str, Figure] = {}
    with reading() as session:
        query = select(Outcome).where(outcomes.c.activity_id.in_(ids)).order_by(outcomes.c.id)
        for each in session.execute(query).scalars():
            before = found.get(each.what, Figure(0, each.unit, None, ()))
            found[each.what] = Figure(
                before.numerator + each.amount, each.unit, None, (*before.rows, each.id)
            )
    return found


def _activities(period: Period, states: tuple[str, ...]) -> list[Any]:
    c = activities.c
    query = select(c.id, c.state, c.hosts).where(
        c.starts_at >= period.start, c.starts_at < period.end, c.state.in_(states)
    )
    if period.kind is not None:
        query = query.where(c.kind == period.kind)
    with reading() as session:
        rows = session.execute(query.order_by(c.id)).all()
        ours = session.execute(select(offices.c.region).order_by(offices.c.id).limit(1)).scalar()
    return [row for row in rows if period.region is None or period.region in (row.hosts or [ours])]


def _settlements(activity_ids: list[int]) -> list[Any]:
    """What holds of each person: the highest version."""
    c = settlements.c
    latest = (
        select(func.max(c.version).label("version"), c.activity_id, c.person_id)
        .where(c.activity_id.in_(activity_ids))
        .group_by(c.activity_id, c.person_id)
        .subquery()
    )
    query = select(c.id, c.person_id, c.came, c.minutes).join(
        latest,
        (latest.c.activity_id == c.activity_id)
        & (latest.c.person_id == c.person_id)
        & (latest.c.version == c.version),
    )
    with reading() as session:
        return list(session.execute(query.order_by(c.id)))
