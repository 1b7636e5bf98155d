"""Opening a term of the senior university and its classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from service.clock import SHANGHAI
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.organisations.models import venues
from service.study.class_models import LEVELS, StudyClass, Term, terms
from service.study.models import courses
from service.study.recurrence import following, words

# Lessons at a senior university take two of its hours.
USUAL_MINUTES = 90
USUAL_CLASSES = ("正常活动", "适当参加")


@dataclass(frozen=True)
class NewClass:
    """A class to be opened; see `StudyClass`. `venue` and `course` are names."""

    title: str
    level: str
    rrule: str
    topics: Sequence[str] = ()
    minutes: int = USUAL_MINUTES
    venue: str | None = None
    course: str | None = None
    teacher: str = ""
    capacity: int | None = None
    eligible_classes: Sequence[str] = USUAL_CLASSES


def open_term(name: str, starts_on: date, ends_on: date, opens_at: datetime, closes_at: datetime) -> Term:
    """Put a term on the calendar.

    Args:
        starts_on, ends_on: both included, in Asia/Shanghai.
        opens_at, closes_at: aware; between them people can enrol, the end excluded.

    Raises:
        ValueError: it ends before it starts, or its name is taken.
    """
    if ends_on < starts_on or closes_at <= opens_at:
        raise ValueError("a term ends after it starts, and so does enrolment")
    with unit_of_work() as session:
        if session.execute(select(terms.c.id).where(terms.c.name == name)).scalar() is not None:
            raise ValueError(f"there is a term called {name} already")
        term = Term(name, starts_on, ends_on, opens_at, closes_at)
        session.add(term)
        session.flush()
        return term


def open_class(term: Term, new: NewClass) -> StudyClass:
    """Open a class in a term.

    Raises:
        ValueError: level, times, venue or course cannot be, or it never meets in the term.
    """
    if new.level not in LEVELS:
        raise ValueError(f"{new.level} is not one of {', '.join(LEVELS)}")
    words(new.rrule)
    eve = datetime.combine(term.starts_on, datetime.min.time(), SHANGHAI) - timedelta(minutes=1)
    first = following(new.rrule, eve)
    if first is None or first.date() > term.ends_on:
        raise ValueError("the class never meets in its term")
    with unit_of_work() as session:
        found = StudyClass(
            term_id=term.id,
            title=new.title,
            topics=list(new.topics),
            level=new.level,
            rrule=new.rrule,
            minutes=new.minutes,
            eligible_classes=list(new.eligible_classes),
            course_id=_id_of("course", courses.c.title, new.course),
            venue_id=_id_of("venue", venues.c.name, new.venue),
            teacher=new.teacher,
            capacity=new.capacity,
        )
        session.add(found)
        session.flush()
        return found


def term_called(name: str) -> Term:
    """The term of that name.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        found = session.execute(select(Term).where(terms.c.name == name.strip())).scalars().first()
        if found is None:
            raise NotFound()
        return found


def every_term() -> list[Term]:
    """All terms, the latest first."""
    with reading() as session:
        return list(session.execute(select(Term).order_by(terms.c.starts_on.desc())).scalars())


def _id_of(kind: str, column, name: str | None) -> int | None:  # type: ignore[no-untyped-def]
    if name is None:
        return None
    with reading() as session:
        found: int | None = session.execute(select(column.table.c.id).where(column == name)).scalar()
        if found is None:
            raise ValueError(f"no {kind} is called {name}")
        return found
