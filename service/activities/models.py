"""What people can take part in, and who has a place or waits for one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from service.db import RowId, UtcDateTime, mapped, metadata

KINDS = (
    "主题党日",
    "志愿岗",
    "讲座",
    "培训",
    "文体",
    "参观走访",
    "比赛展览",
    "课程班",
)
CLASSES = ("正常活动", "适当参加", "不能参加")
STATES = ("draft", "open", "full", "closed", "held", "settled", "cancelled")
BOOKING_STATES = ("booked", "waiting", "cancelled")
LIVE = ("booked", "waiting")

_LIVE_ONLY = text("state IN ('booked', 'waiting')")


def _one_of(values: tuple[str, ...]) -> str:
    return "state IN ({})".format(", ".join(f"'{value}'" for value in values))


activities = Table(
    "activities",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title", String(64), nullable=False, index=True),
    Column("topics", JSON, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("booking_closes_at", UtcDateTime, nullable=False),
    Column("venue_id", ForeignKey("venues.id"), index=True),
    Column("meeting_point", String(256), nullable=False, server_default=""),
    Column("bring", String(256), nullable=False, server_default=""),
    Column("about", String(512), nullable=False, server_default=""),
    Column("capacity", Integer),
    Column("eligible_classes", JSON, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("cancel_reason", String(256), nullable=False, server_default=""),
    CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    CheckConstraint("booking_closes_at <= ends_at", name="closes_before_it_ends"),
    CheckConstraint("capacity > 0", name="capacity_positive"),
    CheckConstraint(_one_of(STATES), name="state_known"),
    Index("ix_activities_coming", "state", "ends_at"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("activity_id", ForeignKey("activities.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("state", String(16), nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    CheckConstraint(_one_of(BOOKING_STATES), name="state_known"),
    Index("uq_bookings_live", "activity_id", "person_id", unique=True,
          sqlite_where=_LIVE_ONLY, postgresql_where=_LIVE_ONLY),
    Index("ix_bookings_queue", "activity_id", "state", "queued_at", "id"),
)  # fmt: skip


@mapped
@dataclass
class Activity:
    """Something to take part in at one time and place.

    `topics` are the words people ask for it by; `bring` and `meeting_point` are sentences without a full
    stop; `capacity` None means that there is no limit; `eligible_classes` are those of CLASSES that may come;
    what is not `public` is shown to people on the roster only. `full` and `open` follow the bookings.
    """

    __table__ = activities

    kind: str
    title: str
    topics: list[str]
    starts_at: datetime
    ends_at: datetime
    booking_closes_at: datetime
    eligible_classes: list[str]
    venue_id: int | None = None
    meeting_point: str = ""
    bring: str = ""
    about: str = ""
    capacity: int | None = None
    public: bool = True
    state: str = "open"
    cancel_reason: str = ""
    id: int = field(init=False)


@mapped
@dataclass
class Booking:
    """A person's place in an activity, or in its waiting list, whose order is `queued_at`, then `id`.

    `actor_id` is who asked for it when that was somebody else.
    """

    __table__ = bookings

    receipt_no: str
    activity_id: int
    person_id: int
    state: str
    queued_at: datetime
    actor_id: int | None = None
    cancelled_at: datetime | None = None
    id: int = field(init=False)
