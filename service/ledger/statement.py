"""A person's statement of a period: what there was, what came by which way, what went, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, select

from service.db import reading
from service.ledger.models import accounts, ledger_entries, postings
from service.ledger.posting import person_owner


@dataclass(frozen=True)
class Line:
    """What came (positive) or went (negative) for one reason, and in how many entries."""

    words: str
    amount: int
    entries: int


@dataclass(frozen=True)
class Statement:
    """Of the half-open period [start, end) by the day things happened: before + came - went = left."""

    start: date
    end: date
    before: int
    came: int
    went: int
    left: int
    lines: tuple[Line, ...]


def statement(person_id: int, currency: str, start: date, end: date) -> Statement:
    """What a person's account did in a period, in points or minutes.

    Args:
        start, end: days in Asia/Shanghai; the end is not part of the period.
    """
    day = ledger_entries.c.happened_on
    theirs = and_(accounts.c.owner == person_owner(person_id), accounts.c.currency == currency)
    moved = (
        select(
            func.coalesce(func.sum(case((day < start, postings.c.amount), else_=0)), 0),
            func.coalesce(
                func.sum(case((and_(day >= start, postings.c.amount > 0), postings.c.amount), else_=0)), 0
            ),
            func.coalesce(
                func.sum(case((and_(day >= start, postings.c.amount < 0), postings.c.amount), else_=0)), 0
            ),
        )
        .join(postings, postings.c.entry_id == ledger_entries.c.id)
        .join(accounts, accounts.c.id == postings.c.account_id)
        .where(theirs, day < end)
    )
    total = func.sum(postings.c.amount)
    by_reason = (
        select(ledger_entries.c.words, total, func.count())
        .join(postings, postings.c.entry_id == ledger_entries.c.id)
        .join(accounts, accounts.c.id == postings.c.account_id)
        .where(theirs, day >= start, day < end)
        .group_by(ledger_entries.c.words)
        .order_by(total.desc(), ledger_entries.c.words)
    )
    with reading() as session:
        before, came, went = (int(value) for value in session.execute(moved).one())
        lines = tuple(Line(*row) for row in session.execute(by_reason))
    return Statement(start, end, before, came, -went, before + came + went, lines)
