"""`bot admin suggestions campaigns`: calling for suggestions on a theme."""

from __future__ import annotations

from datetime import datetime

import typer

from bot.admin_tables import listing, or_say, show
from service import clock
from service.errors import OperatorError
from service.suggestions import campaigns as use_cases

campaigns = typer.Typer(invoke_without_command=True, help="Campaigns (我为…出份力); lists them.")

_DAY = ["%Y-%m-%d"]


@campaigns.callback()
def list_campaigns(context: typer.Context) -> None:
    """List the campaigns, the latest first, with how many suggestions each has brought."""
    if context.invoked_subcommand is not None:
        return
    table = listing("征集", "主题", "开始", "截止", "状态", "建议")
    for each, count in use_cases.all_campaigns():
        state = "征集中" if use_cases.is_running(each, clock.now()) else "已结束"
        if each.opens_on > clock.local(clock.now()).date():
            state = "未开始"
        table.append((each.title, each.theme, str(each.opens_on), str(each.closes_on), state, str(count)))
    show(table, "No campaigns.")


@campaigns.command("open")
def open_(
    title: str = typer.Argument(..., metavar="TITLE", help="As people read it: 我为银溪出份力."),
    first: datetime = typer.Argument(..., metavar="FIRST", formats=_DAY, help="The first day: 2026-11-01."),
    last: datetime = typer.Argument(..., metavar="LAST", formats=_DAY, help="The last day: 2026-12-31."),
    theme: str = typer.Option("", help="What it is about."),
) -> None:
    """Call for suggestions, or change theme and days of a campaign."""
    try:
        campaign = use_cases.open_campaign(title, theme, first.date(), last.date())
    except ValueError as error:
        raise OperatorError(f"This cannot be called for: {error}.") from None
    print(f"{campaign.title}: from {campaign.opens_on} to {campaign.closes_on}")


@campaigns.command()
def close(title: str = typer.Argument(..., metavar="TITLE")) -> None:
    """End a campaign before its time."""
    with or_say(f"No campaign is called {title}. See: python -m bot admin suggestions campaigns."):
        use_cases.close_campaign(title, clock.now())
    print(f"Ended {title}")


@campaigns.command()
def attach(
    receipt: str = typer.Argument(..., metavar="RECEIPT", help="Its receipt number: S2026-0153."),
    title: str = typer.Argument("", metavar="TITLE", help="The campaign; none takes it out of its campaign."),
) -> None:
    """Let a suggestion belong to a campaign after all."""
    with or_say(f"There is no suggestion {receipt}, or no campaign {title}."):
        use_cases.attach_to_campaign(receipt, use_cases.campaign_called(title) if title else None)
    print(f"{receipt} belongs to {title or 'no campaign'}")
