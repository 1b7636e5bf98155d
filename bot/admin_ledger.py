"""`bot admin ledger`: what people have, and the proof that it adds up."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, one_person, show
from service.clock import day_words
from service.ledger import queries
from service.ledger.posting import MINUTES, POINTS

ledger = typer.Typer(no_args_is_help=True, help="Points and time-bank hours.")

_UNITS = {POINTS: (1, "积分"), MINUTES: (60, "小时")}


@ledger.command()
def verify() -> None:
    """Prove every balance from its entries; exit code 1 when one does not add up."""
    found = queries.discrepancies()
    for sentence in found:
        print(sentence)
    if found:
        raise typer.Exit(1)
    print("Every entry sums to zero and every balance is proved.")


@ledger.command()
def balance(who: str = typer.Argument(..., metavar="NAME|PHONE")) -> None:
    """Show what somebody has, and the latest movements of each currency, newest first."""
    person = one_person(who)
    held = [f"{_amount(queries.balance(person.id, currency), currency)}" for currency in _UNITS]
    print(f"{person.name}：{'，'.join(held)}")
    table = listing("日期", "事由", "变动")
    for currency in _UNITS:
        for movement in queries.history(person.id, currency):
            sign = "+" if movement.amount > 0 else ""
            day = f"{movement.happened_on.year}年{day_words(movement.happened_on)}"
            table.append((day, movement.words, f"{sign}{_amount(movement.amount, currency)}"))
    show(table, "Nothing has moved yet.")


def _amount(amount: int, currency: str) -> str:
    unit, words = _UNITS[currency]
    return f"{amount / unit:g}{words}"
