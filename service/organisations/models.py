"""Where people and things belong: offices, branches, communities, venues and their rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, String, Table, UniqueConstraint

from service.db import RowId, UtcDateTime, mapped, metadata

offices = Table(
    "offices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("region", String(64), nullable=False, server_default=""),
    Column("phone", String(32), nullable=False, server_default=""),
    Column("demonstration", Boolean, nullable=False, default=False),
    Column("seeded_at", UtcDateTime),
)

branches = Table(
    "branches",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("name", String(128), nullable=False, unique=True),
)

communities = Table(
    "communities",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("name", String(128), nullable=False, unique=True),
    Column("region", String(64), nullable=False, server_default=""),
)

venues = Table(
    "venues",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("community_id", ForeignKey("communities.id")),
    Column("name", String(128), nullable=False, unique=True),
    Column("address", String(256), nullable=False, server_default=""),
    Column("opening_hours", String(128), nullable=False, server_default=""),
    Column("access", String(256), nullable=False, server_default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("steps", Integer),
    Column("lift", Boolean),
    Column("bus", String(128), nullable=False, server_default=""),
    Column("equipment", JSON, nullable=False, server_default="[]"),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("venue_id", ForeignKey("venues.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("places", Integer),
    Column("equipment", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("venue_id", "name"),
)


@mapped
@dataclass
class Office:
    """An office that serves retired cadres; `demonstration` marks a database that holds only invented people."""

    __table__ = offices

    name: str
    region: str = ""
    phone: str = ""
    demonstration: bool = False
    seeded_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Branch:
    """A party branch."""

    __table__ = branches

    office_id: int
    name: str
    id: int = field(init=False)


@mapped
@dataclass
class Community:
    """A community (社区) in which people live; its `region` is the office's where none is given."""

    __table__ = communities

    office_id: int
    name: str
    region: str = ""
    id: int = field(init=False)


@mapped
@dataclass
class Venue:
    """A place where activities are held.

    `access` says in words how an older person gets in; `steps` before the door, `lift` and `bus` are the same as facts,
    None where nobody has looked. `latitude` and `longitude` are WGS 84 degrees.
    """

    __table__ = venues

    name: str
    community_id: int | None = None
    address: str = ""
    opening_hours: str = ""
    access: str = ""
    latitude: float | None = None
    longitude: float | None = None
    steps: int | None = None
    lift: bool | None = None
    bus: str = ""
    equipment: list[str] = field(default_factory=list)
    id: int = field(init=False)


@mapped
@dataclass
class Room:
    """A room of a venue, which is taken as a whole; `places` is how many can sit there."""

    __table__ = rooms

    venue_id: int
    name: str
    places: int | None = None
    equipment: list[str] = field(default_factory=list)
    id: int = field(init=False)
