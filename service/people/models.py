"""The roster: people, their phones, where they belong, and how active they may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from service.db import RowId, UtcDateTime, mapped, metadata

people = Table(
    "people",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(64), nullable=False, index=True),
    Column("sex", String(8), nullable=False, server_default=""),
    Column("birth_year", Integer),
    Column("status", String(16), nullable=False, server_default="退休"),
    Column("party_member", Boolean, nullable=False, default=False),
    Column("former_unit", String(128), nullable=False, server_default=""),
    Column("rank_level", String(32), nullable=False, server_default=""),
    Column("activity_class", String(16), nullable=False, server_default="正常活动"),
    Column("branch_id", ForeignKey("branches.id"), index=True),
    Column("community_id", ForeignKey("communities.id"), index=True),
    Column("quiet_from", Integer),
    Column("quiet_until", Integer),
    Column("messages_stopped_at", UtcDateTime),
)

phones = Table(
    "phones",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("number", String(20), nullable=False),
    UniqueConstraint("person_id", "number"),
    Index("ix_phones_number", "number"),
)

activity_classes = Table(
    "activity_classes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("activity_class", String(16), nullable=False),
    Column("since", Date, nullable=False),
    Column("reason", String(256), nullable=False, server_default=""),
)


@mapped
@dataclass
class Person:
    """A person on the roster.

    `status` is 离休 or 退休; `activity_class` one of 正常活动, 适当参加, 不能参加, its history in `activity_classes`.
    `quiet_from` and `quiet_until` are hours of the day in Asia/Shanghai between which nothing unasked is sent;
    `messages_stopped_at` says since when no reminder or notice is wanted at all.
    """

    __table__ = people

    name: str
    sex: str = ""
    birth_year: int | None = None
    status: str = "退休"
    party_member: bool = False
    former_unit: str = ""
    rank_level: str = ""
    activity_class: str = "正常活动"
    branch_id: int | None = None
    community_id: int | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None
    messages_stopped_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Phone:
    """A phone number of a person, digits only."""

    __table__ = phones

    person_id: int
    number: str
    id: int = field(init=False)


@mapped
@dataclass
class ActivityClass:
    """One of the dated classes a person has had."""

    __table__ = activity_classes

    person_id: int
    activity_class: str
    since: date
    reason: str = ""
    id: int = field(init=False)
