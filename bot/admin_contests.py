"""`bot admin contests`: works handed in, judging in rounds, awards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.admin_tables import listing, one_of_staff, or_say, show
from service import clock
from service.activities import judging as use_cases
from service.errors import OperatorError
from service.people import queries as people

contests = typer.Typer(no_args_is_help=True, help="Contests: works, rounds, awards. ID is the activity's.")


@contests.command()
def works(activity_id: int = typer.Argument(..., metavar="ID")) -> None:
    """List the works in the running by their score in the latest round."""
    table = listing("名次", "编号", "作者", "均分", "评委", "作品", "奖项")
    for place, each in enumerate(use_cases.ranking(activity_id), 1):
        entry = each.entry
        facts = (f"{each.mean:.1f}" if each.judges else "", str(each.judges or ""), entry.words, entry.award)
        table.append((str(place), entry.receipt_no, people.get(entry.person_id).name, *facts))
    show(table, "No works.")


@contests.command("open-round")
def open_round(
    activity_id: int = typer.Argument(..., metavar="ID"),
    keeps: int = typer.Argument(..., min=1, help="How many go on from it."),
) -> None:
    """Begin the next round of judging, once works are no longer taken."""
    with _said():
        opened = use_cases.open_round(activity_id, keeps, clock.now())
    print(f"Round {opened.number} is open; {keeps} go on")


@contests.command()
def score(number: str, judge: str, points: int = typer.Argument(..., min=0, max=100)) -> None:
    """Enter what a member of staff, as judge, gives the work of that number; again puts it right."""
    with _said():
        use_cases.score(number, one_of_staff(judge).id, points, clock.now())
    print(f"{judge} gives {number} {points}")


@contests.command("close-round")
def close_round(activity_id: int = typer.Argument(..., metavar="ID")) -> None:
    """End the round and tell everybody who goes on and who does not."""
    with _said():
        left = use_cases.close_round(activity_id, clock.now())
    print(f"{len(left)} go on")


@contests.command()
def awards(
    activity_id: int = typer.Argument(..., metavar="ID"),
    given: list[str] = typer.Argument(
        ..., metavar="NAME=COUNT...", help="The highest first: 一等奖=1 二等奖=3."
    ),
) -> None:
    """Publish the awards by rank and tell the authors."""
    try:
        names = [(name, int(count)) for name, _, count in (each.partition("=") for each in given)]
    except ValueError:
        raise OperatorError("Awards are given as 一等奖=1 二等奖=3.") from None
    with _said():
        awarded = use_cases.publish_awards(activity_id, names, clock.now())
    print(f"{len(awarded)} works awarded")


@contextmanager
def _said() -> Iterator[None]:
    """Say to the operator why not.

    Raises:
        OperatorError: with a sentence.
    """
    with or_say("There is no such contest or work."):
        try:
            yield
        except ValueError as error:
            raise OperatorError(f"Not now: {error}.") from None
