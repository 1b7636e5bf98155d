"""Suggestions (议事厅): what was proposed, every step of its way, who seconds it, and the campaign it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from service.db import RowId, UtcDateTime, mapped, metadata
from service.encryption import EncryptedJSON

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("title", String(64), nullable=False, unique=True),
    Column("theme", String(256), nullable=False, server_default=""),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("closed_at", UtcDateTime),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("words", EncryptedJSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("unnamed", Boolean, nullable=False, default=False),
    Column("hidden", Boolean, nullable=False, default=False),
    Column("campaign_id", ForeignKey("campaigns.id"), index=True),
    Column("unit_id", ForeignKey("units.id"), index=True),
    Column("due_on", Date),
    Column("chased_on", Date),
    Column("merged_into_id", ForeignKey("suggestions.id"), index=True),
    Column("rating", Integer),
    Column("rated_at", UtcDateTime),
    Column("reopened_at", UtcDateTime),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
)

suggestion_hops = Table(
    "suggestion_hops",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("suggestion_id", ForeignKey("suggestions.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("happened_at", UtcDateTime, nullable=False, index=True),
    Column("who", String(64), nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("words", EncryptedJSON, nullable=False),
    Column("unit_id", ForeignKey("units.id")),
    Column("due_on", Date),
    Column("dated", Date),
)

suggestion_replies = Table(
    "suggestion_replies",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("suggestion_id", ForeignKey("suggestions.id"), nullable=False, index=True),
    Column("words", EncryptedJSON, nullable=False),
    Column("written_by", ForeignKey("staff.id")),
    Column("written_at", UtcDateTime, nullable=False),
    Column("published_by", ForeignKey("staff.id")),
    Column("published_at", UtcDateTime),
)

suggestion_seconds = Table(
    "suggestion_seconds",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("suggestion_id", ForeignKey("suggestions.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("seconded_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Index("uq_suggestion_seconds_live", "suggestion_id", "person_id", unique=True,
          sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL")),
)  # fmt: skip

# Which pairs of syllables occur in a suggestion, as keyed hashes: found by sound without reading what is encrypted.
suggestion_grams = Table(
    "suggestion_grams",
    metadata,
    Column("gram", BigInteger, primary_key=True, autoincrement=False),
    Column("suggestion_id", ForeignKey("suggestions.id"), primary_key=True),
)

research_reports = Table(
    "research_reports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("title", String(128), nullable=False),
    Column("authors", String(128), nullable=False),
    Column("finished_on", Date, nullable=False, index=True),
    Column("file", String(128), nullable=False, unique=True),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("outcome", EncryptedJSON),
    Column("outcome_on", Date),
)


@mapped
@dataclass
class Campaign:
    """A call for suggestions on a theme (我为…出份力), from one day to another, both included, in Asia/Shanghai.

    `closed_at`: staff ended it before its time.
    """

    __table__ = campaigns

    title: str
    theme: str
    opens_on: date
    closes_on: date
    closed_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Suggestion:
    """What somebody proposes, in their own words; `state` is one of `service.suggestions.states`.

    `unnamed`: others do not read who it is from. `hidden`: staff keep it out of what others read. `unit_id` and
    `due_on` are the latest it was passed on to; `chased_on` the day staff were last told that it is overdue.
    `merged_into_id`: the one it is dealt with in. `rating` is 1 to 5, given once; it can be reopened once.
    """

    __table__ = suggestions

    matter_id: int
    person_id: int
    words: str
    state: str
    submitted_at: datetime
    unnamed: bool = False
    hidden: bool = False
    campaign_id: int | None = None
    unit_id: int | None = None
    due_on: date | None = None
    chased_on: date | None = None
    merged_into_id: int | None = None
    rating: int | None = None
    rated_at: datetime | None = None
    reopened_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Hop:
    """One step on a suggestion's way; never changed, never deleted.

    `kind` is the state that it led to, or 批示, which leaves the state and carries the day it is `dated`. `who` is
    shown; `staff_id` is the member of staff who entered it, None for what the author did.
    """

    __table__ = suggestion_hops

    suggestion_id: int
    kind: str
    happened_at: datetime
    who: str
    words: str = ""
    staff_id: int | None = None
    unit_id: int | None = None
    due_on: date | None = None
    dated: date | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Reply:
    """A version of a reply; only one that is published is seen by anybody but staff, and none is overwritten."""

    __table__ = suggestion_replies

    suggestion_id: int
    words: str
    written_at: datetime
    written_by: int | None = None
    published_at: datetime | None = None
    published_by: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Second:
    """Somebody seconds a suggestion (附议), until they take it back."""

    __table__ = suggestion_seconds

    suggestion_id: int
    person_id: int
    seconded_at: datetime
    withdrawn_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class ResearchReport:
    """A research report (调研报告); `file` is a name under ASSISTANT_HOME/files, `outcome` what came of it."""

    __table__ = research_reports

    title: str
    authors: str
    finished_on: date
    file: str
    filed_at: datetime
    outcome: str | None = None
    outcome_on: date | None = None
    id: int = field(init=False)
