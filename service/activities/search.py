"""Finding activities by what a person asked for: topic, place, time, or a sentence that mentions one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from service import linking
from service.activities import catalogue
from service.activities.catalogue import Entry, Place, Scope
from service.activities.eligibility import Standing, standing_of
from service.activities.kind_words import KIND_WORDS
from service.activities.listing import Listing, read_listings
from service.activities.models import activities
from service.activities.wanted import Wanted
from service.people.models import Person

__all__ = ["SHOWN", "Found", "NextBest", "Wanted", "bookable", "like", "named", "next_best", "search"]

SHOWN = 5
# A place may mean so many venues.
_VENUES = 4


@dataclass(frozen=True)
class Found:
    """The best few, the soonest first among equals, and how many more there are: at least, when there are many."""

    listings: list[Listing]
    rest: int = 0


@dataclass(frozen=True)
class NextBest:
    """What to offer when nothing fits: `how` is other_time, same_time, similar, anything or nothing."""

    how: str
    found: Found


def search(wanted: Wanted, person: Person | None, now: datetime, limit: int = SHOWN) -> Found:
    """What the person may attend, can still book or wait for, and asked for.

    Args:
        person: None for a stranger, who sees public activities only.
    """
    return _first(_matching(wanted, Scope(person, now, bookable=True)), person, limit)


def named(wanted: Wanted, person: Person | None, now: datetime) -> list[Listing]:
    """What is still to come and was meant, whether it can be booked or not, the likeliest first.

    A title that stands in the sentence decides. Where neither the words nor the sentence name anything:
    nothing.
    """
    to_come = Scope(person, now, bookable=False)
    if not wanted.narrows and not _is_about_something(wanted, to_come):
        return []
    meant = _matching(wanted, to_come)
    return _listings([each for each in meant if linking.mentions(wanted.sentence, [each.title])] or meant)


def next_best(wanted: Wanted, person: Person | None, now: datetime, limit: int = SHOWN) -> NextBest:
    """What comes nearest when nothing fits: the same thing at another time or place, or something like it."""
    scope = Scope(person, now, bookable=True)

    def first(entries: list[Entry]) -> Found:
        return _first(entries, person, limit)

    if wanted.named_topics or wanted.sentence:
        anywhen = replace(wanted, place=None, start=None, end=None)
        about = bool(wanted.named_topics) or _is_about_something(anywhen, scope)
        if about and (other := first(_matching(anywhen, scope))).listings:
            return NextBest("other_time", other)
    if wanted.named_topics and (similar := first(_similar(wanted.named_topics, scope))).listings:
        return NextBest("similar", similar)
    then = replace(wanted, topics=(), place=None, sentence="")
    if wanted.start and (others := first(_matching(then, scope))).listings:
        return NextBest("same_time", others)
    anything = first(catalogue.soonest(scope, catalogue.all_places()))
    return NextBest("anything" if anything.listings else "nothing", anything)


def like(listing: Listing, person: Person | None, now: datetime, limit: int = SHOWN) -> Found:
    """Bookable activities on the same subject, else of the same kind, else any."""
    scope, places = Scope(person, now, bookable=True), catalogue.all_places()
    topics = tuple(listing.activity.topics) or (listing.activity.title,)

    def first(entries: list[Entry]) -> Found:
        return _first([each for each in entries if each.id != listing.id], person, limit)

    alike = first(_matching(Wanted(topics=topics), scope))
    of_kind = alike if alike.listings else first(catalogue.of_kinds(scope, places, [listing.activity.kind]))
    return of_kind if of_kind.listings else first(catalogue.soonest(scope, places))


def bookable(person: Person | None, now: datetime) -> list[Listing]:
    """What the person may book or wait for, the soonest first; of very many the soonest."""
    scope = Scope(person, now, bookable=True)
    return _first(catalogue.soonest(scope, catalogue.all_places()), person, catalogue.AT_MOST).listings


def _first(entries: list[Entry], person: Person | None, limit: int) -> Found:
    """The first so many that are for this person; only these are read whole."""
    standing = standing_of(person) if person is not None else None
    found: list[Listing] = []
    looked_at = 0
    while len(found) < limit and looked_at < len(entries):
        batch = entries[looked_at : looked_at + limit - len(found)]
        looked_at += len(batch)
        found += [each for each in _listings(batch) if _is_for(each, standing)]
    return Found(found, len(entries) - looked_at)


def _is_for(listing: Listing, standing: Standing | None) -> bool:
    return standing is None or standing.why_not(listing.activity) is None


def _listings(entries: list[Entry]) -> list[Listing]:
    """The activities of these entries, in their order."""
    ids = [each.id for each in entries]
    known = {listing.id: listing for listing in read_listings(activities.c.id.in_(ids))} if ids else {}
    return [known[each] for each in ids if each in known]


def _matching(wanted: Wanted, scope: Scope) -> list[Entry]:
    """Those that fit, the best named first, then the soonest; the given order is kept among equals."""
    scope = replace(scope, start=wanted.start, end=wanted.end)
    places = catalogue.all_places()
    wanted = _without_part_of_title(wanted, scope, places)
    at = _venues_of(wanted.place, places) if wanted.place else []
    found = _pool(wanted, scope, places, at)
    if wanted.place:
        found = [each for each in found if linking.score(wanted.place, _places(each)) >= linking.MATCH]
    if wanted.named_topics:
        found = _best([(_topic_score(wanted.named_topics, each), each) for each in found])
    else:
        sentence = wanted.sentence
        mentioned = _best([(linking.mentions(sentence, _names(each)), each) for each in found if sentence])
        found = mentioned if mentioned or wanted.kinds else found
    return [each for each in found if _mentions_place(wanted, each)] or found


def _pool(wanted: Wanted, scope: Scope, places: dict[int, Place], at: list[int]) -> list[Entry]:
    """What is worth a closer look: by the words, at the places that are spoken of first, else the soonest."""
    spoken_of = _spoken_of(wanted.sentence, places)
    terms, kinds = _words_of(wanted)
    by_words = bool(terms or kinds or wanted.named_topics)
    pool: list[Entry] = []
    for venues in [at] if at or not spoken_of else [spoken_of, at]:
        if by_words:
            pool += catalogue.with_terms(scope, places, terms, venues)
            pool += catalogue.of_kinds(scope, places, kinds, venues)
        else:
            pool += catalogue.soonest(scope, places, venues)
    if wanted.place and not by_words:
        pool += catalogue.with_terms(scope, places, catalogue.place_terms(wanted.place))
    return sorted({each.id: each for each in pool}.values(), key=lambda each: (each.starts_at, each.id))


def _without_part_of_title(wanted: Wanted, scope: Scope, places: dict[int, Place]) -> Wanted:
    """Without the place, where that is only a part of a title that was said: 高铁站 in 高铁站引导."""
    if not wanted.place or not wanted.sentence:
        return wanted
    said = catalogue.with_terms(scope, places, catalogue.terms_in(wanted.sentence))
    titles = (each.title for each in said if wanted.place in each.title)
    return replace(wanted, place=None) if any(map(wanted.sentence.__contains__, titles)) else wanted


def _venues_of(place: str, places: dict[int, Place]) -> list[int]:
    """The venues that a place can mean, the likeliest first."""
    scored = [(linking.score(place, _names_of(each)), each.venue_id) for each in places.values()]
    meant = sorted((-score, venue_id) for score, venue_id in scored if score >= linking.MATCH)
    return [venue_id for _, venue_id in meant[:_VENUES]]


def _spoken_of(sentence: str, places: dict[int, Place]) -> list[int]:
    """The venues that a sentence names, by their own name or their community's."""
    return [each.venue_id for each in places.values() if _mentions(sentence, each)][:_VENUES]


