"""The hops of a suggestion: one row a step, only ever added; the author hears of each that is not their own."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.organisations.units import Unit
from service.staff.models import Staff
from service.suggestions.models import Hop, suggestion_hops
from service.suggestions.records import Record
from service.suggestions.states import INSTRUCTED, require_move

AUTHOR, OFFICE = "本人", "老干部局"


def add_hop(
    record: Record,
    kind: str,
    now: datetime,
    *,
    who: str = "",
    words: str = "",
    staff: Staff | None = None,
    unit: Unit | None = None,
    due_on: date | None = None,
    dated: date | None = None,
) -> Hop:
    """Take a suggestion, which is locked, one step on and note it.

    Raises:
        MoveNotAllowed: its state does not allow this step.
    """
    suggestion, matter = record.suggestion, record.matter
    require_move(matter.receipt_no, suggestion.state, kind)
    with unit_of_work() as session:
        if kind != INSTRUCTED:
            suggestion.state = matter.state = kind
        matter.changed_at = now
        hop = Hop(
            suggestion_id=suggestion.id,
            kind=kind,
            happened_at=now,
            who=who or (staff.name if staff is not None else AUTHOR),
            words=words,
            staff_id=staff.id if staff is not None else None,
            unit_id=unit.id if unit is not None else None,
            due_on=due_on,
            dated=dated,
        )
        session.add(hop)
        session.flush()
        return hop


def hops_of(suggestion_id: int) -> list[Hop]:
    """Every hop of a suggestion, oldest first."""
    with reading() as session:
        query = select(Hop).where(suggestion_hops.c.suggestion_id == suggestion_id)
        return list(session.execute(query.order_by(suggestion_hops.c.id)).scalars())


def last_hop(suggestion_id: int, kind: str) -> Hop | None:
    """The latest hop of that kind; None when there is none."""
    found = [hop for hop in hops_of(suggestion_id) if hop.kind == kind]
    return found[-1] if found else None
