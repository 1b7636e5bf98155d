"""Which activities a search looks at: the soonest few that can be meant, whatever else there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, union

from service import linking
from service.activities.models import activities, activity_terms, search_terms
from service.activities.terms import PLACE, WHOLE
from service.db import reading
from service.organisations.models import communities, venues
from service.people.models import Person

# So many of each word are looked at; more of one kind nobody reads through.
AT_MOST = 40
_PAGE, _PAGES = 40, 12
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

    @property
    def since(self) -> datetime:
        """From when on something counts."""
        return max(self.now, self.start or self.now)

    def holds(self, row: Any) -> bool:
        """Whether the activity of this row may be found."""
        if row.ends_at <= self.since or (self.end is not None and row.starts_at >= self.end):
            return False
        if self.person is None and not row.public:
            return False
        if not self.bookable:
            return row.state in ("open", "full", "closed")
        if self.person is not None and self.person.activity_class not in row.eligible_classes:
            return False
        open_ = row.state in ("open", "full") and row.booking_closes_at > self.now
        return open_ and (row.starts_at > self.now or row.lasts)


def all_places() -> dict[int, Place]:
    """Every venue by its id."""
    with reading() as session:
        query = select(venues.c.id, venues.c.name, venues.c.address, communities.c.name).outerjoin(
            communities, communities.c.id == venues.c.community_id
        )
        return {row[0]: Place(row[0], row[1], row[2], row[3] or "") for row in session.execute(query)}


def soonest(scope: Scope, places: dict[int, Place], at: Sequence[int] = ()) -> list[Entry]:
    """The soonest of the scope, of those at these venues where any are given."""
    c = activities.c
    ways = [_Way(c.starts_at, (c.venue_id == venue_id,)) for venue_id in at]
    return _entries(scope, places, ways or [_Way(c.starts_at)], at)


def of_kinds(
    scope: Scope, places: dict[int, Place], kinds: Iterable[str], at: Sequence[int] = ()
) -> list[Entry]:
    """The soonest of each of these kinds, and at these venues where any are given."""
    c = activities.c
    ways = [_Way(c.starts_at, (c.kind == kind, c.venue_id == venue_id)) for kind in kinds for venue_id in at]
    if not at:
        ways = [_Way(c.starts_at, (c.kind == kind,)) for kind in kinds]
    return _entries(scope, places, ways, at)


def with_terms(
    scope: Scope, places: dict[int, Place], terms: Iterable[str], at: Sequence[int] = ()
) -> list[Entry]:
    """The soonest with each of these terms, and at these venues where any are given."""
    c = activity_terms.c
    ways = [
        _Way(c.starts_at, (c.term == term, c.venue_id == venue_id))
        for term in sorted(terms)
        for venue_id in at
    ]
    if not at:
        ways = [_Way(c.starts_at, (c.term == term,)) for term in sorted(terms)]
    return _entries(scope, places, ways, at)


@dataclass(frozen=True)
class _Way:
    """One way to the soonest: the column of an index that orders them, and what comes before it in that index.

    Only what an index holds is asked for in SQL. Anything more, and a planner that does not know how much of it there
    is looks at every activity.
    """

    order: Any
    conditions: tuple[Any, ...] = ()

    def page(self, after: datetime, before: datetime | None, number: int) -> Any:
        """The ids on one page, in the order of the index."""
        c = self.order.table.c
        an_id = c.activity_id if self.order.table is activity_terms else c.id
        query = select(an_id.label("id")).where(*self.conditions, self.order > after)
        if before is not None:
            query = query.where(self.order < before)
        return query.order_by(self.order, an_id).limit(_PAGE).offset(number * _PAGE)


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


def _known(terms: set[str]) -> set[str]:
    if not terms:
        return set()
    with reading() as session:
        query = select(search_terms.c.term).where(search_terms.c.term.in_(sorted(terms)))
        return set(session.execute(query).scalars())


def _entries(scope: Scope, places: dict[int, Place], ways: Sequence[_Way], at: Sequence[int]) -> list[Entry]:
    """The soonest by each of these ways; the few that take more than a day are looked at in any case."""
    if not ways:
        return []
    earliest = scope.now if scope.bookable and scope.since == scope.now else scope.since - _DAY
    lasting = _Way(activities.c.ends_at, (activities.c.lasts.is_(True),)).page(scope.since, None, 0)
    found: list[Any] = []
    for number in range(_PAGES):
        pages = [way.page(earliest, scope.end, number) for way in ways]
        rows = _rows(pages if number else [lasting, *pages])
        found += [row for row in rows if scope.holds(row) and (not at or row.venue_id in at)]
        if len(rows) < _PAGE or len(found) >= AT_MOST:
            break
    return _unique(
        Entry(
            row.id,
            row.kind,
            row.title,
            tuple(row.topics),
            row.starts_at,
            row.ends_at,
            row.meeting_point,
            places.get(row.venue_id),
        )
        for row in found
    )


def _rows(pages: list[Any]) -> list[Any]:
    """The activities on these pages."""
    c = activities.c
    columns = (
        c.id, c.kind, c.title, c.topics, c.starts_at, c.ends_at, c.booking_closes_at, c.meeting_point,
        c.venue_id, c.state, c.public, c.eligible_classes, c.lasts,
    )  # fmt: skip
    ids = union(*(select(page.subquery()) for page in pages)).subquery()
    with reading() as session:
        return list(session.execute(select(*columns).join(ids, ids.c.id == c.id)))


def _unique(entries: Iterable[Entry]) -> list[Entry]:
    """Each once, the soonest first."""
    known = {entry.id: entry for entry in entries}
    return sorted(known.values(), key=lambda entry: (entry.starts_at, entry.id))
