"""Which year's points are which, and whether a year can still be redeemed from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from service.clock import local
from service.db import reading, unit_of_work
from service.errors import Refusal
from service.ledger.cycle_models import PointCycle, point_cycles

OPEN, CLOSING, CLOSED = "open", "closing", "closed"


class CycleClosed(Refusal):
    """The points of `year` are being settled or are settled; redeeming begins again in `next_year`."""

    code = "cycle_closed"


def state_of(year: int) -> str:
    """How the cycle of a year stands; one that nobody has begun to close is open."""
    with reading() as session:
        known = session.execute(select(point_cycles.c.state).where(point_cycles.c.year == year)).scalar()
        return str(known or OPEN)


def rule_of(year: int) -> PointCycle | None:
    """The cycle of a year for which staff have decided what is carried over; None while they have not."""
    with reading() as session:
        cycle = session.get(PointCycle, year)
        decided = cycle is not None and (cycle.announced_at is not None or cycle.state != OPEN)
        return cycle if decided else None


def announce(year: int, carry_up_to: int | None, now: datetime) -> PointCycle:
    """Decide how many points a person keeps of a year, which everybody who asks is told from now on.

    Args:
        carry_up_to: None for all of them.

    Raises:
        CycleClosed: closing has begun.
        ValueError: fewer than none.
    """
    if carry_up_to is not None and carry_up_to < 0:
        raise ValueError("nobody keeps fewer points than none")
    with unit_of_work() as session:
        cycle = lock(year)
        if cycle.state != OPEN:
            raise CycleClosed(year=year, next_year=year + 1)
        cycle.carry_up_to, cycle.announced_at = carry_up_to, now
        session.flush()
        return cycle


def year_that_counts(happened_on: date) -> int:
    """The cycle that points for something belong to: its own year's or, when that is closed, the next open one."""
    year = happened_on.year
    while state_of(year) != OPEN:
        year += 1
    return year


def hold_open(now: datetime) -> int:
    """The year it is, which cannot be closed before this transaction ends.

    Raises:
        CycleClosed: its points are being settled or are settled.
    """
    year = local(now).year
    with unit_of_work() as session:
        ensure(year)
        query = select(point_cycles.c.state).where(point_cycles.c.year == year).with_for_update(read=True)
        if session.execute(query).scalar_one() != OPEN:
            raise CycleClosed(year=year, next_year=year + 1)
        return year


def ensure(year: int) -> None:
    """Let there be a row for the year; when two make it at once, there is one."""
    with unit_of_work() as session:
        if session.execute(select(point_cycles.c.year).where(point_cycles.c.year == year)).scalar():
            return
        if session.get_bind().dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert
        session.execute(insert(point_cycles).values(year=year, state=OPEN).on_conflict_do_nothing())


def lock(year: int) -> PointCycle:
    """The cycle of a year, held until the transaction ends."""
    with unit_of_work() as session:
        ensure(year)
        query = (
            select(PointCycle)
            .where(point_cycles.c.year == year)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return session.execute(query).scalars().one()
