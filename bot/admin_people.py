"""`bot admin people`: looking people up, and giving them a code to link a chat with."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, one_person, show, when
from service import clock
from service.messages import bindings
from service.people.cards import look_up

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
