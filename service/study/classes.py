"""Classes of the senior university as people are told of them: with term, place, hours and seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from service import linking, wording
from service.clock import SHANGHAI, day_words, local, moment_words
from service.db import reading
from service.errors import NotFound
from service.organisations.models import Venue, communities, venues
from service.people.models import Person
from service.study import recurrence
from service.study.class_models import StudyClass, Term, enrolments, study_classes, terms


@dataclass(frozen=True)
class Offer:
    """A class with its term and place, and how many have a place (`taken`) or wait for one (`waiting`)."""

    study_class: StudyClass
    term: Term
    venue: Venue | None
    community: str
    taken: int
    waiting: int

    @property
    def id(self) -> int:
        """The class's id."""
        return self.study_class.id

    @property
    def title(self) -> str:
        """What the class is called."""
        return self.study_class.title

    @property
    def seats_left(self) -> int | None:
        """None when there is no limit."""
        capacity = self.study_class.capacity
        return None if capacity is None else max(0, capacity - self.taken)

    @property
    def place(self) -> str:
        """Where it meets; empty when that is not fixed yet."""
        return self.venue.name if self.venue is not None else ""

    @property
    def hours(self) -> str:
        """When it meets, in words: 每周二上午9点半."""
        return recurrence.words(self.study_class.rrule)

    @property
    def starts_at(self) -> datetime | None:
        """Its first hour."""
        return next(iter(self.meetings(None, None)), None)

    def meetings(self, start: datetime | None, end: datetime | None, limit: int = 1) -> list[datetime]:
        """The first few hours that it meets within its term and within [start, end) where given."""
        begins = datetime.combine(self.term.starts_on, datetime.min.time(), SHANGHAI)
        ends = datetime.combine(self.term.ends_on + timedelta(days=1), datetime.min.time(), SHANGHAI)
        moment = (max(begins, start) if start else begins) - timedelta(minutes=1)
        until, found = min(ends, end) if end else ends, list[datetime]()
        while len(found) < limit:
            following = recurrence.following(self.study_class.rrule, moment)
            if following is None or following >= until:
                break
            found.append(following)
            moment = following
        return found

    def why_closed(self, now: datetime) -> str | None:
        """In words, why nobody can enrol now; None when one can."""
        today = local(now).date()
        if self.study_class.cancel_reason:
            return wording.phrase("class_cancelled", reason=self.study_class.cancel_reason)
        if now < self.term.enrolment_opens_at:
            return wording.phrase("class_not_open", when=moment_words(self.term.enrolment_opens_at, today))
        if now >= self.term.enrolment_closes_at:
            return wording.phrase("class_closed", when=moment_words(self.term.enrolment_closes_at, today))
        return None

    def why_not_for(self, person: Person) -> str | None:
        """In words, why the person may not come; None when they may."""
        if person.activity_class in self.study_class.eligible_classes:
            return None
        return wording.phrase("class_not_for", activity_class=person.activity_class)

    def has_ended(self, today: date) -> bool:
        """Whether the term is over."""
        return today > self.term.ends_on


def get_offer(class_id: int) -> Offer:
    """The class of that id.

    Raises:
        NotFound: there is none.
    """
    found = read_offers(study_classes.c.id == class_id)
    if not found:
        raise NotFound()
    return found[0]


def current(now: datetime) -> list[Offer]:
    """Every class whose term is not over, the term that starts first first."""
    return read_offers(terms.c.ends_on >= local(now).date())


def enrolling(person: Person | None, now: datetime) -> list[Offer]:
    """Every class that can be enrolled in now and is for the person; None is a stranger."""
    return [
        offer
        for offer in current(now)
        if offer.why_closed(now) is None and (person is None or offer.why_not_for(person) is None)
    ]


def named(topics: Sequence[str], sentence: str, now: datetime) -> list[Offer]:
    """The classes that were meant: by a topic, else by a title in the sentence; those open for enrolment first.

    None when nothing is named.
    """
    topics = [topic for topic in topics if not linking.says_nothing(topic)]
    scored = [
        (
            max((linking.score(topic, _names(offer)) for topic in topics), default=0.0)
            if topics
            else linking.mentions(sentence, _names(offer)),
            offer,
        )
        for offer in current(now)
    ]
    best = max((score for score, _ in scored), default=0.0)
    kept = [each for score, each in scored if score >= max(linking.MATCH, best - linking.WITHIN)]
    exact = [each for each in kept if linking.mentions(sentence, [each.title])]
    return sorted(exact or kept, key=lambda each: each.why_closed(now) is not None)


def read_offers(*conditions: Any) -> list[Offer]:
    """Classes under these conditions on their columns or their term's."""
    with reading() as session:
        query = (
            select(StudyClass, Term, Venue, communities.c.name, _how_many("enrolled"), _how_many("waiting"))
            .join(terms, terms.c.id == study_classes.c.term_id)
            .outerjoin(venues, venues.c.id == study_classes.c.venue_id)
            .outerjoin(communities, communities.c.id == venues.c.community_id)
            .where(*conditions)
            .order_by(terms.c.starts_on, study_classes.c.id)
        )
        return [
            Offer(found, term, venue, community or "", taken, waiting)
            for found, term, venue, community, taken, waiting in session.execute(query)
        ]


def lines_of(offer: Offer, today: date) -> list[str]:
    """What there is to know about a class, a line each; days with their year when it is not this year's."""
    term, given = offer.term, offer.study_class
    lines = [
        wording.phrase("class_hours", hours=offer.hours, minutes=given.minutes),
        wording.phrase(
            "class_term",
            term=term.name,
            first=day_words(term.starts_on, today),
            last=day_words(term.ends_on, today),
        ),
    ]
    if offer.place:
        lines.append(wording.phrase("class_place", place=offer.place, community=offer.community))
    if given.teacher:
        lines.append(wording.phrase("class_teacher", teacher=given.teacher))
    if offer.seats_left is not None:
        key = "class_seats" if offer.seats_left else "class_seats_none"
        lines.append(wording.phrase(key, left=offer.seats_left, waiting=offer.waiting))
    return lines


def _names(offer: Offer) -> list[str]:
    return [offer.title, *offer.study_class.topics]


def _how_many(state: str) -> Any:
    return (
        select(func.count())
        .select_from(enrolments)
        .where(enrolments.c.class_id == study_classes.c.id, enrolments.c.state == state)
        .scalar_subquery()
    )
