"""`bot admin`: what staff do from the command line."""

from __future__ import annotations

import sys

import typer

from bot.admin_alerts import alerts
from bot.admin_contests import contests
from bot.admin_ledger import ledger
from bot.admin_people import people
from bot.admin_posts import posts
from bot.admin_publish import activities
from bot.admin_questions import questions
from bot.admin_rewards import recognitions, rewards
from bot.admin_study import study
from bot.admin_suggestions import suggestions
from bot.admin_tables import listing, show, when
from bot.admin_teams import teams
from bot.admin_timebank import timebank
from bot.admin_units import units
from service import migrations
from service.messages.uncertain import uncertain
from service.staff import queries as staff_queries

admin = typer.Typer(no_args_is_help=True)
admin.add_typer(people, name="people")
admin.add_typer(alerts, name="alerts")
admin.add_typer(questions, name="questions")
admin.add_typer(activities, name="activities")
admin.add_typer(contests, name="contests")
admin.add_typer(posts, name="posts")
admin.add_typer(teams, name="teams")
admin.add_typer(ledger, name="ledger")
admin.add_typer(suggestions, name="suggestions")
admin.add_typer(units, name="units")
admin.add_typer(study, name="study")
admin.add_typer(rewards, name="rewards")
admin.add_typer(recognitions, name="recognitions")
admin.add_typer(timebank, name="timebank")
outbox = typer.Typer(no_args_is_help=True, help="What was sent.")
admin.add_typer(outbox, name="outbox")


@admin.callback()
def _on_a_database_of_this_shape() -> None:
    """What staff do from the command line."""
    # This runs before a command's own --help, which needs no database.
    if "--help" not in sys.argv:
        migrations.require_current()


@admin.command()
def staff() -> None:
    """List the members of staff."""
    table = listing("姓名", "岗位", "电话", "值班", "接收提醒")
    for each in staff_queries.everybody():
        on_duty, reached = "是" if each.on_duty else "否", "是" if each.chat_id else "未绑定"
        table.append((each.name, each.role, each.phone, on_duty, reached))
    show(table, "No members of staff.")


@outbox.command("uncertain")
def list_uncertain() -> None:
    """List messages of which nobody knows whether they arrived, newest first."""
    table = listing("ID", "类别", "给谁", "渠道", "时间", "内容")
    for each in uncertain():
        row, text = each.row, str((each.row.payload or {}).get("text", ""))
        who, channel = each.person.name if each.person else "", each.chat.channel if each.chat else ""
        table.append((str(row.id), row.kind, who, channel, when(row.settled_at or row.created_at), text))
    show(table, "No message of unknown fate.")
