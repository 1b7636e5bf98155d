"""Seconding a suggestion (附议): once a person, not one's own, and to be taken back while nothing is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import matters
from service.people.models import Person
from service.suggestions.models import Second, suggestion_seconds, suggestions
from service.suggestions.records import Record, circle_of, find, lock, lock_all, root_of, supporters_of
from service.suggestions.refusals import AlreadySeconded, NotSeconded, OwnSuggestion, SecondingOver
from service.suggestions.states import UNDECIDED


@dataclass(frozen=True)
class Seconded:
    """The suggestion that somebody stands behind, or no longer, and how many do besides its author."""

    record: Record
    supporters: int


def check_seconding(person: Person, receipt_no: str) -> Record:
    """The suggestion that a seconding would count for, when nothing stands in its way.

    Of one that was merged into another, that is the other.

    Raises:
        NotFound: there is none, or it is not for others to read.
        OwnSuggestion, AlreadySeconded, SecondingOver: as they say.
    """
    return _may_second(person, root_of(find(receipt_no)))


def second(person: Person, receipt_no: str, now: datetime) -> Seconded:
    """Stand behind a suggestion.

    Raises:
        NotFound, OwnSuggestion, AlreadySeconded, SecondingOver: as `check_seconding`.
    """
    with unit_of_work() as session:
        # Merged in the meantime, it still counts: whoever seconds any of those merged stands behind the one.
        (root,) = lock_all([root_of(find(receipt_no)).id])
        _may_second(person, root)
        session.add(Second(root.id, person.id, seconded_at=now))
        session.flush()
        counted = root_of(root)
        return Seconded(counted, supporters_of(counted.suggestion))


def take_back_second(person: Person, receipt_no: str, now: datetime) -> Seconded:
    """No longer stand behind a suggestion.

    Raises:
        NotFound: there is no suggestion of that number.
        NotSeconded: the person does not second it, or what came of it is decided.
    """
    with unit_of_work() as session:
        root = root_of(lock(receipt_no))
        live = [row for row in _live(person.id, root) if root.suggestion.state in UNDECIDED]
        if not live:
            raise NotSeconded(receipt_no=root.receipt_no)
        for row in live:
            row.withdrawn_at = now
        session.flush()
        return Seconded(root, supporters_of(root.suggestion))


def seconded_by(person: Person) -> list[str]:
    """The numbers of what a person seconds and may take back, the latest first."""
    with reading() as session:
        query = (
            select(matters.c.receipt_no)
            .join(suggestions, suggestions.c.matter_id == matters.c.id)
            .join(suggestion_seconds, suggestion_seconds.c.suggestion_id == suggestions.c.id)
            .where(
                suggestion_seconds.c.person_id == person.id,
                suggestion_seconds.c.withdrawn_at.is_(None),
                suggestions.c.state.in_(UNDECIDED),
            )
            .order_by(suggestion_seconds.c.id.desc())
        )
        return list(session.execute(query).scalars())


def _may_second(person: Person, root: Record) -> Record:
    suggestion = root.suggestion
    if suggestion.hidden and suggestion.person_id != person.id:
        raise NotFound()
    circle = circle_of(suggestion)
    if person.id == suggestion.person_id or person.id in circle.merged:
        raise OwnSuggestion(receipt_no=root.receipt_no)
    if person.id in circle.seconders:
        raise AlreadySeconded(receipt_no=root.receipt_no, count=supporters_of(suggestion))
    # Merged while it waited for the lock, it has the state of the one it went into.
    state = root_of(root).suggestion.state
    if state not in UNDECIDED:
        raise SecondingOver(receipt_no=root.receipt_no, state=state)
    return root


def _live(person_id: int, root: Record) -> list[Second]:
    """What the person has seconded of a suggestion and those merged into it."""
    with reading() as session:
        of_group = select(suggestions.c.id).where(
            (suggestions.c.id == root.id) | (suggestions.c.merged_into_id == root.id)
        )
        query = (
            select(Second)
            .where(
                suggestion_seconds.c.suggestion_id.in_(of_group),
                suggestion_seconds.c.person_id == person_id,
                suggestion_seconds.c.withdrawn_at.is_(None),
            )
            .order_by(suggestion_seconds.c.id)
            .with_for_update()
        )
        return list(session.execute(query).scalars())
