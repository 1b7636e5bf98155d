"""Corrections by staff: a wrong entry is taken back by an opposite one, with who did it and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, select

from service.clock import local
from service.db import RowId, UtcDateTime, mapped, metadata, reading, unit_of_work
from service.ledger.models import LedgerEntry, ledger_entries
from service.ledger.posting import reverse
from service.staff.models import Staff, staff

ledger_corrections = Table(
    "ledger_corrections",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("entry_id", ForeignKey("ledger_entries.id"), nullable=False, unique=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("reason", String(256), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)


@mapped
@dataclass
class LedgerCorrection:
    """Who took an entry back, and why; `entry_id` is the opposite entry."""

    __table__ = ledger_corrections

    entry_id: int
    staff_id: int
    reason: str
    made_at: datetime
    id: int = field(init=False)


def correct(entry_id: int, reason: str, by: Staff, now: datetime) -> LedgerEntry:
    """Take an entry back for a reason that the person reads in their history.

    Raises:
        NotFound: there is no such entry.
        AlreadyReversed: it was taken back before.
        InsufficientBalance: what it gave has been spent meanwhile.
        ValueError: no reason is given.
    """
    if not reason.strip():
        raise ValueError("a correction needs a reason")
    with unit_of_work() as session:
        opposite = reverse(entry_id, f"更正：{reason.strip()}", now, local(now).date())
        session.add(LedgerCorrection(opposite.id, by.id, reason.strip(), now))
        session.flush()
        return opposite


@dataclass(frozen=True)
class Correction:
    """A correction with who made it, and the words of the entry that was wrong."""

    made_at: datetime
    by: str
    reason: str
    wrong_words: str
    wrong_entry_id: int


def corrections(limit: int = 50) -> list[Correction]:
    """The latest corrections, newest first."""
    wrong = ledger_entries.alias()
    c = ledger_corrections.c
    with reading() as session:
        query = (
            select(c.made_at, staff.c.name, c.reason, wrong.c.words, wrong.c.id)
            .join(staff, staff.c.id == c.staff_id)
            .join(ledger_entries, ledger_entries.c.id == c.entry_id)
            .join(wrong, wrong.c.id == ledger_entries.c.reverses_id)
            .order_by(c.id.desc())
            .limit(limit)
        )
        return [Correction(*row) for row in session.execute(query)]
