"""Finding a suggestion by its number, locked where it is about to change, and everybody who belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.matters.queries import normal_no
from service.suggestions.models import Suggestion, suggestion_seconds, suggestions
from service.suggestions.refusals import MergedAlready

_FOUND = select(Suggestion, Matter).join(matters, matters.c.id == suggestions.c.matter_id)


@dataclass(frozen=True)
class Record:
    """A suggestion with its matter."""

    suggestion: Suggestion
    matter: Matter

    @property
    def id(self) -> int:
        """The suggestion's id."""
        return self.suggestion.id

    @property
    def receipt_no(self) -> str:
        """Its receipt number."""
        return self.matter.receipt_no


@dataclass(frozen=True)
class Circle:
    """The people of a suggestion: authors of those merged into it with their numbers, and who seconds any of them.

    Nobody is in it twice, and its own author is not in it.
    """

    merged: dict[int, str]
    seconders: frozenset[int]


def find(words: str) -> Record:
    """The suggestion of that receipt number, however it is written.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        number = normal_no(words) or words
        found = session.execute(_FOUND.where(matters.c.receipt_no == number)).first()
        if found is None:
            raise NotFound()
        return Record(*found)


def lock(receipt_no: str) -> Record:
    """The suggestion of that number as it is now, held until the unit of work ends.

    Raises:
        NotFound: there is none.
    """
    (record,) = lock_all([find(receipt_no).id])
    return record


def lock_root(receipt_no: str) -> Record:
    """As `lock`, for what only a suggestion can be done with that is not dealt with in another.

    Raises:
        NotFound: there is none of that number.
        MergedAlready: it was merged into another.
    """
    record = lock(receipt_no)
    if record.suggestion.merged_into_id is not None:
        raise MergedAlready(receipt_no=record.receipt_no, into=root_of(record).receipt_no)
    return record


def lock_all(ids: list[int]) -> list[Record]:
    """Suggestions as they are now, held until the unit of work ends; always locked in the order of their ids."""
    with unit_of_work() as session:
        query = (
            _FOUND.where(suggestions.c.id.in_(ids))
            .order_by(suggestions.c.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return [Record(*row) for row in session.execute(query)]


def root_of(record: Record) -> Record:
    """The suggestion that it is dealt with in: the one it was merged into, or itself."""
    into = record.suggestion.merged_into_id
    if into is None:
        return record
    with reading() as session:
        return Record(*session.execute(_FOUND.where(suggestions.c.id == into)).one())


def number_of(suggestion: Suggestion) -> str:
    """The receipt number of a suggestion."""
    with reading() as session:
        query = select(matters.c.receipt_no).where(matters.c.id == suggestion.matter_id)
        return str(session.execute(query).scalar_one())


def circle_of(root: Suggestion) -> Circle:
    """Who else belongs to a suggestion into which others may have been merged."""
    with reading() as session:
        children = session.execute(
            select(suggestions.c.id, suggestions.c.person_id, matters.c.receipt_no)
            .join(matters, matters.c.id == suggestions.c.matter_id)
            .where(suggestions.c.merged_into_id == root.id)
            .order_by(suggestions.c.id)
        ).all()
        merged: dict[int, str] = {}
        for _, person_id, receipt_no in children:
            if person_id != root.person_id:
                merged.setdefault(person_id, receipt_no)
        live = select(suggestion_seconds.c.person_id).where(
            suggestion_seconds.c.suggestion_id.in_([root.id, *(child for child, _, _ in children)]),
            suggestion_seconds.c.withdrawn_at.is_(None),
        )
        seconders = set(session.execute(live).scalars()) - {root.person_id} - set(merged)
    return Circle(merged, frozenset(seconders))


def supporters_of(root: Suggestion) -> int:
    """How many people besides its author stand behind a suggestion: authors merged into it, and seconders."""
    circle = circle_of(root)
    return len(circle.merged) + len(circle.seconders)
