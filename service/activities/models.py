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
    UniqueConstraint,
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
    "关心下一代",
    "展会",
    "值守",
)
# What is served is counted in hours; whoever comes to the others has attended.
SERVED = ("志愿岗", "关心下一代", "值守")
CLASSES = ("正常活动", "适当参加", "不能参加")
STATES = ("draft", "open", "full", "closed", "held", "settled", "cancelled")
BOOKING_STATES = ("booked", "waiting", "entered", "cancelled")
LIVE = ("booked", "waiting", "entered")

_LIVE_ONLY = text("state IN ('booked', 'waiting', 'entered')")


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
    Column("venue_id", ForeignKey("venues.id")),
    Column("meeting_point", String(256), nullable=False, server_default=""),
    Column("bring", String(256), nullable=False, server_default=""),
    Column("about", String(512), nullable=False, server_default=""),
    Column("capacity", Integer),
    Column("eligible_classes", JSON, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("cancel_reason", String(256), nullable=False, server_default=""),
    Column("eligible_branches", JSON, nullable=False, server_default="[]"),
    Column("eligible_regions", JSON, nullable=False, server_default="[]"),
    Column("skill", String(64), nullable=False, server_default=""),
    Column("health_note", String(256), nullable=False, server_default=""),
    Column("unfit_for", JSON, nullable=False, server_default="[]"),
    Column("hosts", JSON, nullable=False, server_default="[]"),
    Column("code", String(8), nullable=False, server_default="", index=True),
    Column("draw_at", UtcDateTime),
    Column("draw_seed", String(32), nullable=False, server_default=""),
    Column("drawn_at", UtcDateTime),
    Column("entries_close_at", UtcDateTime),
    Column("room_id", ForeignKey("rooms.id"), index=True),
    Column("team_id", ForeignKey("teams.id"), index=True),
    Column("lasts", Boolean, nullable=False, server_default=text("(1 = 0)")),
    Column("changed_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("settled_by", ForeignKey("staff.id")),
    CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    CheckConstraint("booking_closes_at <= ends_at", name="closes_before_it_ends"),
    CheckConstraint("capacity > 0", name="capacity_positive"),
    CheckConstraint(_one_of(STATES), name="state_known"),
    CheckConstraint(
        "draw_at IS NULL OR (capacity IS NOT NULL AND draw_at <= booking_closes_at)", name="draw"
    ),
    Index("ix_activities_coming", "state", "ends_at"),
    Index("ix_activities_starts", "starts_at", "id"),
    Index("ix_activities_kind", "kind", "starts_at"),
    Index("ix_activities_venue", "venue_id", "starts_at"),
    Index("ix_activities_lasting", "lasts", "ends_at"),
)

# By what words an activity is found: the sounds of its names whole, and each two of them that follow one another.
activity_terms = Table(
    "activity_terms",
    metadata,
    Column("activity_id", ForeignKey("activities.id"), primary_key=True),
    Column("term", String(64), primary_key=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("venue_id", ForeignKey("venues.id")),
    Index("ix_activity_terms_soonest", "term", "starts_at", "activity_id"),
    Index("ix_activity_terms_at_venue", "term", "venue_id", "starts_at", "activity_id"),
)

# Every term that ever was, so that the words of a sentence are looked up without touching the activities.
search_terms = Table("search_terms", metadata, Column("term", String(64), primary_key=True))

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
    Column("drawn_place", Integer),
    CheckConstraint(_one_of(BOOKING_STATES), name="state_known"),
    Index("uq_bookings_live", "activity_id", "person_id", unique=True,
          sqlite_where=_LIVE_ONLY, postgresql_where=_LIVE_ONLY),
    Index("ix_bookings_queue", "activity_id", "state", "queued_at", "id"),
)  # fmt: skip


booking_reminders = Table(
    "booking_reminders",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("booking_id", ForeignKey("bookings.id"), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("booking_id", "starts_at"),
    CheckConstraint("outcome IN ('written', 'skipped', 'not_due')", name="outcome_known"),
)


@mapped
@dataclass
class Activity:
    """Something to take part in at one time and place.

    `topics` are the words people ask for it by; `bring` and `meeting_point` are sentences without a full
    stop; `capacity` None means that there is no limit; `eligible_classes` are those of CLASSES that may come;
    what is not `public` is shown to people on the roster only. `full` and `open` follow the bookings.

    Who may come: names of branches and regions (none: all), a `skill` that is needed, words of `unfit_for` that must
    not stand in the reason of the person's class; `health_note` is read to everybody. `hosts` are the regions that
    hold it together, under each of which it is shown while it is counted once. `code` is what staff show for checking
    in. With `draw_at` places are drawn by lot then, in the order that `draw_seed` gives. With `entries_close_at` works
    are handed in until then. `lasts` says that it takes more than a day; `changed_at` when its time or place was.
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
    eligible_branches: list[str] = field(default_factory=list)
    eligible_regions: list[str] = field(default_factory=list)
    skill: str = ""
    health_note: str = ""
    unfit_for: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    code: str = ""
    draw_at: datetime | None = None
    draw_seed: str = ""
    drawn_at: datetime | None = None
    entries_close_at: datetime | None = None
    room_id: int | None = None
    team_id: int | None = None
    lasts: bool = False
    changed_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Booking:
    """A person's place in an activity, in its waiting list, whose order is `queued_at`, then `id`, or in its draw.

    `actor_id` is who asked for it when that was somebody else; `drawn_place` which one it was in the draw.
    """

    __table__ = bookings

    receipt_no: str
    activity_id: int
    person_id: int
    state: str
    queued_at: datetime
    actor_id: int | None = None
    cancelled_at: datetime | None = None
    drawn_place: int | None = None
    id: int = field(init=False)
