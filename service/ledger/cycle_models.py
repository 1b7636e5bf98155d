"""The yearly cycle of points: one a calendar year, closed once, with a statement for everybody who had points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from service.db import RowId, UtcDateTime, mapped, metadata

point_cycles = Table(
    "point_cycles",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("state", String(8), nullable=False),
    Column("carry_up_to", Integer),
    Column("announced_at", UtcDateTime),
    Column("staff_id", ForeignKey("staff.id")),
    Column("closing_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    CheckConstraint("state IN ('open', 'closing', 'closed')", name="state_known"),
    CheckConstraint("carry_up_to >= 0", name="carry"),
)

cycle_statements = Table(
    "cycle_statements",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("year", ForeignKey("point_cycles.year"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("held", BigInteger, nullable=False),
    Column("carried", BigInteger, nullable=False),
    Column("lapsed", BigInteger, nullable=False),
    Column("entry_id", ForeignKey("ledger_entries.id")),
    UniqueConstraint("year", "person_id"),
    CheckConstraint("held = carried + lapsed", name="adds_up"),
)


@mapped
@dataclass
class PointCycle:
    """A calendar year of points. `carry_up_to` is how many a person keeps when it is closed, None for all of them.

    It holds from `announced_at` on, when people are told it, or else from when closing begins.
    While it is `closing`, batch by batch, the rule is fixed already and nothing can be redeemed from it.
    """

    __table__ = point_cycles

    year: int
    state: str = "open"
    carry_up_to: int | None = None
    announced_at: datetime | None = None
    staff_id: int | None = None
    closing_at: datetime | None = None
    closed_at: datetime | None = None


@mapped
@dataclass
class CycleStatement:
    """What closing a cycle did to one person: of `held` points `carried` stayed and `lapsed` went, by `entry_id`."""

    __table__ = cycle_statements

    year: int
    person_id: int
    held: int
    carried: int
    lapsed: int
    entry_id: int | None = None
    id: int = field(init=False)
