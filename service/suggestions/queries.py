"""What has been suggested."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service.db import reading
from service.matters.models import Matter, matters
from service.people.models import Person, people
from service.suggestions.models import Suggestion, campaigns, suggestions


@dataclass(frozen=True)
class Submitted:
    """A suggestion with its matter and its author."""

    suggestion: Suggestion
    matter: Matter
    author: Person


def latest(limit: int = 50, state: str = "", campaign: str = "") -> list[Submitted]:
    """The suggestions handed in last, newest first.

    Args:
        state: only those that are so; campaign: only those of the campaign of that title.
    """
    with reading() as session:
        query = (
            select(Suggestion, Matter, Person)
            .join(matters, matters.c.id == suggestions.c.matter_id)
            .join(people, people.c.id == suggestions.c.person_id)
            .order_by(suggestions.c.submitted_at.desc(), suggestions.c.id.desc())
            .limit(limit)
        )
        if state:
            query = query.where(suggestions.c.state == state)
        if campaign:
            of_it = select(campaigns.c.id).where(campaigns.c.title == campaign)
            query = query.where(suggestions.c.campaign_id.in_(of_it))
        return [Submitted(*row) for row in session.execute(query)]
