"""Sections of a world: what people had to begin with, and what came and went since, of points and hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field, root_validator

from service.clock import local
from service.ledger import posting
from service.people.models import Person
from service.world.parts import Loading, Part, explained, named, places, text
from service.world.times import When

# Far more than anybody has; beyond it a number is a slip.
_MOST = 1_000_000


class Balance(Part):
    """What somebody had to begin with; without `when`, on the first day of the year."""

    person: str
    points: int | None = Field(None, ge=0, le=_MOST)
    hours: float | None = Field(None, ge=0, le=_MOST)
    words: str = text(256, "上年结转")
    when: When | None = None


class Movement(Part):
    """Points or hours that came to somebody or, below zero, went."""

    person: str
    points: int | None = Field(None, ge=-_MOST, le=_MOST)
    hours: float | None = Field(None, ge=-_MOST, le=_MOST)
    words: str = named(256)
    when: When = When("now")

    @root_validator(skip_on_failure=True)
    def _one_currency(cls, given: dict[str, object]) -> dict[str, object]:
        if (given["points"] is None) == (given["hours"] is None):
            raise ValueError("give either points or hours")
        if not (given["points"] or given["hours"]):
            raise ValueError("nothing moves")
        return given


@dataclass(frozen=True)
class _Step:
    """One posting to be made: `amount` in points or minutes."""

    place: str
    person: Person
    currency: str
    amount: int
    words: str
    when: datetime


def load_balances(given: Sequence[Balance], loading: Loading) -> None:
    """What people had to begin with."""
    new_year = local(loading.now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    steps = []
    for place, row in places("balances", given):
        person = loading.person(row.person, f"{place}.person")
        when = row.when.at(loading.now) if row.when else new_year
        for currency, amount in _amounts(row.points, row.hours):
            steps.append(_Step(place, person, currency, amount, row.words, when))
    _post(steps)


def load_ledger(given: Sequence[Movement], loading: Loading) -> None:
    """What came and went, in the order it happened, whatever the order in the file."""
    steps = []
    for place, row in places("ledger", given):
        person = loading.person(row.person, f"{place}.person")
        when = row.when.at(loading.now)
        for currency, amount in _amounts(row.points, row.hours):
            steps.append(_Step(place, person, currency, amount, row.words, when))
    _post(steps)


def _amounts(points: int | None, hours: float | None) -> list[tuple[str, int]]:
    amounts = {posting.POINTS: points or 0, posting.MINUTES: round((hours or 0) * 60)}
    return [(currency, amount) for currency, amount in amounts.items() if amount]


def _post(steps: list[_Step]) -> None:
    for step in sorted(steps, key=lambda step: step.when):
        happened_on = local(step.when).date()
        reason = posting.Reason("import", step.words, happened_on, f"world:{step.place}:{step.currency}")
        write = posting.credit if step.amount > 0 else posting.debit
        with explained(step.place):
            write(step.person.id, step.currency, abs(step.amount), reason, step.when)
