"""Who came, and what each was given for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from service.db import RowId, UtcDateTime, mapped, metadata

HOWS = ("code", "place", "staff", "let_in")

attendances = Table(
    "attendances",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("activity_id", ForeignKey("activities.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("came_at", UtcDateTime, nullable=False),
    Column("how", String(8), nullable=False),
    Column("late", Boolean, nullable=False),
    UniqueConstraint("activity_id", "person_id"),
    CheckConstraint("how IN ('code', 'place', 'staff', 'let_in')", name="how_known"),
)

settlements = Table(
    "settlements",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("activity_id", ForeignKey("activities.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("came", Boolean, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("points", Integer, nullable=False),
    Column("settled_at", UtcDateTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("reason", String(256), nullable=False, server_default=""),
    UniqueConstraint("activity_id", "person_id", "version"),
    CheckConstraint("minutes >= 0 AND (came OR minutes = 0)", name="minutes_of_who_came"),
)


@mapped
@dataclass
class Attendance:
    """Somebody checked in: `how` is code, place, staff or let_in (without a booking); `late` is after the start."""

    __table__ = attendances

    activity_id: int
    person_id: int
    came_at: datetime
    how: str
    late: bool
    actor_id: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Settlement:
    """What staff settled of a person: whether they came, minutes served, points given.

    The highest `version` holds; a correction adds one, with the reason, after what the one before gave was reversed.
    """

    __table__ = settlements

    activity_id: int
    person_id: int
    version: int
    came: bool
    minutes: int
    points: int
    settled_at: datetime
    staff_id: int | None = None
    reason: str = ""
    id: int = field(init=False)
