"""Moving points and hours: every movement is one entry whose postings sum to zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from service.db import unit_of_work
from service.errors import NotFound, Refusal
from service.ledger.cycles import year_that_counts
from service.ledger.models import Account, LedgerEntry, Posting, accounts, ledger_entries, postings

POINTS, MINUTES = "points", "minutes"
ISSUED, REDEEMED, LAPSED = "office:issued", "office:redeemed", "office:lapsed"
# Hours that somebody has promised for help and nobody has earned yet.
HELD = "office:held"
# Where points come from, a debit adds; where they end, a credit does.
_SIDES = {ISSUED: -1, REDEEMED: 1, LAPSED: 1, HELD: 1}


class InsufficientBalance(Refusal):
    """There is less in the account than is to be taken; reasons: balance and needed, as numbers."""

    code = "insufficient_balance"


class AlreadyReversed(Refusal):
    """The entry was taken back before."""

    code = "already_reversed"


@dataclass(frozen=True)
class Reason:
    """Why something moves.

    Args:
        source: the area that says so: activities, study, redemption, timebank, import, correction.
        words: what for, in Chinese as the person reads it: 高铁站引导 2小时.
        happened_on: the day it happened, in Asia/Shanghai.
        key: the event's own name; a second movement of the same key changes nothing.
    """

    source: str
    words: str
    happened_on: date
    key: str


def person_owner(person_id: int) -> str:
    """The owner's name of a person's accounts."""
    return f"person:{person_id}"


def credit(person_id: int, currency: str, amount: int, reason: Reason, now: datetime) -> LedgerEntry:
    """Give a person newly issued points or minutes."""
    return move(ISSUED, person_owner(person_id), currency, amount, reason, now)


def debit(
    person_id: int, currency: str, amount: int, reason: Reason, now: datetime, to: str = REDEEMED
) -> LedgerEntry:
    """Take points or minutes from a person for good.

    Raises:
        InsufficientBalance: there are not that many.
    """
    return move(person_owner(person_id), to, currency, amount, reason, now)


def move(source: str, target: str, currency: str, amount: int, reason: Reason, now: datetime) -> LedgerEntry:
    """Move an amount from one owner's account to another's.

    Raises:
        ValueError: the amount is not positive, or the accounts are the same.
        InsufficientBalance: the source has less.
    """
    if amount <= 0 or source == target:
        raise ValueError("a movement needs a positive amount and two accounts")
    return _post(currency, [(source, -amount), (target, amount)], reason, now)


def reverse(entry_id: int, words: str, now: datetime, today: date) -> LedgerEntry:
    """Take an entry back by an opposite one.

    Raises:
        NotFound: there is no such entry.
        AlreadyReversed: it was taken back before.
        InsufficientBalance: what it gave has been spent meanwhile.
    """
    with unit_of_work() as session:
        entry = session.get(LedgerEntry, entry_id)
        if entry is None:
            raise NotFound()
        taken_back = select(ledger_entries.c.id).where(ledger_entries.c.reverses_id == entry_id)
        if session.execute(taken_back).scalar() is not None:
            raise AlreadyReversed()
        lines = session.execute(
            select(accounts.c.owner, postings.c.amount)
            .join(accounts, accounts.c.id == postings.c.account_id)
            .where(postings.c.entry_id == entry_id)
            .order_by(postings.c.id)
        ).all()
        reason = Reason("correction", words, today, f"reverse:{entry_id}")
        opposite = [(owner, -amount) for owner, amount in lines]
        return _post(entry.currency, opposite, reason, now, reverses=entry)


def _post(
    currency: str,
    lines: list[tuple[str, int]],
    reason: Reason,
    now: datetime,
    reverses: LedgerEntry | None = None,
) -> LedgerEntry:
    """Write an entry and move the balances, all accounts locked in one order so that two moves never wait in a ring."""
    with unit_of_work() as session:
        locked = {owner: lock_account(owner, currency) for owner in sorted(owner for owner, _ in lines)}
        # Asked under the lock: of two that tell the same event at once, the second finds the first's entry.
        known = (
            session.execute(select(LedgerEntry).where(ledger_entries.c.key == reason.key)).scalars().first()
        )
        if known is not None:
            return known
        after = {owner: locked[owner].balance + locked[owner].side * amount for owner, amount in lines}
        for owner, amount in lines:
            if after[owner] < 0:
                raise InsufficientBalance(balance=locked[owner].balance, needed=abs(amount))
        for owner, balance in after.items():
            locked[owner].balance = balance
        entry = LedgerEntry(
            currency=currency,
            source=reason.source,
            words=reason.words,
            happened_on=reason.happened_on,
            posted_at=now,
            key=reason.key,
            reverses_id=reverses.id if reverses is not None else None,
            cycle=_cycle(currency, lines, reason, reverses),
        )
        session.add(entry)
        session.flush()
        session.add_all(
            Posting(entry_id=entry.id, account_id=locked[owner].id, amount=amount) for owner, amount in lines
        )
        session.flush()
        return entry


def _cycle(
    currency: str, lines: list[tuple[str, int]], reason: Reason, reverses: LedgerEntry | None
) -> int | None:
    """The year whose points these are, if they are points newly issued or taken back."""
    if currency != POINTS or ISSUED not in {owner for owner, _ in lines}:
        return None
    return reverses.cycle if reverses is not None else year_that_counts(reason.happened_on)


def lock_account(owner: str, currency: str) -> Account:
    """The owner's account of the currency, locked; opened when it is new."""
    with unit_of_work() as session:
        query = (
            select(Account)
            .where(accounts.c.owner == owner, accounts.c.currency == currency)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        account = session.execute(query).scalars().first()
        if account is None:
            _open(owner, currency)
            account = session.execute(query).scalars().one()
        return account


def _open(owner: str, currency: str) -> None:
    """Open an account; when two do at once, one account is opened."""
    with unit_of_work() as session:
        kind, _, person_id = owner.partition(":")
        values = {
            "owner": owner,
            "currency": currency,
            "side": _SIDES.get(owner, 1),
            "person_id": int(person_id) if kind == "person" else None,
            "balance": 0,
        }
        if session.get_bind().dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert
        session.execute(insert(accounts).values(**values).on_conflict_do_nothing())
