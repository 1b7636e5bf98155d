"""Everything handed in is a matter: one row with a receipt number, whatever area it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table

from service.db import RowId, UtcDateTime, mapped, metadata
from service.encryption import EncryptedJSON

matters = Table(
    "matters",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("receipt_no", String(16), nullable=False, unique=True),
    Column("kind", String(16), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("chat_id", ForeignKey("chats.id"), index=True),
    Column("subject", EncryptedJSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("due_on", Date),
)

receipt_counters = Table(
    "receipt_counters",
    metadata,
    Column("letter", String(1), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("file", String(128), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)


@mapped
@dataclass
class Matter:
    """Something handed in: `kind` is booking, suggestion, case, redemption, nomination, transfer or question.

    `person_id` is whom it is for, `actor_id` who asked (None when the same); a stranger's matter has only a chat.
    `state` is the word the area uses in its own table, in Chinese as a person reads it (已收到, 办理中 …).
    """

    __table__ = matters

    receipt_no: str
    kind: str
    subject: str
    state: str
    created_at: datetime
    changed_at: datetime
    person_id: int | None = None
    actor_id: int | None = None
    chat_id: int | None = None
    due_on: date | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Attachment:
    """A photo, voice or place kept with a matter; `file` is a name under ASSISTANT_HOME/files, or "lat,lon"."""

    __table__ = attachments

    matter_id: int
    kind: str
    file: str
    received_at: datetime
    id: int = field(init=False)
