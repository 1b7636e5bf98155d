"""`bot admin rewards` and `recognitions`: what is on offer, handing it out, and what people are given besides."""

from __future__ import annotations

from datetime import datetime

import typer

from bot.admin_tables import listing, one_of_staff, one_person, or_say, show
from service import clock
from service.errors import OperatorError
from service.matters.queries import normal_no
from service.rewards import handing_out, queries, recognising, redeeming, shelf
from service.rewards.models import RECOGNITION_KINDS, REDEMPTION_STATES, Reward
from service.rewards.news import things
from service.rewards.refusals import RedemptionSettled

rewards = typer.Typer(invoke_without_command=True, help="Rewards; lists them.")
recognitions = typer.Typer(no_args_is_help=True, help="Praise, certificates and allowances.")

_BY = typer.Option(..., "--by", metavar="STAFF", help="The member of staff who does it.")
_WEEKDAYS = "一二三四五六日"


@rewards.callback()
def list_rewards(context: typer.Context) -> None:
    """List the rewards, with stock and price."""
    if context.invoked_subcommand is not None:
        return
    table = listing(
        "ID", "名称", "积分", "库存", "每人每年", "领取地点", "领取时间", "星期", "保留天数", "状态"
    )
    for each in shelf.all_rewards():
        days = "".join(_WEEKDAYS[day] for day in each.pickup_weekdays)
        limit = str(each.per_person or "不限")
        state = "可换" if each.state == "offered" else "已下架"
        kept = (each.pickup_place, each.pickup_times, days, str(each.pickup_days), state)
        table.append((str(each.id), each.name, str(each.price), f"{each.stock}{each.unit}", limit, *kept))
    show(table, "No rewards.")


@rewards.command()
def add(
    name: str,
    price: int = typer.Option(..., help="In points."),
    stock: int = typer.Option(..., help="How many there are."),
    place: str = typer.Option(..., help="Where it is handed out."),
    times: str = typer.Option(..., help="At what hours, in Chinese: 上午9点到11点半."),
    unit: str = typer.Option("份", help="What one of it is counted in: 袋, 桶, 张."),
    also: str = typer.Option("", help="Other words people ask for it by, separated by spaces."),
    per_person: int = typer.Option(None, help="How many a person may have a year; any number by default."),
    weekdays: str = typer.Option("12345", help="On which weekdays, 1 for Monday."),
    days: int = typer.Option(14, help="For how many days it is kept."),
) -> None:
    """Offer something new."""
    try:
        weekdays_from_0 = sorted({int(day) - 1 for day in weekdays})
        made = shelf.add(
            Reward(name, unit, price, stock, place, times, also.split(), per_person, weekdays_from_0, days)
        )
    except ValueError as error:
        raise OperatorError(f"{name} is not offered: {error}.") from None
    print(f"Offered {name} as reward {made.id}")


@rewards.command()
def stock(
    reward_id: int, change: int = typer.Argument(..., help="So many more or, below zero, fewer.")
) -> None:
    """Note what came in or is not there."""
    try:
        with or_say(f"There is no reward {reward_id}. See: python -m bot admin rewards."):
            left = shelf.restock(reward_id, change)
    except ValueError as error:
        raise OperatorError(f"The stock is as it was: {error}.") from None
    print(f"{left.name}: {left.stock}{left.unit}")


@rewards.command()
def withdraw(reward_id: int) -> None:
    """Offer something no more; what is kept for people stays kept."""
    with or_say(f"There is no reward {reward_id}. See: python -m bot admin rewards."):
        gone = shelf.withdraw(reward_id)
    print(f"{gone.name} is not offered any more")


@rewards.command()
def redemptions(
    state: str = typer.Option("reserved", help=f"One of {', '.join(REDEMPTION_STATES)}, or all."),
) -> None:
    """List redemptions, those to be fetched first at the head."""
    table = listing("编号", "姓名", "物品", "积分", "领取截止", "状态")
    for each in queries.in_state(None if state == "all" else state):
        done = each.redemption
        what, until = things(each.reward, done.quantity), done.pick_up_until.isoformat()
        how = redeeming.IN_WORDS[done.state]
        table.append((done.receipt_no, each.person.name, what, str(done.points), until, how))
    show(table, "No redemptions.")


@rewards.command("hand-out")
def hand_out(
    receipt_no: str = typer.Argument(..., metavar="RECEIPT", help="As the person tells it: R2026-0001."),
    by: str = _BY,
) -> None:
    """Hand a reward out by its receipt number; the command again changes nothing."""
    staff, number = one_of_staff(by), normal_no(receipt_no) or receipt_no
    try:
        with or_say(f"There is no redemption {number}. See: python -m bot admin rewards redemptions."):
            done = handing_out.hand_out(number, staff, clock.now())
    except RedemptionSettled as refused:
        raise OperatorError(f"{number} is not handed out: {refused.reasons['how']}.") from None
    kept = queries.get(done.person_id, number)
    print(f"Handed out {number}: {kept.person.name} {things(kept.reward, done.quantity)}")


@recognitions.command("add")
def recognise(
    who: str = typer.Argument(..., metavar="NAME|PHONE"),
    kind: str = typer.Argument(..., help=f"One of {'、'.join(RECOGNITION_KINDS)}."),
    title: str = typer.Argument(..., help="What it is called."),
    earned_by: str = typer.Argument(..., help="What earned it, in Chinese; the person reads it."),
    by: str = _BY,
    yuan: float = typer.Option(0, help="The amount of an allowance."),
    on: datetime = typer.Option(None, formats=["%Y-%m-%d"], help="The day; today by default."),
    matter: str = typer.Option(None, help="The receipt number of what earned it."),
) -> None:
    """Record public praise, a certificate or an allowance, and tell the person."""
    person, staff, now = one_person(who), one_of_staff(by), clock.now()
    day = on.date() if on else None
    try:
        with or_say(f"There is no matter {matter}."):
            given = recognising.recognise(
                person, kind, title, earned_by, staff, now, given_on=day, yuan=yuan, receipt_no=matter
            )
    except ValueError as error:
        raise OperatorError(f"Not recorded: {error}.") from None
    print(f"{person.name}: {recognising.words_of(given)}")


@recognitions.command("list")
def list_recognitions(who: str = typer.Argument(..., metavar="NAME|PHONE")) -> None:
    """List what somebody was given besides points."""
    table = listing("日期", "内容", "缘由", "编号")
    for each in recognising.recognitions_of(one_person(who).id):
        table.append(
            (each.given_on.isoformat(), recognising.words_of(each), each.earned_by, each.receipt_no or "")
        )
    show(table, "Nothing yet.")
