"""Year end: what would lapse and carry over, and closing the cycle, person by person in batches, never twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select

from service.clock import local
from service.db import reading, unit_of_work
from service.ledger import cycles, statement_news
from service.ledger.cycle_models import CycleStatement, cycle_statements
from service.ledger.models import Account, LedgerEntry, Posting, accounts, ledger_entries, postings
from service.ledger.posting import LAPSED, POINTS, lock_account

BATCH = 500
# Nobody closes a year whose end is not in sight.
_FIRST_MONTH = 12


class CycleRuleFixed(ValueError):
    """Another rule for the year was announced, or closing began with it; it holds."""


@dataclass(frozen=True)
class Outcome:
    """What closing does to one person: of `held` points `carried` stay and `lapsed` go."""

    person_id: int
    held: int
    carried: int
    lapsed: int


@dataclass(frozen=True)
class Totals:
    """What closing does to everybody together."""

    people: int = 0
    held: int = 0
    carried: int = 0
    lapsed: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.people + other.people,
            self.held + other.held,
            self.carried + other.carried,
            self.lapsed + other.lapsed,
        )


def preview(year: int, carry_up_to: int | None, batch: int = BATCH) -> Iterator[Outcome]:
    """What closing the year now would do to each person with points, in the order of their ids; nothing changes.

    Args:
        carry_up_to: how many of the year's points a person keeps; None for all of them.
    """
    after = 0
    while True:
        with reading():
            held = _held(year, after, batch)
        for person_id, amount in held:
            yield _outcome(person_id, amount, carry_up_to)
        if not held:
            return
        after = held[-1][0]


def close(
    year: int, carry_up_to: int | None, now: datetime, *, staff_id: int | None = None, batch: int = BATCH
) -> Totals:
    """Close the year: nothing more is redeemed from it, what exceeds the rule lapses, everybody is told once.

    Each batch is a transaction of its own. Stopped in the middle and begun again it goes on where it stood; run again
    after its end it changes nothing. Points for what happened that year but is told later count for the next.

    Returns:
        The totals of the whole year, whichever run did it.

    Raises:
        CycleRuleFixed: another rule was announced, or closing began before with another.
        ValueError: the year has not come to its last month.
    """
    if local(now).date() < date(year, _FIRST_MONTH, 1):
        raise ValueError(f"{year} is not closed before its last month")
    _begin(year, carry_up_to, now, staff_id)
    after: int | None = 0
    while after is not None:
        after = _close_batch(year, after, now, batch)
    with unit_of_work():
        cycle = cycles.lock(year)
        if cycle.state != cycles.CLOSED:
            cycle.state, cycle.closed_at = cycles.CLOSED, now
    return totals(year)


def totals(year: int) -> Totals:
    """What closing the year has done so far."""
    c = cycle_statements.c
    with reading() as session:
        query = select(func.count(), func.sum(c.held), func.sum(c.carried), func.sum(c.lapsed))
        row = session.execute(query.select_from(cycle_statements).where(c.year == year)).one()
    return Totals(*(int(value or 0) for value in row))


def _begin(year: int, carry_up_to: int | None, now: datetime, staff_id: int | None) -> None:
    """Fix the rule, and let nothing more be redeemed from the year."""
    with unit_of_work():
        cycle = cycles.lock(year)
        decided = cycle.state != cycles.OPEN or cycle.announced_at is not None
        if decided and cycle.carry_up_to != carry_up_to:
            kept = "all" if cycle.carry_up_to is None else cycle.carry_up_to
            raise CycleRuleFixed(f"the rule for {year} stands: {kept} carried over")
        if cycle.state != cycles.OPEN:
            return
        cycle.state, cycle.carry_up_to = cycles.CLOSING, carry_up_to
        cycle.closing_at, cycle.staff_id = now, staff_id


def _close_batch(year: int, after: int, now: datetime, batch: int) -> int | None:
    """Settle the next so many people after that id; the last one's id, or None when there are no more."""
    with unit_of_work() as session:
        cycle = cycles.lock(year)
        if cycle.state == cycles.CLOSED:
            return None
        _lock_next(after, batch)
        held = _held(year, after, batch)
        if not held:
            return None
        ids = [person_id for person_id, _ in held]
        done = select(cycle_statements.c.person_id).where(
            cycle_statements.c.year == year, cycle_statements.c.person_id.in_(ids)
        )
        settled = set(session.execute(done).scalars())
        outcomes = [_outcome(*each, cycle.carry_up_to) for each in held if each[0] not in settled]
        entries = _lapse(year, [each for each in outcomes if each.lapsed], now)
        for each in outcomes:
            session.add(
                CycleStatement(
                    year, each.person_id, each.held, each.carried, each.lapsed, entries.get(each.person_id)
                )
            )
            if each.held:
                statement_news.tell(
                    year, each.person_id, held=each.held, carried=each.carried, lapsed=each.lapsed, now=now
                )
        session.flush()
        return ids[-1]


