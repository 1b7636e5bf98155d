"""Where staff are reached: the chat a member of staff has shown to be theirs."""

from __future__ import annotations

import re

from sqlalchemy import select, update

from service.db import reading, unit_of_work
from service.staff.models import Staff, staff


def by_phone(phone: str) -> Staff | None:
    """The member of staff with that number."""
    wanted = _national(phone)
    with reading() as session:
        query = select(Staff).where(staff.c.phone != "").order_by(staff.c.id)
        return next((one for one in session.execute(query).scalars() if _national(one.phone) == wanted), None)


def by_chat(chat_id: int) -> Staff | None:
    """The member of staff who is reached in that chat."""
    with reading() as session:
        query = select(Staff).where(staff.c.chat_id == chat_id).order_by(staff.c.id)
        return session.execute(query).scalars().first()


def reach(who: Staff, chat_id: int) -> None:
    """Send alerts for this member of staff to that chat from now on."""
    with unit_of_work() as session:
        session.execute(update(staff).where(staff.c.id == who.id).values(chat_id=chat_id))


def _national(phone: str) -> str:
    """A number without blanks, dashes and the country's prefix."""
    return re.sub(r"\D", "", phone)[-11:]
