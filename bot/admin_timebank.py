"""`bot admin timebank`: requests for help, and deciding what the two disagree about."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, one_of_staff, or_say, show, when
from service import clock
from service.errors import OperatorError
from service.ledger.hours import hours_words
from service.matters.queries import normal_no
from service.people import queries as people
from service.timebank import asking, helping, queries
from service.timebank.models import STATES
from service.timebank.refusals import HelpSettled

timebank = typer.Typer(invoke_without_command=True, help="The time bank; lists its requests.")

_UNKNOWN = "There is no request {}. See: python -m bot admin timebank."


@timebank.callback()
def list_requests(
    context: typer.Context,
    state: str = typer.Option("all", help=f"One of {', '.join(STATES)}, or all."),
) -> None:
    """List requests for help, the latest first."""
    if context.invoked_subcommand is not None:
        return
    table = listing("编号", "求助人", "内容", "时间", "时长", "认领人", "状态", "异议")
    for each in queries.in_state(None if state == "all" else state):
        it = each.request
        helper = people.get(it.helper_id).name if it.helper_id is not None else ""
        how = (helper, asking.IN_WORDS[it.state], it.dispute or "")
        table.append(
            (it.receipt_no, each.asker.name, it.what, when(it.starts_at), hours_words(it.minutes), *how)
        )
    show(table, "No requests.")


@timebank.command()
def decide(
    receipt_no: str = typer.Argument(..., metavar="RECEIPT"),
    minutes: int = typer.Argument(..., help="So many go to the helper, the rest back to who asked."),
    by: str = typer.Option(..., "--by", metavar="STAFF", help="The member of staff who decides."),
) -> None:
    """Settle a request that the two disagree about, and tell both."""
    staff, number = one_of_staff(by), normal_no(receipt_no) or receipt_no
    try:
        with or_say(_UNKNOWN.format(number)):
            helping.decide(number, minutes, staff, clock.now())
    except HelpSettled as refused:
        raise OperatorError(f"{number} is not in dispute: {refused.reasons['how']}.") from None
    except ValueError as error:
        raise OperatorError(f"{number} stays in dispute: {error}.") from None
    print(f"Settled {number}: {hours_words(minutes)} to the helper")
