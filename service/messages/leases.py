"""Leases: a role that only one process may play at a time (delivery, scheduler, the Telegram gateway)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.messages.holders import is_gone
from service.messages.models import Lease, leases

TERM = timedelta(seconds=20)


def take(name: str, holder: str, now: datetime) -> bool:
    """Take the lease or move it forward to TERM from now; to be called again well before it runs out.

    Calling it often costs little: one that still runs for half its term is left as it is.

    Returns:
        False when another living process holds it.
    """
    with reading() as session:
        kept = session.execute(select(Lease).where(leases.c.name == name)).scalars().first()
        if kept is not None and kept.holder == holder and kept.until - now > TERM / 2:
            return True
    with unit_of_work() as session:
        query = select(Lease).where(leases.c.name == name).with_for_update()
        lease = session.execute(query).scalars().first()
        if lease is None:
            session.add(Lease(name=name, holder=holder, until=now + TERM))
        elif lease.holder == holder or lease.until <= now or is_gone(lease.holder):
            lease.holder, lease.until = holder, now + TERM
        else:
            return False
        session.flush()
        return True


class Kept:
    """A lease that is asked for all the time, and looked up now and then.

    Args:
        name: the lease.
        holder: who wants it, from `holders.this_holder`.
    """

    def __init__(self, name: str, holder: str) -> None:
        self._name, self._holder = name, holder
        self._sure_until: datetime | None = None

    def take(self, now: datetime) -> bool:
        """As `take`; within a quarter of its term after it was taken, without asking the database."""
        if self._sure_until is None or now >= self._sure_until:
            self._sure_until = None
            if take(self._name, self._holder, now):
                self._sure_until = now + TERM / 4
        return self._sure_until is not None


def give_back(name: str, holder: str) -> None:
    """End the lease early, at a graceful stop."""
    with unit_of_work() as session:
        session.execute(leases.delete().where(leases.c.name == name, leases.c.holder == holder))
