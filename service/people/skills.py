"""What people say they can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint, select

from service.db import RowId, UtcDateTime, mapped, metadata, reading, unit_of_work

person_skills = Table(
    "person_skills",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("skill", String(64), nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    UniqueConstraint("person_id", "skill"),
)


@mapped
@dataclass
class PersonSkill:
    """Something that a person can do and is willing to."""

    __table__ = person_skills

    person_id: int
    skill: str
    said_at: datetime
    id: int = field(init=False)


def offer(person_id: int, skill: str, now: datetime) -> None:
    """Note that the person can do this; said twice it is noted once."""
    with unit_of_work() as session:
        if skill not in skills_of(person_id):
            session.add(PersonSkill(person_id, skill, now))
            session.flush()


def skills_of(person_id: int) -> list[str]:
    """What the person has said they can do."""
    with reading() as session:
        query = select(person_skills.c.skill).where(person_skills.c.person_id == person_id)
        return list(session.execute(query.order_by(person_skills.c.id)).scalars())
