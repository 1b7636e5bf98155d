"""`bot admin activities`: what is coming, and calling it off."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, or_say, show, when
from service import clock
from service.activities.listing import read_listings
from service.activities.models import activities as table_of_activities
from service.activities.publishing import cancel_activity
from service.errors import OperatorError

activities = typer.Typer(invoke_without_command=True, help="Activities; lists those to come.")

_STATES = {
    "draft": "草稿",
    "open": "报名中",
    "full": "已满",
    "closed": "报名截止",
    "held": "已举办",
    "settled": "已结算",
    "cancelled": "已取消",
}


@activities.callback()
def list_coming(
    context: typer.Context,
    past: bool = typer.Option(False, "--past", help="Those that are over instead."),
) -> None:
    """List the activities that are not over, the soonest first."""
    if context.invoked_subcommand is not None:
        return
    ends_at, now = table_of_activities.c.ends_at, clock.now()
    table = listing("ID", "时间", "活动", "类别", "地点", "名额", "已报", "排队", "状态")
    for each in read_listings(ends_at <= now if past else ends_at > now):
        activity, capacity = each.activity, str(each.activity.capacity or "不限")
        counts = (capacity, str(each.taken), str(each.waiting), _STATES[activity.state])
        table.append(
            (str(each.id), when(activity.starts_at), activity.title, activity.kind, each.place, *counts)
        )
    show(table, "No activities.")


@activities.command()
def cancel(
    activity_id: int = typer.Argument(..., metavar="ID"),
    reason: str = typer.Argument(..., metavar="REASON", help="Told to all who signed up: 因雨."),
) -> None:
    """Call an activity off and tell all who have a place or wait for one."""
    with or_say(f"There is no activity {activity_id}. See: python -m bot admin activities."):
        try:
            affected = cancel_activity(activity_id, reason, clock.now())
        except ValueError:
            raise OperatorError(f"Activity {activity_id} is over and cannot be called off.") from None
    print(f"Called off activity {activity_id}; {len(affected)} people are told")
