"""Suggestions (议事厅)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table

from service.db import RowId, UtcDateTime, mapped, metadata
from service.encryption import EncryptedJSON

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("words", EncryptedJSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("submitted_at", UtcDateTime, nullable=False),
)


@mapped
@dataclass
class Suggestion:
    """What somebody proposes, in their own words; `state` is 已收到 or 已撤回."""

    __table__ = suggestions

    matter_id: int
    person_id: int
    words: str
    state: str
    submitted_at: datetime
    id: int = field(init=False)
