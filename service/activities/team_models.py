"""Volunteer teams, standing posts and who holds them, and what came of activities."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from service.db import RowId, UtcDateTime, mapped, metadata

_NOW_ONLY = text("until IS NULL")

teams = Table(
    "teams",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("about", String(256), nullable=False, server_default=""),
    Column("leader_id", ForeignKey("people.id")),
)

team_members = Table(
    "team_members",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("team_id", ForeignKey("teams.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Index("uq_team_members_now", "team_id", "person_id", unique=True,
          sqlite_where=_NOW_ONLY, postgresql_where=_NOW_ONLY),
)  # fmt: skip

posts = Table(
    "posts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(64), nullable=False, unique=True),
    Column("place", String(128), nullable=False, server_default=""),
    Column("topics", JSON, nullable=False),
    Column("rrule", String(128), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("holders_needed", Integer, nullable=False, server_default="1"),
    Column("eligible_classes", JSON, nullable=False),
    Column("closed_at", UtcDateTime),
    CheckConstraint("minutes > 0 AND holders_needed > 0", name="positive"),
)

claims = Table(
    "claims",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("post_id", ForeignKey("posts.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("returned_at", UtcDateTime),
    Index("uq_claims_held", "post_id", "person_id", unique=True,
          sqlite_where=text("returned_at IS NULL"), postgresql_where=text("returned_at IS NULL")),
)  # fmt: skip

duties = Table(
    "duties",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("claim_id", ForeignKey("claims.id"), nullable=False),
    Column("done_on", Date, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("minutes", Integer, nullable=False),
    UniqueConstraint("claim_id", "done_on"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("activity_id", ForeignKey("activities.id"), nullable=False, index=True),
    Column("what", String(32), nullable=False),
    Column("unit", String(8), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("happened_on", Date, nullable=False, index=True),
    Column("words", String(256), nullable=False, server_default=""),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("key", String(96), nullable=False, unique=True),
    CheckConstraint("amount <> 0", name="amount"),
)


@mapped
@dataclass
class Team:
    """A volunteer team with the person who leads it."""

    __table__ = teams

    name: str
    about: str = ""
    leader_id: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class TeamMember:
    """Somebody in a team from `since` on, up to and without `until`."""

    __table__ = team_members

    team_id: int
    person_id: int
    since: date
    until: date | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Post:
    """A standing duty that people take on for good: a bin, a street, a grid square.

    `rrule` says on which days it is due (RFC 5545, by the day, in Asia/Shanghai), `minutes` what each time counts,
    `holders_needed` how many have to hold it for it to be covered.
    """

    __table__ = posts

    kind: str
    name: str
    rrule: str
    minutes: int
    place: str = ""
    topics: list[str] = field(default_factory=list)
    holders_needed: int = 1
    eligible_classes: list[str] = field(default_factory=lambda: ["正常活动"])
    closed_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Claim:
    """Somebody's holding of a post, from `since` up to and with `until`, or until it is handed back."""

    __table__ = claims

    receipt_no: str
    post_id: int
    person_id: int
    since: date
    claimed_at: datetime
    until: date | None = None
    actor_id: int | None = None
    returned_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Duty:
    """A duty done on one day, which is counted once."""

    __table__ = duties

    claim_id: int
    done_on: date
    recorded_at: datetime
    minutes: int
    id: int = field(init=False)


@mapped
@dataclass
class Outcome:
    """What came of an activity, in one unit: 亩, 元, 件, 人, 场. Below zero it corrects an earlier one."""

    __table__ = outcomes

    activity_id: int
    what: str
    unit: str
    amount: int
    happened_on: date
    recorded_at: datetime
    key: str
    words: str = ""
    staff_id: int | None = None
    id: int = field(init=False)
