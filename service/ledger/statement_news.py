"""Telling a person what became of a year's points."""

from __future__ import annotations

from datetime import datetime

from service import wording
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import Verdict, for_unasked
from service.people import queries

KIND = "points_statement"


def tell(year: int, person_id: int, *, held: int, carried: int, lapsed: int, now: datetime) -> None:
    """Write the statement of a year to the person, once."""
    key = "year_closed" if lapsed else "year_carried"
    said = wording.say(key, year=year, next_year=year + 1, held=held, carried=carried, lapsed=lapsed)
    outbox.tell(person_id, KIND, said, now, dedupe_key=f"{KIND}:{year}:{person_id}")


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not in quiet hours, and not to those who want nothing unasked."""
    assert row.person_id is not None
    return for_unasked(queries.get(row.person_id), now)