def _lock_next(after: int, batch: int) -> None:
    """Hold the account that points lapse to, then the next people's, in the order that every movement takes them."""
    with unit_of_work() as session:
        lock_account(LAPSED, POINTS)
        query = (
            select(Account)
            .where(accounts.c.currency == POINTS, accounts.c.person_id > after)
            .order_by(accounts.c.person_id)
            .limit(batch)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        session.execute(query).scalars().all()


def _lapse(year: int, outcomes: Sequence[Outcome], now: datetime) -> dict[int, int]:
    """Move what lapses, an entry a person; the caller holds the accounts. The entries' ids by person."""
    if not outcomes:
        return {}
    with unit_of_work() as session:
        lapsed = lock_account(LAPSED, POINTS)
        ids = [each.person_id for each in outcomes]
        query = select(Account).where(accounts.c.currency == POINTS, accounts.c.person_id.in_(ids))
        account_of = {account.person_id: account for account in session.execute(query).scalars()}
        # What lapses in January lapses at the end of the year it is of.
        on = min(local(now).date(), date(year, 12, 31))
        entries = {
            each.person_id: LedgerEntry(
                currency=POINTS,
                source="year_end",
                words=f"{year}年积分到期清零",
                happened_on=on,
                posted_at=now,
                key=f"lapse:{year}:{each.person_id}",
            )
            for each in outcomes
        }
        session.add_all(entries.values())
        session.flush()
        for each in outcomes:
            entry, account = entries[each.person_id], account_of[each.person_id]
            account.balance -= each.lapsed
            lapsed.balance += each.lapsed
            session.add(Posting(entry_id=entry.id, account_id=account.id, amount=-each.lapsed))
            session.add(Posting(entry_id=entry.id, account_id=lapsed.id, amount=each.lapsed))
        session.flush()
        return {person_id: entry.id for person_id, entry in entries.items()}


def _outcome(person_id: int, held: int, carry_up_to: int | None) -> Outcome:
    carried = held if carry_up_to is None else min(held, carry_up_to)
    return Outcome(person_id, held, carried, held - carried)


def _held(year: int, after: int, batch: int) -> list[tuple[int, int]]:
    """The next people with an account of points after that id, and what they hold of the year and those before.

    What was spent is taken to be the oldest; so what they have beyond all that was issued to them for later years is
    left of this year.
    """
    with reading() as session:
        later = _issued_later(year)
        query = (
            select(
                accounts.c.person_id,
                accounts.c.balance - func.coalesce(later, 0),
            )
            .where(accounts.c.currency == POINTS, accounts.c.person_id > after)
            .order_by(accounts.c.person_id)
            .limit(batch)
        )
        return [(person_id, max(0, int(held))) for person_id, held in session.execute(query)]


def _issued_later(year: int):  # type: ignore[no-untyped-def]
    """The points issued to an account for years after this one, as a subquery of a query of accounts."""
    # The entries of later years are the latest ones, so each account's other postings are not looked at.
    first = select(func.min(ledger_entries.c.id)).where(ledger_entries.c.cycle > year).scalar_subquery()
    return (
        select(func.sum(postings.c.amount))
        .join(
            ledger_entries,
            and_(ledger_entries.c.id == postings.c.entry_id, ledger_entries.c.cycle > year),
        )
        .where(postings.c.account_id == accounts.c.id, postings.c.entry_id >= first)
        .scalar_subquery()
    )
