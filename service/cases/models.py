"""Handovers to staff and alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table

from service.db import RowId, UtcDateTime, mapped, metadata
from service.encryption import EncryptedJSON

questions = Table(
    "questions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False, unique=True),
    Column("why", String(16), nullable=False),
)

question_messages = Table(
    "question_messages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("question_id", ForeignKey("questions.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("words", EncryptedJSON, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("chat_id", ForeignKey("chats.id")),
    Column("person_id", ForeignKey("people.id")),
    Column("matter_id", ForeignKey("matters.id")),
    Column("words", EncryptedJSON, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("taken_at", UtcDateTime),
    Column("taken_by", ForeignKey("staff.id")),
)


@mapped
@dataclass
class Question:
    """A conversation handed to staff: `why` is talk, complaint, emergency or scam."""

    __table__ = questions

    matter_id: int
    why: str
    id: int = field(init=False)


@mapped
@dataclass
class QuestionMessage:
    """One message of it, of the person, or of staff where `staff_id` says who."""

    __table__ = question_messages

    question_id: int
    words: str
    written_at: datetime
    staff_id: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Alert:
    """Something that staff must see now: `kind` is emergency, scam, talk, complaint or failure."""

    __table__ = alerts

    kind: str
    words: str
    raised_at: datetime
    chat_id: int | None = None
    person_id: int | None = None
    matter_id: int | None = None
    taken_at: datetime | None = None
    taken_by: int | None = None
    id: int = field(init=False)
