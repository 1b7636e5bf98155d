"""What a person wants to be sent unasked, and when not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from service.db import unit_of_work
from service.people.models import people


def keep_quiet(person_id: int, start: int, end: int) -> None:
    """Send nothing unasked between these hours of the day in Asia/Shanghai; equal hours end the quiet.

    Raises:
        ValueError: an hour is not one of 0 to 23.
    """
    if not (0 <= start < 24 and 0 <= end < 24):
        raise ValueError("an hour of the day is 0 to 23")
    with unit_of_work() as session:
        session.execute(
            update(people).where(people.c.id == person_id).values(quiet_from=start, quiet_until=end)
        )


def stop_all(person_id: int, now: datetime) -> None:
    """Send no reminders and notices any more; answers to what the person asks still come."""
    with unit_of_work() as session:
        session.execute(update(people).where(people.c.id == person_id).values(messages_stopped_at=now))


def start_again(person_id: int) -> None:
    """Send reminders and notices again."""
    with unit_of_work() as session:
        session.execute(update(people).where(people.c.id == person_id).values(messages_stopped_at=None))
