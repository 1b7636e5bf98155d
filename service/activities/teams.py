"""Volunteer teams: roster, leader, and what they have done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from service.activities.attendance_models import settlements
from service.activities.models import activities
from service.activities.team_models import Team, TeamMember, team_members, teams
from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.people.models import Person, people


@dataclass(frozen=True)
class Record:
    """What a team has done: activities settled (场次), people who came (人次), minutes served."""

    team: Team
    members: int
    sessions: int
    attendances: int
    minutes: int


def found(name: str, leader: Person | None, about: str, now: datetime) -> Team:
    """Found a team; whoever leads it is in it from the start.

    Raises:
        ValueError: a team of that name exists.
    """
    with unit_of_work() as session:
        if session.execute(select(teams.c.id).where(teams.c.name == name)).scalar() is not None:
            raise ValueError("a team of that name exists")
        team = Team(name, about, leader.id if leader else None)
        session.add(team)
        session.flush()
        if leader is not None:
            join(team.id, leader.id, now)
        return team


def join(team_id: int, person_id: int, now: datetime) -> TeamMember:
    """Put somebody on the roster; who is on it already stays since when they were."""
    with unit_of_work() as session:
        _lock(team_id)
        known = _member(team_id, person_id)
        if known is not None:
            return known
        member = TeamMember(team_id, person_id, local(now).date())
        session.add(member)
        session.flush()
        return member


def leave(team_id: int, person_id: int, now: datetime) -> None:
    """Take somebody off the roster; what they did with the team remains.

    Raises:
        NotFound: they are not on it.
    """
    with unit_of_work() as session:
        _lock(team_id)
        member = _member(team_id, person_id)
        if member is None:
            raise NotFound()
        member.until = local(now).date()
        session.flush()


def lead(team_id: int, person_id: int, now: datetime) -> Team:
    """Make somebody the leader, and a member if they are none yet."""
    with unit_of_work() as session:
        team = _lock(team_id)
        join(team_id, person_id, now)
        team.leader_id = person_id
        session.flush()
        return team


def by_name(name: str) -> Team:
    """The team of that name.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        team = session.execute(select(Team).where(teams.c.name == name)).scalars().first()
        if team is None:
            raise NotFound()
        return team


def roster(team_id: int) -> list[Person]:
    """Who is in the team now, the longest first."""
    with reading() as session:
        query = (
            select(Person)
            .join(team_members, team_members.c.person_id == people.c.id)
            .where(team_members.c.team_id == team_id, team_members.c.until.is_(None))
            .order_by(team_members.c.since, team_members.c.id)
        )
        return list(session.execute(query).scalars())


def records(start: datetime, end: datetime) -> list[Record]:
    """What every team did between two moments, the end excluded, by name."""
    members = (
        select(func.count())
        .select_from(team_members)
        .where(team_members.c.team_id == teams.c.id, team_members.c.until.is_(None))
        .scalar_subquery()
    )
    newer = settlements.alias()
    latest = (
        ~select(newer.c.id)
        .where(
            newer.c.activity_id == settlements.c.activity_id,
            newer.c.person_id == settlements.c.person_id,
            newer.c.version > settlements.c.version,
        )
        .exists()
    )
    done = (
        (activities.c.team_id == teams.c.id)
        & (activities.c.starts_at >= start)
        & (activities.c.starts_at < end)
        & (activities.c.state == "settled")
    )
    came = (settlements.c.activity_id == activities.c.id) & settlements.c.came.is_(True) & latest
    query = (
        select(
            Team,
            members,
            func.count(activities.c.id.distinct()),
            func.count(settlements.c.id),
            func.coalesce(func.sum(settlements.c.minutes), 0),
        )
        .outerjoin(activities, done)
        .outerjoin(settlements, came)
        .group_by(teams.c.id)
        .order_by(teams.c.name)
    )
    with reading() as session:
        return [Record(team, *map(int, counts)) for team, *counts in session.execute(query)]


def _lock(team_id: int) -> Team:
    with unit_of_work() as session:
        query = select(Team).where(teams.c.id == team_id).with_for_update()
        team = session.execute(query).scalars().first()
        if team is None:
            raise NotFound()
        return team


def _member(team_id: int, person_id: int) -> TeamMember | None:
    with unit_of_work() as session:
        query = select(TeamMember).where(
            team_members.c.team_id == team_id,
            team_members.c.person_id == person_id,
            team_members.c.until.is_(None),
        )
        return session.execute(query).scalars().first()


def member_since(team_id: int, person_id: int) -> date | None:
    """Since when somebody is in the team; None when they are not."""
    member = _member(team_id, person_id)
    return member.since if member else None
