"""Finding members of staff."""

from __future__ import annotations

from sqlalchemy import select

from service.db import reading
from service.errors import NotFound
from service.staff.models import Staff, staff


def everybody() -> list[Staff]:
    """All members of staff, in the order they were entered."""
    with reading() as session:
        return list(session.execute(select(Staff).order_by(staff.c.id)).scalars())


def by_name(name: str) -> Staff:
    """The member of staff of that name.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        found = session.execute(select(Staff).where(staff.c.name == name.strip())).scalars().first()
        if found is None:
            raise NotFound()
        return found
