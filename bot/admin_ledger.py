"""`bot admin ledger`: what people have, what earns how much, year end, and the proof that it adds up."""

from __future__ import annotations

from datetime import date, datetime

import typer

from bot.admin_tables import listing, one_of_staff, one_person, or_say, show, when
from service import clock
from service.clock import day_words
from service.errors import OperatorError
from service.ledger import closing, correcting, cycles, queries, rules
from service.ledger.posting import MINUTES, POINTS, AlreadyReversed, InsufficientBalance
from service.ledger.statement import statement as read_statement
from service.people import queries as people

ledger = typer.Typer(no_args_is_help=True, help="Points and time-bank hours.")
cycle = typer.Typer(no_args_is_help=True, help="Year end: announce the rule, preview, close.")
ledger.add_typer(cycle, name="cycle")

_UNITS = {POINTS: (1, "积分"), MINUTES: (60, "小时")}
_BY = typer.Option(..., "--by", metavar="STAFF", help="The member of staff who does it.")
_KEEP = typer.Option(..., "--keep", metavar="POINTS|all", help="How many points a person keeps.")


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
    table = listing("ID", "日期", "事由", "变动")
    for currency in _UNITS:
        for movement in queries.history(person.id, currency):
            sign = "+" if movement.amount > 0 else ""
            day = f"{movement.happened_on.year}年{day_words(movement.happened_on)}"
            changed = f"{sign}{_amount(movement.amount, currency)}"
            table.append((str(movement.entry_id), day, movement.words, changed))
    show(table, "Nothing has moved yet.")


@ledger.command()
def statement(
    who: str = typer.Argument(..., metavar="NAME|PHONE"),
    year: int = typer.Option(None, help="The calendar year; this one by default."),
) -> None:
    """Show what somebody had, earned, spent and has left in a year, reason by reason."""
    person, of = one_person(who), year or clock.local(clock.now()).year
    table = listing("币种", "事由", "笔数", "变动")
    for currency in _UNITS:
        found = read_statement(person.id, currency, date(of, 1, 1), date(of + 1, 1, 1))
        parts = zip(
            ("年初", "收入", "支出", "结余"), (found.before, found.came, found.went, found.left), strict=True
        )
        print(
            f"{person.name} {of}年 " + "，".join(f"{name}{_amount(value, currency)}" for name, value in parts)
        )
        for line in found.lines:
            amount = f"{'+' if line.amount > 0 else ''}{_amount(line.amount, currency)}"
            table.append((_UNITS[currency][1], line.words, str(line.entries), amount))
    show(table, "Nothing moved that year.")


@ledger.command()
def correct(
    entry_id: int = typer.Argument(..., metavar="ENTRY", help="Its ID, as `ledger balance` shows it."),
    reason: str = typer.Argument(..., metavar="REASON", help="The person reads it: 重复记分."),
    by: str = _BY,
) -> None:
    """Take a wrong entry back by an opposite one, with who did it and why."""
    staff = one_of_staff(by)
    try:
        with or_say(f"There is no entry {entry_id}. See: python -m bot admin ledger balance NAME."):
            opposite = correcting.correct(entry_id, reason, staff, clock.now())
    except AlreadyReversed:
        raise OperatorError(f"Entry {entry_id} was taken back already.") from None
    except InsufficientBalance as error:
        raise OperatorError(
            f"Entry {entry_id} cannot be taken back: only {error.reasons['balance']} are left of it."
        ) from None
    except ValueError as error:
        raise OperatorError(f"Not corrected: {error}.") from None
    print(f"Taken back by entry {opposite.id}")


@ledger.command()
def corrections(limit: int = typer.Option(50, help="How many at most.")) -> None:
    """List what was taken back, by whom and why, newest first."""
    table = listing("时间", "经办", "原因", "原记录", "原ID")
    for each in correcting.corrections(limit):
        table.append((when(each.made_at), each.by, each.reason, each.wrong_words, str(each.wrong_entry_id)))
    show(table, "Nothing was taken back.")


