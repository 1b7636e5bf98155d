"""The section of a world with what people have told of themselves beyond the roster."""

from __future__ import annotations

from collections.abc import Sequence

from service.people.profile import PersonDetails
from service.world.parts import Loading, Part, places, text


class Details(Part):
    """Somebody's address, spouse, emergency contact (a name and how to reach it) and interests."""

    person: str
    address: str = text(256)
    spouse: str = text(64)
    emergency_contact: str = text(128)
    interests: tuple[str, ...] = ()


def load_details(given: Sequence[Details], loading: Loading) -> None:
    """What is kept of people."""
    for place, row in places("details", given):
        person = loading.person(row.person, f"{place}.person")
        loading.add(
            PersonDetails(person.id, row.address, row.spouse, row.emergency_contact, list(row.interests))
        )
