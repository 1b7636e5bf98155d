"""The time bank: help asked for and claimed, paid in hours once both say it was done; and hours given away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from service.db import RowId, UtcDateTime, mapped, metadata
from service.encryption import EncryptedJSON

STATES = ("open", "claimed", "done", "disputed", "cancelled", "lapsed")

help_requests = Table(
    "help_requests",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("request", String(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("what", EncryptedJSON, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("helper_id", ForeignKey("people.id"), index=True),
    Column("claimed_at", UtcDateTime),
    Column("claims", Integer, nullable=False, server_default="0"),
    Column("confirm_asked_at", UtcDateTime),
    Column("person_ok_at", UtcDateTime),
    Column("helper_ok_at", UtcDateTime),
    Column("dispute", EncryptedJSON),
    Column("paid_minutes", Integer),
    Column("settled_at", UtcDateTime),
    Column("staff_id", ForeignKey("staff.id")),
    CheckConstraint("minutes > 0", name="minutes"),
    CheckConstraint("helper_id <> person_id", name="not_oneself"),
    CheckConstraint("paid_minutes >= 0 AND paid_minutes <= minutes", name="paid"),
    CheckConstraint(
        "state IN ('open', 'claimed', 'done', 'disputed', 'cancelled', 'lapsed')", name="state_known"
    ),
    Index("ix_help_requests_due", "state", "starts_at"),
)

hour_gifts = Table(
    "hour_gifts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("request", String(64), nullable=False, unique=True),
    Column("giver_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("receiver_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("minutes", Integer, nullable=False),
    Column("entry_id", ForeignKey("ledger_entries.id"), nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
    CheckConstraint("minutes > 0", name="minutes"),
    CheckConstraint("giver_id <> receiver_id", name="not_oneself"),
)


@mapped
@dataclass
class HelpRequest:
    """Help that `person_id` asks for at a time, for so many minutes of theirs, which are held until it is settled.

    `request` names the question answered with yes, so that one yes asks once; `claims` counts who took it on, the one
    who gave it back included; `person_ok_at` and `helper_ok_at` say when each confirmed that it was done; `dispute` is
    what one of them objects, and `paid_minutes` what the helper got in the end.
    """

    __table__ = help_requests

    receipt_no: str
    request: str
    person_id: int
    what: str
    starts_at: datetime
    minutes: int
    asked_at: datetime
    state: str = "open"
    helper_id: int | None = None
    claimed_at: datetime | None = None
    claims: int = 0
    confirm_asked_at: datetime | None = None
    person_ok_at: datetime | None = None
    helper_ok_at: datetime | None = None
    dispute: str | None = None
    paid_minutes: int | None = None
    settled_at: datetime | None = None
    staff_id: int | None = None
    id: int = field(init=False)

    @property
    def ends_at(self) -> datetime:
        """When it should be done."""
        return self.starts_at + timedelta(minutes=self.minutes)


@mapped
@dataclass
class HourGift:
    """Hours that one person gave another; `request` as in HelpRequest."""

    __table__ = hour_gifts

    receipt_no: str
    request: str
    giver_id: int
    receiver_id: int
    minutes: int
    entry_id: int
    given_at: datetime
    undone_at: datetime | None = None
    id: int = field(init=False)