def _words_of(wanted: Wanted) -> tuple[set[str], list[str]]:
    """Under which terms and of which kinds something that fits can stand."""
    if wanted.named_topics:
        topics = wanted.named_topics
        kinds = [
            kind
            for kind, words in KIND_WORDS.items()
            if max(linking.score(topic, [kind, *words]) for topic in topics) >= linking.SIMILAR
        ]
        return catalogue.terms_for(topics), kinds
    return catalogue.terms_in(wanted.sentence), list(wanted.kinds)


def _is_about_something(wanted: Wanted, scope: Scope) -> bool:
    """Whether the words or the sentence name an activity or a place that there is."""
    if wanted.named_topics:
        return True
    terms, kinds = _words_of(wanted)
    places = catalogue.all_places()
    found = [*catalogue.with_terms(scope, places, terms), *catalogue.of_kinds(scope, places, kinds)]
    if any(linking.mentions(wanted.sentence, _names(entry)) for entry in found):
        return True
    spoken_of = _spoken_of(wanted.sentence, places)
    return bool(spoken_of and catalogue.soonest(scope, places, spoken_of))


def _mentions(sentence: str, place: Place) -> bool:
    return bool(sentence) and linking.mentions(sentence, [place.name, place.community]) > 0


def _mentions_place(wanted: Wanted, entry: Entry) -> bool:
    return entry.venue is not None and _mentions(wanted.sentence, entry.venue)


def _best(scored: list[tuple[float, Entry]]) -> list[Entry]:
    top = max((score for score, _ in scored), default=0.0)
    kept = [(score, each) for score, each in scored if score >= max(linking.MATCH, top - linking.WITHIN)]
    return [each for _, each in sorted(kept, key=lambda pair: -pair[0])]


def _similar(topics: tuple[str, ...], scope: Scope) -> list[Entry]:
    pool = _pool(Wanted(topics=topics), scope, catalogue.all_places(), [])
    return [each for each in pool if _topic_score(topics, each) >= linking.SIMILAR]


def _topic_score(topics: tuple[str, ...], entry: Entry) -> float:
    return max(linking.score(topic, _names(entry)) for topic in topics)


def _names(entry: Entry) -> list[str]:
    return [entry.title, *entry.topics, entry.kind, *KIND_WORDS[entry.kind]]


def _names_of(place: Place) -> list[str]:
    return [place.name, place.address, place.community]


def _places(entry: Entry) -> list[str]:
    return [*(_names_of(entry.venue) if entry.venue else []), entry.meeting_point]
