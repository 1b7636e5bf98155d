"""`bot admin teams`: volunteer teams, their rosters and what they have done."""

from __future__ import annotations

from datetime import datetime

import typer

from bot.admin_tables import listing, one_person, or_say, show
from service import clock
from service.activities import teams as use_cases
from service.activities.settling import hours_words
from service.activities.team_models import Team
from service.clock import SHANGHAI, local
from service.errors import OperatorError
from service.people import queries as people

teams = typer.Typer(invoke_without_command=True, help="Volunteer teams; lists them with this year's record.")


@teams.callback()
def list_teams(context: typer.Context) -> None:
    """List the teams with what they have done this year."""
    if context.invoked_subcommand is not None:
        return
    year = local(clock.now()).year
    start, end = (datetime(each, 1, 1, tzinfo=SHANGHAI) for each in (year, year + 1))
    table = listing("队伍", "队长", "人数", "场次", "人次", "时长")
    for each in use_cases.records(start, end):
        leader = people.get(each.team.leader_id).name if each.team.leader_id else ""
        counts = (str(each.members), str(each.sessions), str(each.attendances), hours_words(each.minutes))
        table.append((each.team.name, leader, *counts))
    show(table, "No teams.")


@teams.command()
def add(
    name: str, leader: str = typer.Option(None, help="Name or phone of who leads it."), about: str = ""
) -> None:
    """Found a team."""
    person = one_person(leader) if leader else None
    try:
        team = use_cases.found(name, person, about, clock.now())
    except ValueError as error:
        raise OperatorError(f"{name}: {error}.") from None
    print(f"Founded team {team.name}")


@teams.command()
def roster(name: str) -> None:
    """List who is in a team."""
    table = listing("姓名", "入队")
    team = _team(name)
    for person in use_cases.roster(team.id):
        table.append((person.name, str(use_cases.member_since(team.id, person.id))))
    show(table, "Nobody is in the team.")


@teams.command()
def join(name: str, who: list[str] = typer.Argument(..., metavar="PERSON...")) -> None:
    """Put people on the roster of a team."""
    team = _team(name)
    for each in who:
        use_cases.join(team.id, one_person(each).id, clock.now())
    print(f"{len(who)} in {name}")


@teams.command()
def leave(name: str, who: str = typer.Argument(..., metavar="PERSON")) -> None:
    """Take somebody off the roster."""
    with or_say(f"{who} is not in {name}."):
        use_cases.leave(_team(name).id, one_person(who).id, clock.now())
    print(f"{who} has left {name}")


@teams.command()
def lead(name: str, who: str = typer.Argument(..., metavar="PERSON")) -> None:
    """Make somebody the leader."""
    use_cases.lead(_team(name).id, one_person(who).id, clock.now())
    print(f"{who} leads {name}")


def _team(name: str) -> Team:
    with or_say(f"No team is called {name}. See: python -m bot admin teams."):
        return use_cases.by_name(name)
