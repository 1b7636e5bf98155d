"""What can be had for points, who has asked for it, and what people were given besides."""

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
)

from service.db import RowId, UtcDateTime, mapped, metadata

REDEMPTION_STATES = ("reserved", "picked_up", "lapsed", "cancelled")
RECOGNITION_KINDS = ("通报表扬", "荣誉证书", "补贴")

rewards = Table(
    "rewards",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("also", JSON, nullable=False),
    Column("unit", String(8), nullable=False),
    Column("price", Integer, nullable=False),
    Column("stock", Integer, nullable=False),
    Column("per_person", Integer),
    Column("pickup_place", String(128), nullable=False),
    Column("pickup_times", String(128), nullable=False),
    Column("pickup_weekdays", JSON, nullable=False),
    Column("pickup_days", Integer, nullable=False),
    Column("about", String(256), nullable=False, server_default=""),
    Column("state", String(16), nullable=False),
    CheckConstraint("price > 0", name="price"),
    CheckConstraint("stock >= 0", name="stock"),
    CheckConstraint("per_person > 0", name="per_person"),
    CheckConstraint("pickup_days > 0", name="pickup_days"),
    CheckConstraint("state IN ('offered', 'withdrawn')", name="state_known"),
)

redemptions = Table(
    "redemptions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("request", String(64), nullable=False, unique=True),
    Column("reward_id", ForeignKey("rewards.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("points", Integer, nullable=False),
    Column("entry_id", ForeignKey("ledger_entries.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reserved_at", UtcDateTime, nullable=False),
    Column("pick_up_until", Date, nullable=False),
    Column("reminded_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("staff_id", ForeignKey("staff.id")),
    CheckConstraint("quantity > 0 AND points > 0", name="positive"),
    CheckConstraint("state IN ('reserved', 'picked_up', 'lapsed', 'cancelled')", name="state_known"),
    Index("ix_redemptions_limit", "person_id", "reward_id", "year"),
    Index("ix_redemptions_due", "state", "pick_up_until"),
)

recognitions = Table(
    "recognitions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("title", String(128), nullable=False),
    Column("earned_by", String(256), nullable=False),
    Column("receipt_no", ForeignKey("matters.receipt_no")),
    Column("given_on", Date, nullable=False),
    Column("fen", Integer, nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    CheckConstraint("fen >= 0", name="fen"),
    CheckConstraint("kind IN ('通报表扬', '荣誉证书', '补贴')", name="kind_known"),
)


@mapped
@dataclass
class Reward:
    """Something to be had for `price` points a `unit` (袋, 张), while there is `stock`.

    `also` are other words people ask for it by; `per_person` is how many a person may have in a calendar year, None for
    any number. It is kept for `pickup_days` days and handed out at `pickup_place` on `pickup_weekdays` (0 is Monday) at
    `pickup_times`, in words.
    """

    __table__ = rewards

    name: str
    unit: str
    price: int
    stock: int
    pickup_place: str
    pickup_times: str
    also: list[str] = field(default_factory=list)
    per_person: int | None = None
    pickup_weekdays: list[int] = field(default_factory=lambda: [0, 1, 2, 3, 4])
    pickup_days: int = 14
    about: str = ""
    state: str = "offered"
    id: int = field(init=False)


@mapped
@dataclass
class Redemption:
    """So many of a reward kept for a person until the day `pick_up_until`, for the points of `entry_id`.

    `request` is the name of the question the person said yes to, so that one yes redeems once; `year` is the cycle it
    counts in; `staff_id` is who handed it out.
    """

    __table__ = redemptions

    receipt_no: str
    request: str
    reward_id: int
    person_id: int
    quantity: int
    points: int
    entry_id: int
    year: int
    reserved_at: datetime
    pick_up_until: date
    state: str = "reserved"
    reminded_at: datetime | None = None
    settled_at: datetime | None = None
    staff_id: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Recognition:
    """Public praise, a certificate or an allowance; `earned_by` says for what, `receipt_no` names the matter if there is
    one, `fen` is an allowance's amount in hundredths of a yuan.
    """

    __table__ = recognitions

    person_id: int
    kind: str
    title: str
    earned_by: str
    given_on: date
    staff_id: int
    recorded_at: datetime
    receipt_no: str | None = None
    fen: int = 0
    id: int = field(init=False)
