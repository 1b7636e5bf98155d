"""Which activities a search looks at: the soonest few that can be meant, whatever else there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, or_, select

from service import linking
from service.activities.models import activities, activity_terms, search_terms
from service.activities.terms import PLACE, WHOLE
from service.db import reading
from service.organisations.models import communities, venues
from service.people.models import Person

# So many of each word are looked at; more of one kind nobody reads through.
AT_MOST = 60
_DAY = timedelta(days=1)
_READ_OF_A_SENTENCE = 60


@dataclass(frozen=True)
class Place:
    """A venue as it is searched for."""

    venue_id: int
    name: str
    address: str
    community: str


@dataclass(frozen=True)
class Entry:
    """An activity as far as a search looks at it."""

    id: int
    kind: str
    title: str
    topics: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    meeting_point: str
    venue: Place | None


@dataclass(frozen=True)
class Scope:
    """What may be found at all.

    Args:
        person: None for a stranger.
        now: what is over by then is left out.
        bookable: only what can still be booked, by the person's class too.
        start, end: what is on between them, the end excluded.
    """

    person: Person | None
    now: datetime
    bookable: bool
    start: datetime | None = None
    end: datetime | None = None

    def conditions(self) -> list[Any]:
        """In SQL, but for the order and the bounds of time that an index serves."""
        c = activities.c
        found: list[Any] = [c.public.is_(True)] if self.person is None else []
        if not self.bookable:
            return [*found, c.state.in_(("open", "full", "closed"))]
        found += [c.state.in_(("open", "full")), c.booking_closes_at > self.now, c.starts_at > self.now]
        if self.person is not None:
            # As it stands in JSON, which both databases keep as text.
            written = json.dumps(self.person.activity_class)
            found.append(cast(c.eligible_classes, Text).contains(written, autoescape=True))
        return found


def all_places() -> dict[int, Place]:
    """Every venue by its id."""
    with reading() as session:
        query = select(venues.c.id, venues.c.name, venues.c.address, communities.c.name).outerjoin(
            communities, communities.c.id == venues.c.community_id
        )
        return {row[0]: Place(row[0], row[1], row[2], row[3] or "") for row in session.execute(query)}


def soonest(scope: Scope, places: dict[int, Place], *also: Any) -> list[Entry]:
    """The soonest of the scope under further conditions."""
    return _entries(scope, places, select(*_COLUMNS).where(*also), activities.c.starts_at)


def of_kinds(scope: Scope, places: dict[int, Place], kinds: Iterable[str], *also: Any) -> list[Entry]:
    """The soonest of each of these kinds."""
    return _unique(
        entry for kind in kinds for entry in soonest(scope, places, activities.c.kind == kind, *also)
    )


def with_terms(scope: Scope, places: dict[int, Place], terms: Iterable[str], *also: Any) -> list[Entry]:
    """The soonest with each of these terms."""
    found: list[Entry] = []
    for term in sorted(terms):
        query = (
            select(*_COLUMNS)
            .join(activity_terms, activity_terms.c.activity_id == activities.c.id)
            .where(activity_terms.c.term == term, *also)
        )
        found += _entries(scope, places, query, activity_terms.c.starts_at)
    return _unique(found)


def terms_for(topics: Sequence[str]) -> set[str]:
    """The terms under which something of one of these names stands."""
    wholes = {f"{WHOLE}{linking.whole(topic)}" for topic in topics}
    return _known(wholes | {pair for topic in topics for pair in linking.pairs(topic)})


def terms_in(sentence: str) -> set[str]:
    """The names of activities that stand in a sentence, as terms."""
    return _known({f"{WHOLE}{span}" for span in linking.spans(sentence[:_READ_OF_A_SENTENCE]) if " " in span})


def place_terms(place: str) -> set[str]:
    """The terms of meeting points that sound like this place."""
    return _known({f"{PLACE}{pair}" for pair in linking.pairs(place)})


_COLUMNS = (
    activities.c.id,
    activities.c.kind,
    activities.c.title,
    activities.c.topics,
    activities.c.starts_at,
    activities.c.ends_at,
    activities.c.meeting_point,
    activities.c.venue_id,
)


def _known(terms: set[str]) -> set[str]:
    if not terms:
        return set()
    with reading() as session:
        query = select(search_terms.c.term).where(search_terms.c.term.in_(sorted(terms)))
        return set(session.execute(query).scalars())


def _entries(scope: Scope, places: dict[int, Place], query: Any, starts_at: Any) -> list[Entry]:
    """The soonest by this column, which an index orders; what takes more than a day is found apart."""
    since = max(scope.now, scope.start or scope.now)
    c = activities.c
    query = query.where(*scope.conditions(), c.ends_at > since)
    if scope.end is not None:
        query = query.where(starts_at < scope.end)
    earliest = scope.now if scope.bookable and since == scope.now else since - _DAY
    short = query.where(starts_at > earliest).order_by(starts_at, c.id).limit(AT_MOST)
    lasting = query.where(c.lasts).order_by(c.ends_at).limit(AT_MOST)
    with reading() as session:
        rows = [*session.execute(short), *session.execute(lasting)]
    return _unique(
        Entry(row[0], row[1], row[2], tuple(row[3]), row[4], row[5], row[6], places.get(row[7]))
        for row in rows
    )


def _unique(entries: Iterable[Entry]) -> list[Entry]:
    """Each once, the soonest first."""
    known = {entry.id: entry for entry in entries}
    return sorted(known.values(), key=lambda entry: (entry.starts_at, entry.id))


def at_venues(venue_ids: Sequence[int]) -> Any:
    """The condition that it is at one of these."""
    return or_(*(activities.c.venue_id == venue_id for venue_id in venue_ids))
