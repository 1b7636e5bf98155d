"""Works handed in to contests and exhibitions, and what judges gave them; rooms taken by people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from service.db import RowId, UtcDateTime, mapped, metadata

entries = Table(
    "entries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("activity_id", ForeignKey("activities.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("words", String(512), nullable=False),
    Column("handed_in_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("award", String(32), nullable=False, server_default=""),
    CheckConstraint("state IN ('in', 'out', 'awarded', 'withdrawn')", name="state_known"),
)

rounds = Table(
    "rounds",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("activity_id", ForeignKey("activities.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("keeps", Integer, nullable=False),
    Column("closed_at", UtcDateTime),
    UniqueConstraint("activity_id", "number"),
    CheckConstraint("keeps > 0", name="keeps_some"),
)

scores = Table(
    "scores",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False),
    Column("round_id", ForeignKey("rounds.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("points", Integer, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    UniqueConstraint("round_id", "entry_id", "staff_id"),
    CheckConstraint("points BETWEEN 0 AND 100", name="points"),
)

room_bookings = Table(
    "room_bookings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    Index("ix_room_bookings_room", "room_id", "starts_at"),
)


@mapped
@dataclass
class Entry:
    """A work in a contest: in the running, out of it, awarded, or withdrawn. Its photos belong to its matter."""

    __table__ = entries

    receipt_no: str
    activity_id: int
    person_id: int
    words: str
    handed_in_at: datetime
    state: str = "in"
    award: str = ""
    actor_id: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Round:
    """One round of judging, from which `keeps` entries go on."""

    __table__ = rounds

    activity_id: int
    number: int
    keeps: int
    closed_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Score:
    """What one judge gives one entry in one round, 0 to 100."""

    __table__ = scores

    entry_id: int
    round_id: int
    staff_id: int
    points: int
    given_at: datetime
    id: int = field(init=False)


@mapped
@dataclass
class RoomBooking:
    """A room that somebody has for a time."""

    __table__ = room_bookings

    receipt_no: str
    room_id: int
    person_id: int
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    actor_id: int | None = None
    cancelled_at: datetime | None = None
    id: int = field(init=False)
