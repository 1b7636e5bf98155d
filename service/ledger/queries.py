"""What somebody has, where it came from, and the proof that it is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from service.db import reading
from service.ledger.models import accounts, ledger_entries, postings
from service.ledger.posting import person_owner


@dataclass(frozen=True)
class Movement:
    """One line of a person's history: `amount` is positive for what came, negative for what went."""

    entry_id: int
    happened_on: date
    words: str
    amount: int


def balance(person_id: int, currency: str) -> int:
    """What a person has: points, or minutes."""
    with reading() as session:
        query = select(accounts.c.balance).where(
            accounts.c.owner == person_owner(person_id), accounts.c.currency == currency
        )
        return int(session.execute(query).scalar() or 0)


def history(
    person_id: int,
    currency: str,
    *,
    limit: int = 10,
    start: date | None = None,
    end: date | None = None,
    before: int | None = None,
) -> list[Movement]:
    """The latest movements of a person, newest first, of the half-open period [start, end) where given.

    Args:
        before: only movements older than the one of this entry, which is how the next page is read.
    """
    with reading() as session:
        query = (
            select(
                ledger_entries.c.id, ledger_entries.c.happened_on, ledger_entries.c.words, postings.c.amount
            )
            .join(postings, postings.c.entry_id == ledger_entries.c.id)
            .join(accounts, accounts.c.id == postings.c.account_id)
            .where(accounts.c.owner == person_owner(person_id), accounts.c.currency == currency)
            .order_by(postings.c.entry_id.desc())
            .limit(limit)
        )
        if start is not None:
            query = query.where(ledger_entries.c.happened_on >= start)
        if end is not None:
            query = query.where(ledger_entries.c.happened_on < end)
        if before is not None:
            query = query.where(postings.c.entry_id < before)
        return [Movement(*row) for row in session.execute(query)]


def discrepancies() -> list[str]:
    """What does not add up: entries whose postings do not sum to zero, balances that the entries do not prove.

    Returns:
        A sentence in English each; none when every sum and balance is proved.
    """
    with reading() as session:
        total = func.sum(postings.c.amount)
        uneven = session.execute(
            select(postings.c.entry_id, total).group_by(postings.c.entry_id).having(total != 0)
        ).all()
        proved = func.coalesce(func.sum(postings.c.amount), 0) * accounts.c.side
        wrong = session.execute(
            select(accounts.c.owner, accounts.c.currency, accounts.c.balance, proved)
            .outerjoin(postings, postings.c.account_id == accounts.c.id)
            .group_by(
                accounts.c.id, accounts.c.owner, accounts.c.currency, accounts.c.balance, accounts.c.side
            )
            .having(proved != accounts.c.balance)
        ).all()
    found = [f"entry {entry_id} sums to {amount}, not to zero" for entry_id, amount in uneven]
    found += [
        f"{owner} has {held} {currency}, but its entries prove {shown}"
        for owner, currency, held, shown in wrong
    ]
    return found
