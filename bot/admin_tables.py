"""How `bot admin` prints lists and times, and finds whom a command names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from service import clock
from service.errors import NotFound, OperatorError
from service.people import queries
from service.people.models import Person
from service.staff import queries as staff_queries
from service.staff.models import Staff

# Written to a file or a pipe, a line is as wide as it needs to be within reason.
_PIPED_WIDTH = 200


class Listing(list[tuple[str, ...]]):
    """Rows under the names of their columns."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        super().__init__()
        self.columns = columns


def listing(*columns: str) -> Listing:
    """A list to fill with a tuple of words a row."""
    return Listing(columns)


def show(rows: Listing, empty: str) -> None:
    """Print a list as a table, or a sentence when there is nothing in it."""
    console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, highlight=False)
    if not rows:
        console.print(empty)
        return
    table = Table()
    for column in rows.columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # What people wrote is shown as it is, square brackets included.
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def when(moment: datetime) -> str:
    """A moment in Asia/Shanghai with its weekday: 2026-11-26 周四 15:00."""
    local = clock.local(moment)
    return f"{local:%Y-%m-%d} 周{'一二三四五六日'[local.weekday()]} {local:%H:%M}"


def one_person(who: str) -> Person:
    """The person of that name or phone number.

    Raises:
        OperatorError: there is none, or more than one.
    """
    found = queries.by_phone(who) or queries.by_name(who)
    if not found:
        raise OperatorError(
            f"Nobody on the roster is {who}. Look with: python -m bot admin people find PART."
        )
    if len(found) > 1:
        raise OperatorError(
            f"{len(found)} people are {who}. Give the phone number, or the name, of one alone."
        )
    return found[0]


def one_of_staff(name: str) -> Staff:
    """The member of staff of that name.

    Raises:
        OperatorError: there is none.
    """
    with or_say(f"No member of staff is called {name}. See: python -m bot admin staff."):
        return staff_queries.by_name(name)


@contextmanager
def or_say(sentence: str) -> Iterator[None]:
    """Say to the operator that what they named is not there.

    Raises:
        OperatorError: with that sentence.
    """
    try:
        yield
    except NotFound:
        raise OperatorError(sentence) from None
