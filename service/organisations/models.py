"""Where people and things belong: offices, branches, communities, venues."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

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
    """A community (社区) in which people live."""

    __table__ = communities

    office_id: int
    name: str
    id: int = field(init=False)


@mapped
@dataclass
class Venue:
    """A place where activities are held; `access` says how an older person gets in: steps, lift, bus."""

    __table__ = venues

    name: str
    community_id: int | None = None
    address: str = ""
    opening_hours: str = ""
    access: str = ""
    id: int = field(init=False)
