"""Sections of a world: the terms of the senior university, its classes, and who is in them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, validator

from service.activities.models import CLASSES
from service.clock import local
from service.errors import OperatorError
from service.people.models import Person
from service.study import opening
from service.study.class_models import LEVELS, StudyClass
from service.study.enrolling import cancel_class, enrol
from service.world.parts import Loading, Part, explained, named, one_of, places, text
from service.world.times import When


class Term(Part):
    """A term; its first and last day, and between when people can enrol."""

    name: str = named()
    starts: When
    ends: When
    enrolment_opens: When
    enrolment_closes: When


class SeniorClass(Part):
    """A class of a term; `enrolled_at` is when places were taken, now by default."""

    title: str = named()
    term: str
    level: str
    rrule: str = named(128)
    topics: tuple[str, ...] = ()
    minutes: int = Field(opening.USUAL_MINUTES, gt=0)
    venue: str | None = None
    course: str | None = None
    teacher: str = text(64)
    capacity: int | None = Field(None, gt=0)
    eligible_classes: tuple[str, ...] = opening.USUAL_CLASSES
    enrolled: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    enrolled_at: When = When("now")
    cancel_reason: str = text(256)

    _level = validator("level", allow_reuse=True)(one_of(LEVELS))
    _classes = validator("eligible_classes", each_item=True, allow_reuse=True)(one_of(CLASSES))


def load_terms(given: Sequence[Term], loading: Loading) -> None:
    """The terms."""
    for place, row in places("terms", given):
        starts, ends = local(row.starts.at(loading.now)).date(), local(row.ends.at(loading.now)).date()
        opens, closes = row.enrolment_opens.at(loading.now), row.enrolment_closes.at(loading.now)
        with explained(place):
            term = opening.open_term(row.name, starts, ends, opens, closes)
        loading.name("term", row.name, term, place)


def load_classes(given: Sequence[SeniorClass], loading: Loading) -> None:
    """Open the classes and take the places."""
    for place, row in places("classes", given):
        term = loading.find("term", row.term, f"{place}.term")
        details = row.dict(exclude={"term", "enrolled", "waiting", "enrolled_at", "cancel_reason"})
        with explained(place):
            found = opening.open_class(term, opening.NewClass(**details))
        _take_places(row, found, loading, place)
        if row.cancel_reason:
            with explained(f"{place}.cancel_reason"):
                cancel_class(found.id, row.cancel_reason, loading.now)


def _take_places(row: SeniorClass, found: StudyClass, loading: Loading, place: str) -> None:
    at = row.enrolled_at.at(loading.now)
    for key, names in (("enrolled", row.enrolled), ("waiting", row.waiting)):
        for number, name in enumerate(names):
            here = f"{place}.{key}[{number}]"
            person: Person = loading.person(name, here)
            with explained(here):
                enrolment = enrol(person, found.id, at, wait=key == "waiting")
            if enrolment.state != key:
                raise OperatorError(f"{here}: there are places left, so nobody has to wait.")
