"""`bot admin alerts`: what staff must see now."""

from __future__ import annotations

import typer

from bot.admin_tables import listing, one_of_staff, or_say, show, when
from service import clock
from service.cases import alerts as use_cases
from service.people import queries

alerts = typer.Typer(
    invoke_without_command=True, help="What staff must see now; lists what nobody has taken."
)

_KINDS = {"emergency": "紧急", "scam": "诈骗", "talk": "找人工", "complaint": "投诉", "failure": "系统故障"}


@alerts.callback()
def list_open(context: typer.Context) -> None:
    """List the alerts that nobody has taken, oldest first."""
    if context.invoked_subcommand is not None:
        return
    table = listing("ID", "类别", "谁", "时间", "内容")
    for alert in use_cases.open_alerts():
        who = queries.get(alert.person_id).name if alert.person_id else "未登记"
        table.append(
            (str(alert.id), _KINDS.get(alert.kind, alert.kind), who, when(alert.raised_at), alert.words)
        )
    show(table, "No open alerts.")


@alerts.command()
def take(
    alert_id: int = typer.Argument(..., metavar="ID"),
    by: str = typer.Option(..., help="The member of staff who looks after it."),
) -> None:
    """Note who looks after an alert."""
    who = one_of_staff(by)
    with or_say(f"There is no open alert {alert_id}. See: python -m bot admin alerts."):
        use_cases.take(alert_id, who, clock.now())
    print(f"{who.name} has alert {alert_id}")
