"""Units (单位): where suggestions and other matters are passed on to, each with a liaison who answers for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Column, ForeignKey, String, Table, select

from service.db import RowId, mapped, metadata, reading, unit_of_work
from service.errors import NotFound

units = Table(
    "units",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("name", String(128), nullable=False, unique=True),
    Column("liaison", String(64), nullable=False, server_default=""),
    Column("phone", String(32), nullable=False, server_default=""),
)


@mapped
@dataclass
class Unit:
    """A unit that matters are passed on to; `liaison` and `phone` say who answers for it, empty while nobody does."""

    __table__ = units

    office_id: int
    name: str
    liaison: str = ""
    phone: str = ""
    id: int = field(init=False)


def keep_unit(office_id: int, name: str, liaison: str, phone: str) -> Unit:
    """Enter a unit, or change who is its liaison.

    Raises:
        ValueError: it has no name.
    """
    if not name.strip():
        raise ValueError("a unit has a name")
    with unit_of_work() as session:
        query = select(Unit).where(units.c.name == name.strip()).with_for_update()
        unit = session.execute(query).scalars().first() or Unit(office_id, name.strip())
        unit.liaison, unit.phone = liaison.strip(), phone.strip()
        session.add(unit)
        session.flush()
        return unit


def unit_called(name: str) -> Unit:
    """The unit of that name.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        found = session.execute(select(Unit).where(units.c.name == name.strip())).scalars().first()
        if found is None:
            raise NotFound()
        return found


def all_units() -> list[Unit]:
    """Every unit, by name."""
    with reading() as session:
        return list(session.execute(select(Unit).order_by(units.c.name)).scalars())
