"""`bot admin people`: looking people up, giving them a code to link a chat with, and changes they asked for."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, one_person, or_say, show, when
from service import clock, wording
from service.errors import OperatorError
from service.messages import bindings
from service.people import queries
from service.people.cards import look_up
from service.profiles import changes as use_cases
from service.profiles.changes import ChangeSettled

people = typer.Typer(no_args_is_help=True, help="The roster.")


@people.command()
def find(who: str = typer.Argument(..., metavar="NAME|PHONE", help="Or a part of a name.")) -> None:
    """Look people up by name or phone."""
    table = listing("姓名", "电话", "性别", "出生年", "身份", "分类", "原单位", "职级", "支部", "社区")
    for card in look_up(who):
        person = card.person
        about = (person.sex, str(person.birth_year or ""), person.status, person.activity_class)
        belongs = (person.former_unit, person.rank_level, card.branch, card.community)
        table.append((person.name, " ".join(card.phones), *about, *belongs))
    show(table, f"Nobody on the roster is {who}.")


@people.command()
def code(who: str = typer.Argument(..., metavar="NAME|PHONE")) -> None:
    """Issue a one-time code with which somebody links a chat; an earlier one no longer counts."""
    person, now = one_person(who), clock.now()
    issued = bindings.issue_code(person, now)
    print(f"{person.name} {issued} (until {when(now + bindings.CODE_LIFETIME)})")


@people.command()
def changes() -> None:
    """List the changes that people asked for and that wait to be applied or refused, the oldest first."""
    table = listing("编号", "姓名", "时间", "改什么", "现在", "改成")
    for each in use_cases.open_changes():
        who, what = queries.get(each.person_id).name, wording.phrase(f"profile_{each.what}")
        table.append((each.receipt_no, who, when(each.asked_at), what, each.before, each.after))
    show(table, "No changes wait.")


@people.command()
def apply(receipt_no: str = typer.Argument(..., metavar="NUMBER")) -> None:
    """Put a change into the roster, once it was checked, and tell the person."""
    with or_say(f"There is no change {receipt_no}. See: python -m bot admin people changes."):
        try:
            asked = use_cases.apply(receipt_no, clock.now())
        except ChangeSettled as settled:
            raise OperatorError(f"{receipt_no} is settled already: {settled.reasons['state']}.") from None
        except ValueError as error:
            raise OperatorError(
                f"{receipt_no} cannot be applied: {error}. Refuse it with a reason."
            ) from None
    print(f"Applied {asked.receipt_no}; {queries.get(asked.person_id).name} is told")


@people.command()
def refuse(
    receipt_no: str = typer.Argument(..., metavar="NUMBER"),
    reason: str = typer.Argument(..., metavar="REASON", help="Told to the person."),
) -> None:
    """Leave the roster as it is, and tell the person why."""
    with or_say(f"There is no change {receipt_no}. See: python -m bot admin people changes."):
        try:
            asked = use_cases.refuse(receipt_no, reason, clock.now())
        except ChangeSettled as settled:
            raise OperatorError(f"{receipt_no} is settled already: {settled.reasons['state']}.") from None
        except ValueError as error:
            raise OperatorError(f"That cannot be: {error}.") from None
    print(f"Refused {asked.receipt_no}; {queries.get(asked.person_id).name} is told")
