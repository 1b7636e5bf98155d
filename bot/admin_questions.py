"""`bot admin questions`: conversations handed to staff."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, one_of_staff, or_say, show, when
from service import clock
from service.cases import questions as use_cases
from service.matters.queries import normal_no
from service.people import queries
from service.staff import queries as staff_queries

questions = typer.Typer(
    invoke_without_command=True, help="Conversations handed to staff; lists those that wait for an answer."
)

_RECEIPT = typer.Argument(..., metavar="RECEIPT", help="Its receipt number: Q2026-0001.")


@questions.callback()
def list_open(context: typer.Context) -> None:
    """List the questions that wait for an answer, oldest first, with what was said."""
    if context.invoked_subcommand is not None:
        return
    names = {member.id: member.name for member in staff_queries.everybody()}
    table = listing("编号", "谁", "事由", "时间", "内容")
    for matter in use_cases.open_questions():
        who = queries.get(matter.person_id).name if matter.person_id else "未登记"
        said = [
            f"{names.get(message.staff_id or 0, who)}：{message.words}"
            for message in use_cases.messages_of(matter)
        ]
        table.append((matter.receipt_no, who, matter.subject, when(matter.changed_at), "\n".join(said)))
    show(table, "No questions wait for an answer.")


@questions.command()
def answer(
    receipt: str = _RECEIPT,
    text: str = typer.Argument(..., metavar="TEXT"),
    by: str = typer.Option(..., help="The member of staff who answers."),
) -> None:
    """Answer a question; the person hears it where they last wrote."""
    who, number = one_of_staff(by), _number(receipt)
    with or_say(f"There is no question {number}. See: python -m bot admin questions."):
        use_cases.answer(number, who, text, clock.now())
    print(f"Answered {number}")


@questions.command()
def close(receipt: str = _RECEIPT) -> None:
    """End a question as 已解决."""
    number = _number(receipt)
    with or_say(f"There is no question {number}. See: python -m bot admin questions."):
        use_cases.close(number, "已解决", clock.now())
    print(f"Closed {number}")


def _number(receipt: str) -> str:
    """The receipt number as it is stored, or the words themselves."""
    return normal_no(receipt) or receipt
