"""`bot admin units`: the units that matters are passed on to, and their liaisons."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, show
from service.errors import OperatorError
from service.organisations.queries import office
from service.organisations.units import all_units, keep_unit

units = typer.Typer(invoke_without_command=True, help="Units and their liaisons; lists them.")


@units.callback()
def list_units(context: typer.Context) -> None:
    """List the units with the liaison of each."""
    if context.invoked_subcommand is not None:
        return
    table = listing("单位", "联络员", "电话")
    for each in all_units():
        table.append((each.name, each.liaison, each.phone))
    show(table, "No units.")


@units.command()
def keep(
    name: str = typer.Argument(..., metavar="NAME"),
    liaison: str = typer.Option("", help="Who answers for what is passed to it."),
    phone: str = typer.Option("", help="The liaison's phone number."),
) -> None:
    """Enter a unit, or change its liaison."""
    here = office()
    if here is None:
        raise OperatorError("There is no office yet. Set one up with: python -m bot seed.")
    try:
        unit = keep_unit(here.id, name, liaison, phone)
    except ValueError as error:
        raise OperatorError(f"This cannot be kept: {error}.") from None
    print(f"{unit.name}: {unit.liaison} {unit.phone}".rstrip(": "))
