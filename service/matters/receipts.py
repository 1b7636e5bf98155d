"""Receipt numbers: one letter a kind, the year, a running number: S2026-0153."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.clock import local
from service.db import unit_of_work
from service.matters.models import receipt_counters

LETTERS = {
    "booking": "B",
    "suggestion": "S",
    "case": "C",
    "redemption": "R",
    "nomination": "N",
    "transfer": "T",
    "question": "Q",
    # What is asked to have changed about oneself is numbered with the cases.
    "profile": "C",
}


def next_receipt_no(kind: str, now: datetime) -> str:
    """The next number of a kind in the year it is in Asia/Shanghai; gaps are allowed, repeats are not.

    On PostgreSQL the numbers come from a sequence a kind and year, so turns do not wait for one another; on SQLite,
    which has one writer anyway, from a counter row.
    """
    letter, year = LETTERS[kind], local(now).year
    with unit_of_work() as session:
        if session.get_bind().dialect.name == "postgresql":
            number = _from_sequence(session, letter, year)
        else:
            number = _from_counter(session, letter, year)
    return f"{letter}{year}-{number:04d}"


def _from_sequence(session: Session, letter: str, year: int) -> int:
    name = f"receipt_{letter.lower()}_{year}"
    if session.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar() is None:
        # Two first receipts of a year at once would both create the sequence; the lock lets one of them wait.
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
        session.execute(text(f"CREATE SEQUENCE IF NOT EXISTS {name}"))
    return int(session.execute(text(f"SELECT nextval('{name}')")).scalar_one())


def _from_counter(session: Session, letter: str, year: int) -> int:
    c = receipt_counters.c
    key = (c.letter == letter) & (c.year == year)
    last = session.execute(select(c.last).where(key)).scalar()
    if last is None:
        session.execute(receipt_counters.insert().values(letter=letter, year=year, last=1))
        return 1
    session.execute(receipt_counters.update().where(key).values(last=last + 1))
    return int(last) + 1
