"""Points and time-bank hours, in double entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from service.db import RowId, UtcDateTime, mapped, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("currency", String(8), nullable=False),
    Column("owner", String(32), nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("side", Integer, nullable=False),
    Column("balance", BigInteger, nullable=False),
    UniqueConstraint("owner", "currency"),
    CheckConstraint("balance >= 0", name="not_negative"),
    CheckConstraint("side IN (-1, 1)", name="side"),
    CheckConstraint("currency IN ('points', 'minutes')", name="currency"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("currency", String(8), nullable=False),
    Column("source", String(32), nullable=False),
    Column("words", String(256), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("posted_at", UtcDateTime, nullable=False),
    Column("key", String(128), nullable=False, unique=True),
    Column("reverses_id", ForeignKey("ledger_entries.id"), unique=True),
    Column("cycle", Integer, index=True),
)

postings = Table(
    "postings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("entry_id", ForeignKey("ledger_entries.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    CheckConstraint("amount <> 0", name="amount"),
    Index("ix_postings_account", "account_id", "entry_id"),
)


@mapped
@dataclass
class Account:
    """What somebody has of a currency: points, or minutes of the time bank.

    `owner` is person:<id>, or office:<purpose> for the accounts that points come from and go to. `side` is 1 where a
    credit (a positive posting) makes the balance grow, as it does for people, and -1 where a debit does; so no
    balance is ever below zero. The row is locked while it moves.
    """

    __table__ = accounts

    currency: str
    owner: str
    side: int
    person_id: int | None = None
    balance: int = 0
    id: int = field(init=False)


@mapped
@dataclass
class LedgerEntry:
    """One event in the ledger: `words` say in Chinese what it was for, `source` which area wrote it.

    `key` is the event's own name, so that it is recorded once however often it is told. A correction is another entry
    with `reverses_id`; nothing is ever changed or deleted. `cycle` is the year whose points were issued by it, None for
    what issues none.
    """

    __table__ = ledger_entries

    currency: str
    source: str
    words: str
    happened_on: date
    posted_at: datetime
    key: str
    reverses_id: int | None = None
    cycle: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Posting:
    """One side of an entry: a credit (positive) or a debit (negative) of an account; an entry's sum is zero."""

    __table__ = postings

    entry_id: int
    account_id: int
    amount: int
    id: int = field(init=False)
