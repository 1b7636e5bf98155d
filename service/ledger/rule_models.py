"""What earns how much, since when, and what each person has earned by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from service.db import RowId, UtcDateTime, mapped, metadata

earning_rules = Table(
    "earning_rules",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("what", String(32), nullable=False),
    Column("points", Integer, nullable=False),
    Column("per", Integer, nullable=False),
    Column("daily_cap", Integer),
    Column("yearly_cap", Integer),
    Column("valid_from", Date, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("made_at", UtcDateTime, nullable=False),
    CheckConstraint("points >= 0", name="points"),
    CheckConstraint("per > 0", name="per"),
    CheckConstraint("daily_cap >= 0 AND yearly_cap >= 0", name="caps"),
    Index("ix_earning_rules_in_force", "what", "valid_from", "id"),
)

earnings = Table(
    "earnings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", String(128), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("what", String(32), nullable=False),
    Column("units", Integer, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("points", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("capped", Boolean, nullable=False),
    Column("entry_id", ForeignKey("ledger_entries.id"), index=True),
    Index("ix_earnings_of_a_day", "person_id", "what", "happened_on"),
)


@mapped
@dataclass
class EarningRule:
    """From `valid_from` on, `per` units of `what` earn so many points, at most the caps by calendar day and year.

    `what` is one of service.ledger.rules.CODES; units are minutes for hours served and times for all else. A change is
    another row, the latest of those in force counts, and a row of no points ends the earning. Nothing is changed.
    """

    __table__ = earning_rules

    what: str
    points: int
    per: int
    valid_from: date
    made_at: datetime
    daily_cap: int | None = None
    yearly_cap: int | None = None
    staff_id: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Earning:
    """Something that somebody earned by, under the event's own name, and what it gave after caps."""

    __table__ = earnings

    key: str
    person_id: int
    what: str
    units: int
    happened_on: date
    points: int
    minutes: int
    capped: bool
    entry_id: int | None = None
    id: int = field(init=False)
