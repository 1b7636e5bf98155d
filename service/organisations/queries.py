"""The office itself."""

from __future__ import annotations

from sqlalchemy import select

from service.db import reading
from service.organisations.models import Office, offices


def office() -> Office | None:
    """The office that this database belongs to; None before it is set up."""
    with reading() as session:
        return session.execute(select(Office).order_by(offices.c.id).limit(1)).scalars().first()


def office_phone() -> str:
    """The office's telephone, in words that fit a sentence: 电话 0000-12345, or nothing."""
    found = office()
    return f"办公室电话 {found.phone}。" if found is not None and found.phone else ""
