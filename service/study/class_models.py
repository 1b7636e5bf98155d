"""The senior university: its terms, its classes, and who has a place in one or waits for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, text

from service.db import RowId, UtcDateTime, mapped, metadata

# 四级办学: who runs the school that a class belongs to.
LEVELS = ("市", "县区", "镇街", "村社")
LIVE = ("enrolled", "waiting")
_LIVE_ONLY = text("state IN ('enrolled', 'waiting')")

terms = Table(
    "terms",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("enrolment_opens_at", UtcDateTime, nullable=False),
    Column("enrolment_closes_at", UtcDateTime, nullable=False),
    CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
    CheckConstraint("enrolment_closes_at > enrolment_opens_at", name="closes_after_it_opens"),
)

study_classes = Table(
    "study_classes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("term_id", ForeignKey("terms.id"), nullable=False, index=True),
    Column("course_id", ForeignKey("courses.id")),
    Column("title", String(64), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("level", String(8), nullable=False),
    Column("venue_id", ForeignKey("venues.id")),
    Column("teacher", String(64), nullable=False, server_default=""),
    Column("rrule", String(128), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("capacity", Integer),
    Column("eligible_classes", JSON, nullable=False),
    Column("cancel_reason", String(256), nullable=False, server_default=""),
    CheckConstraint("capacity > 0", name="capacity_positive"),
    CheckConstraint("level IN ('市', '县区', '镇街', '村社')", name="level_known"),
    Index("uq_study_classes_title", "term_id", "title", "level", unique=True),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("class_id", ForeignKey("study_classes.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("state", String(16), nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    CheckConstraint("state IN ('enrolled', 'waiting', 'withdrawn')", name="state_known"),
    Index("uq_enrolments_live", "class_id", "person_id", unique=True,
          sqlite_where=_LIVE_ONLY, postgresql_where=_LIVE_ONLY),
    Index("ix_enrolments_queue", "class_id", "state", "queued_at", "id"),
)  # fmt: skip


@mapped
@dataclass
class Term:
    """A term of the senior university; its days are in Asia/Shanghai, both included."""

    __table__ = terms

    name: str
    starts_on: date
    ends_on: date
    enrolment_opens_at: datetime
    enrolment_closes_at: datetime
    id: int = field(init=False)


@mapped
@dataclass
class StudyClass:
    """A class of one term: `rrule` (RFC 5545, Asia/Shanghai) says when it meets, for so many `minutes` each time.

    `level` is one of LEVELS; `topics` are the words people ask for it by; `capacity` None means that there is no limit;
    `course_id` names the course whose lessons it goes through, if it does. With a `cancel_reason` it is not held.
    """

    __table__ = study_classes

    term_id: int
    title: str
    topics: list[str]
    level: str
    rrule: str
    minutes: int
    eligible_classes: list[str]
    course_id: int | None = None
    venue_id: int | None = None
    teacher: str = ""
    capacity: int | None = None
    cancel_reason: str = ""
    id: int = field(init=False)


@mapped
@dataclass
class Enrolment:
    """A person's place in a class, or in its waiting list, whose order is `queued_at`, then `id`.

    `actor_id` is who asked for it when that was somebody else.
    """

    __table__ = enrolments

    receipt_no: str
    class_id: int
    person_id: int
    state: str
    queued_at: datetime
    actor_id: int | None = None
    withdrawn_at: datetime | None = None
    id: int = field(init=False)