@ledger.command("rules")
def list_rules() -> None:
    """List what earns how much today, and the changes to come."""
    today = clock.local(clock.now()).date()
    table = listing("项目", "积分", "每", "每日上限", "每年上限", "自")
    for rule in rules.rules_on(today):
        since = rule.since.isoformat() if rule.since else "标准"
        table.append(
            (rule.what, str(rule.points), str(rule.per), _cap(rule.daily_cap), _cap(rule.yearly_cap), since)
        )
    for made in rules.coming_rules(today):
        caps = (_cap(made.daily_cap), _cap(made.yearly_cap))
        table.append((made.what, str(made.points), str(made.per), *caps, made.valid_from.isoformat()))
    show(table, "Nothing earns points.")


@ledger.command()
def set_rule(
    what: str = typer.Argument(..., metavar="WHAT", help="What is earned by, as `rules` lists it."),
    points: int = typer.Argument(..., help="For each of them, or each hour; 0 ends the earning."),
    by: str = _BY,
    daily_cap: int = typer.Option(None, help="At most so many points a day."),
    yearly_cap: int = typer.Option(None, help="At most so many points a year."),
    valid_from: datetime = typer.Option(None, "--from", formats=["%Y-%m-%d"], help="Today by default."),
) -> None:
    """Let a rule be in force from a day on; what was earned before keeps the one it had."""
    since = valid_from.date() if valid_from else None
    staff = one_of_staff(by)
    try:
        made = rules.set_rule(
            what,
            points,
            clock.now(),
            daily_cap=daily_cap,
            yearly_cap=yearly_cap,
            valid_from=since,
            staff_id=staff.id,
        )
    except ValueError as error:
        raise OperatorError(f"The rule is as it was: {error}.") from None
    print(f"{what}: {points} from {made.valid_from.isoformat()}")


@cycle.command()
def announce(year: int, keep: str = _KEEP) -> None:
    """Decide how many points a person keeps of a year; everybody who asks is told."""
    try:
        cycles.announce(year, _keep(keep), clock.now())
    except (ValueError, cycles.CycleClosed) as error:
        raise OperatorError(f"{year} is being closed, or the number is wrong ({error}).") from None
    print(f"{year}: {keep} points are kept")


@cycle.command()
def preview(
    year: int, keep: str = _KEEP, limit: int = typer.Option(50, help="How many people to list.")
) -> None:
    """Show what closing a year would do to each person and to all together; nothing changes."""
    table, sums = listing("姓名", "现有", "结转", "清零"), closing.Totals()
    for each in closing.preview(year, _keep(keep)):
        sums += closing.Totals(1, each.held, each.carried, each.lapsed)
        if len(table) < limit:
            name = people.get(each.person_id).name
            table.append((name, str(each.held), str(each.carried), str(each.lapsed)))
    show(table, "Nobody has points.")
    _print(sums)


@cycle.command()
def close(year: int, keep: str = _KEEP, by: str = _BY) -> None:
    """Close a year. Stopped in the middle, it goes on when run again; after its end it changes nothing."""
    staff = one_of_staff(by)
    try:
        _print(closing.close(year, _keep(keep), clock.now(), staff_id=staff.id))
    except ValueError as error:
        raise OperatorError(f"{year} is not closed: {error}.") from None


def _print(sums: closing.Totals) -> None:
    print(f"{sums.people} people, {sums.held} points: {sums.carried} carried over, {sums.lapsed} lapsed")


def _keep(words: str) -> int | None:
    if words == "all":
        return None
    if not words.isdigit():
        raise OperatorError(f"{words} is neither a number of points nor all.")
    return int(words)


def _cap(cap: int | None) -> str:
    return "不限" if cap is None else str(cap)


def _amount(amount: int, currency: str) -> str:
    unit, words = _UNITS[currency]
    return f"{amount / unit:g}{words}"
