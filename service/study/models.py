"""Courses and lessons, who has studied what, and who wants to be reminded when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from service.db import RowId, UtcDateTime, mapped, metadata

# Where a lesson is followed: by oneself, together in a session, or brought home (送学上门).
CHANNELS = ("视频", "音频", "文字", "电视", "集中学习", "送学上门")

courses = Table(
    "courses",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("title", String(64), nullable=False, unique=True),
    Column("topics", JSON, nullable=False),
    Column("about", String(256), nullable=False, server_default=""),
)

lessons = Table(
    "lessons",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", String(64), nullable=False),
    Column("medium", String(16), nullable=False),
    Column("where", String(256), nullable=False),
    Column("minutes", Integer, nullable=False, default=0),
    UniqueConstraint("course_id", "number"),
)

studies = Table(
    "studies",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("lesson_id", ForeignKey("lessons.id"), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("channel", String(16)),
    UniqueConstraint("person_id", "lesson_id"),
    Index("ix_studies_finished_at", "finished_at"),
)

study_reminders = Table(
    "study_reminders",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("rrule", String(128), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime),
    Column("unanswered", Integer, nullable=False, default=0),
    Column("stopped_at", UtcDateTime),
    Index("ix_study_reminders_next_at", "next_at"),
    Index("uq_study_reminders_live", "person_id", unique=True, sqlite_where=text("stopped_at IS NULL"),
          postgresql_where=text("stopped_at IS NULL")),
)  # fmt: skip

reminder_times = Table(
    "reminder_times",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("reminder_id", ForeignKey("study_reminders.id"), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("reminder_id", "due_at"),
)


@mapped
@dataclass
class Course:
    """A course; `topics` are the words people ask for it by."""

    __table__ = courses

    title: str
    topics: list[str]
    about: str = ""
    id: int = field(init=False)


@mapped
@dataclass
class Lesson:
    """A lesson: `medium` is 视频, 音频, 文字 or 电视; `where` its link, or channel and time; `minutes` its length."""

    __table__ = lessons

    course_id: int
    number: int
    title: str
    medium: str
    where: str
    minutes: int = 0
    id: int = field(init=False)


@mapped
@dataclass
class Study:
    """That a person began a lesson, and finished it; once a person and lesson, wherever it was watched.

    `channel` is the one of CHANNELS through which it was finished.
    """

    __table__ = studies

    person_id: int
    lesson_id: int
    started_at: datetime
    finished_at: datetime | None = None
    channel: str | None = None
    id: int = field(init=False)


@mapped
@dataclass
class StudyReminder:
    """A person's wish to be reminded: `rrule` after RFC 5545 in Asia/Shanghai, `next_at` the next time it is due.

    `unanswered` counts the reminders in a row after which nothing was studied; `next_at` is None while it is paused.
    """

    __table__ = study_reminders

    person_id: int
    rrule: str
    created_at: datetime
    next_at: datetime | None
    unanswered: int = 0
    stopped_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class ReminderTime:
    """What became of one due time of a reminder: written (to the outbox), skipped (too late), done or paused."""

    __table__ = reminder_times

    reminder_id: int
    due_at: datetime
    outcome: str
    recorded_at: datetime
    id: int = field(init=False)
