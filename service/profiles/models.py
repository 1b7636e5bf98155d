"""What people asked to have changed about themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table

from service.db import RowId, UtcDateTime, mapped, metadata
from service.encryption import EncryptedJSON

profile_changes = Table(
    "profile_changes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", ForeignKey("matters.receipt_no"), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("what", String(24), nullable=False),
    Column("before", EncryptedJSON, nullable=False),
    Column("after", EncryptedJSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("reason", String(256), nullable=False, server_default=""),
)


@mapped
@dataclass
class ProfileChange:
    """A change of one of `service.people.profile.FIELDS`: open, applied, refused (with a reason) or withdrawn."""

    __table__ = profile_changes

    receipt_no: str
    person_id: int
    what: str
    before: str
    after: str
    asked_at: datetime
    state: str = "open"
    settled_at: datetime | None = None
    reason: str = ""
    id: int = field(init=False)
