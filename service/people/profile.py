"""A person's own details: what they see of themselves, and what may be changed on their word."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import JSON, Column, ForeignKey, String, Table, select, update

from service.db import mapped, metadata, reading, unit_of_work
from service.organisations.models import branches, communities
from service.people.models import Person, Phone, people, phones
from service.people.queries import digits

FIELDS = ("phone", "address", "community", "spouse", "emergency_contact", "interests")

person_details = Table(
    "person_details",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("address", String(256), nullable=False, server_default=""),
    Column("spouse", String(64), nullable=False, server_default=""),
    Column("emergency_contact", String(128), nullable=False, server_default=""),
    Column("interests", JSON, nullable=False),
)


@mapped
@dataclass
class PersonDetails:
    """What is kept of a person beyond the roster: `emergency_contact` is a name and how to reach it, in words."""

    __table__ = person_details

    person_id: int
    address: str = ""
    spouse: str = ""
    emergency_contact: str = ""
    interests: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Profile:
    """A person with everything that is stored about them; `branch` and `community` are names, empty when unknown."""

    person: Person
    details: PersonDetails
    phones: tuple[str, ...]
    branch: str
    community: str

    def value(self, what: str) -> str:
        """How one of FIELDS stands, in words; empty when nothing is stored."""
        if what == "phone":
            return "、".join(self.phones)
        if what == "community":
            return self.community
        if what == "interests":
            return "、".join(self.details.interests)
        return str(getattr(self.details, what))


def profile_of(person_id: int) -> Profile:
    """Everything stored about a person."""
    with reading() as session:
        query = (
            select(Person, branches.c.name, communities.c.name)
            .outerjoin(branches, branches.c.id == people.c.branch_id)
            .outerjoin(communities, communities.c.id == people.c.community_id)
            .where(people.c.id == person_id)
        )
        person, branch, community = session.execute(query).one()
        numbers = select(phones.c.number).where(phones.c.person_id == person_id).order_by(phones.c.id)
        held = tuple(session.execute(numbers).scalars())
        details = session.get(PersonDetails, person_id) or PersonDetails(person_id)
        return Profile(person, details, held, branch or "", community or "")


def masked(number: str) -> str:
    """A phone number whose middle is hidden: 139****1234."""
    return number if len(number) < 8 else f"{number[:3]}****{number[-4:]}"


def community_named(name: str) -> int | None:
    """The id of the community of that name."""
    with reading() as session:
        found = select(communities.c.id).where(communities.c.name == name.strip())
        community_id: int | None = session.execute(found).scalar()
        return community_id


def change(person_id: int, what: str, value: str) -> None:
    """Put a new value in place of the old one; several interests are set apart by 、.

    Args:
        what: one of FIELDS; a new phone takes the place of the first.

    Raises:
        ValueError: there is no such field, the value is empty, or no community is called so.
    """
    value = value.strip()
    if what not in FIELDS or not value:
        raise ValueError("there is nothing to change")
    with unit_of_work() as session:
        if what == "phone":
            _change_phone(person_id, digits(value))
        elif what == "community":
            community_id = community_named(value)
            if community_id is None:
                raise ValueError(f"no community is called {value}")
            session.execute(update(people).where(people.c.id == person_id).values(community_id=community_id))
        else:
            details = session.get(PersonDetails, person_id)
            if details is None:
                details = PersonDetails(person_id)
                session.add(details)
            words = [each for each in value.split("、") if each] if what == "interests" else value
            setattr(details, what, words)
        session.flush()


def _change_phone(person_id: int, number: str) -> None:
    with unit_of_work() as session:
        query = select(Phone).where(phones.c.person_id == person_id).order_by(phones.c.id)
        held = list(session.execute(query).scalars())
        if any(phone.number == number for phone in held):
            return
        if held:
            held[0].number = number
        else:
            session.add(Phone(person_id=person_id, number=number))
