"""Sections of a world: the office and its staff, branches, communities, venues."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from service.organisations import models
from service.organisations.opening import is_open
from service.people.queries import digits
from service.staff import models as staff_models
from service.world.parts import Loading, Part, explained, named, places, text


class Office(Part):
    """The office that the world belongs to."""

    name: str = named(128)
    region: str = text(64)
    phone: str = text(32)


class Branch(Part):
    """A party branch."""

    name: str = named(128)


class Community(Part):
    """A community in which people live; its region is the office's unless given."""

    name: str = named(128)
    region: str = text(64)


class Room(Part):
    """A room of a venue that people and activities can take."""

    name: str = named()
    places: int | None = Field(None, gt=0)
    equipment: tuple[str, ...] = ()


class Venue(Part):
    """Where activities are held; `access` says how an older person gets in, the facts after it the same by itself."""

    name: str = named(128)
    community: str | None = None
    address: str = text(256)
    opening_hours: str = text(128)
    access: str = text(256)
    bus: str = text(128)
    steps: int | None = Field(None, ge=0)
    lift: bool | None = None
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    equipment: tuple[str, ...] = ()
    rooms: tuple[Room, ...] = ()


class Staff(Part):
    """Somebody who works in the office."""

    name: str = named()
    role: str = text(32)
    phone: str = text(20)
    on_duty: bool = True


def load_office(given: Office, loading: Loading) -> None:
    """The office, stamped as demonstration."""
    office = models.Office(
        name=given.name,
        region=given.region,
        phone=given.phone,
        demonstration=True,
        seeded_at=loading.now,
    )
    loading.add(office)
    loading.office_id = office.id


def load_branches(given: Sequence[Branch], loading: Loading) -> None:
    """The branches of the office."""
    for place, row in places("branches", given):
        branch = models.Branch(office_id=loading.office_id, name=row.name)
        loading.name("branch", row.name, branch, place)
        loading.add(branch)


def load_communities(given: Sequence[Community], loading: Loading) -> None:
    """The communities that the office looks after."""
    for place, row in places("communities", given):
        community = models.Community(office_id=loading.office_id, name=row.name, region=row.region)
        loading.name("community", row.name, community, place)
        loading.add(community)


def load_venues(given: Sequence[Venue], loading: Loading) -> None:
    """The venues, each in its community."""
    for place, row in places("venues", given):
        venue = models.Venue(
            name=row.name,
            address=row.address,
            opening_hours=row.opening_hours,
            access=row.access,
            bus=row.bus,
            steps=row.steps,
            lift=row.lift,
            latitude=row.latitude,
            longitude=row.longitude,
            equipment=list(row.equipment),
        )
        if row.community:
            venue.community_id = loading.find("community", row.community, f"{place}.community").id
        loading.name("venue", row.name, venue, place)
        loading.add(venue)
        for room in row.rooms:
            loading.add(models.Room(venue.id, room.name, room.places, list(room.equipment)))
        if row.rooms:
            with explained(f"{place}.opening_hours"):
                # A room can only be taken while its venue is known to be open.
                is_open(row.opening_hours, loading.now, loading.now)


def load_staff(given: Sequence[Staff], loading: Loading) -> None:
    """The staff of the office."""
    for place, row in places("staff", given):
        member = staff_models.Staff(
            office_id=loading.office_id,
            name=row.name,
            role=row.role,
            phone=digits(row.phone),
            on_duty=row.on_duty,
        )
        loading.name("member of staff", row.name, member, place)
        loading.add(member)
