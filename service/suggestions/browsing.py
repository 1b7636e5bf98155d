"""What everybody may read of suggestions: what was proposed and what came of it, never who seconds it or a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from service.db import reading
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.people.models import Person, people
from service.suggestions.alike import holding
from service.suggestions.models import Hop, Suggestion, suggestion_hops, suggestions
from service.suggestions.records import Record, find, root_of, supporters_of
from service.suggestions.states import ADOPTIONS, MERGED, WITHDRAWN

PAGE = 4


@dataclass(frozen=True)
class Public:
    """A suggestion as others read it; `author` is empty where they wish not to be named."""

    receipt_no: str
    words: str
    author: str
    state: str
    submitted_at: datetime
    supporters: int


@dataclass(frozen=True)
class Sought:
    """What is looked for.

    Args:
        words: what it is about; empty for everything.
        adopted: only what was adopted.
        campaign_id: only what belongs to a campaign.
        since, until: only what was handed in from the one moment to before the other.
    """

    words: str = ""
    adopted: bool = False
    campaign_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A page of what fits, and how many fit in all."""

    page: list[Public]
    count: int


def browse(sought: Sought, page: int = 0) -> Found:
    """What fits, PAGE at a time: what was adopted first, the latest change before earlier ones; by words, the best first.

    Args:
        page: counted from 0.
    """
    with reading() as session:
        found: list[Any]
        fits = _public()
        if sought.adopted:
            fits &= suggestions.c.state.in_(ADOPTIONS)
        if sought.campaign_id is not None:
            fits &= suggestions.c.campaign_id == sought.campaign_id
        if sought.since is not None:
            fits &= suggestions.c.submitted_at >= sought.since
        if sought.until is not None:
            fits &= suggestions.c.submitted_at < sought.until
        query = _READ.where(fits)
        if sought.words:
            best = holding(sought.words)
            rows = session.execute(query.where(suggestions.c.id.in_(best))).all()
            found = sorted(rows, key=lambda row: best.index(row[0].id))
            count = len(found)
            found = found[page * PAGE : (page + 1) * PAGE]
        else:
            count = session.execute(select(func.count()).select_from(suggestions).where(fits)).scalar_one()
            found = list(session.execute(query.order_by(*_ORDER).offset(page * PAGE).limit(PAGE)))
        return Found([_shown(*row) for row in found], count)


def public_view(receipt_no: str) -> tuple[Public, list[Hop]]:
    """A suggestion as others read it, with its hops, oldest first; of a merged one, what it is dealt with in.

    Raises:
        NotFound: there is none of that number that others may read.
    """
    with reading() as session:
        root = root_of(find(receipt_no))
        row = session.execute(_READ.where(_public(), suggestions.c.id == root.id)).first()
        if row is None:
            raise NotFound()
        hops = select(Hop).where(suggestion_hops.c.suggestion_id == root.id).order_by(suggestion_hops.c.id)
        return _shown(*row), list(session.execute(hops).scalars())


def shown_to_others(record: Record) -> Public:
    """A suggestion as others read it."""
    return public_view(record.receipt_no)[0]


_READ = (
    select(Suggestion, Matter, Person)
    .join(matters, matters.c.id == suggestions.c.matter_id)
    .join(people, people.c.id == suggestions.c.person_id)
)
_ORDER = (
    case((suggestions.c.state.in_(ADOPTIONS), 0), else_=1),
    matters.c.changed_at.desc(),
    suggestions.c.id.desc(),
)


def _public() -> Any:
    return suggestions.c.hidden.is_(False) & suggestions.c.state.not_in((WITHDRAWN, MERGED))


def _shown(suggestion: Suggestion, matter: Matter, author: Person) -> Public:
    return Public(
        receipt_no=matter.receipt_no,
        words=suggestion.words,
        author="" if suggestion.unnamed else author.name,
        state=suggestion.state,
        submitted_at=suggestion.submitted_at,
        supporters=supporters_of(suggestion),
    )
