"""What has been suggested."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service.db import reading
from service.matters.models import Matter, matters
from service.people.models import Person, people
from service.suggestions.models import Suggestion, suggestions


@dataclass(frozen=True)
class Submitted:
    """A suggestion with its matter and its author."""

    suggestion: Suggestion
    matter: Matter
    author: Person


def latest(limit: int = 50) -> list[Submitted]:
    """The suggestions handed in last, newest first."""
    with reading() as session:
        query = (
            select(Suggestion, Matter, Person)
            .join(matters, matters.c.id == suggestions.c.matter_id)
            .join(people, people.c.id == suggestions.c.person_id)
            .order_by(suggestions.c.submitted_at.desc(), suggestions.c.id.desc())
            .limit(limit)
        )
        return [Submitted(*row) for row in session.execute(query)]
