"""What became of a reminder's due times, and of the messages written for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service.db import reading
from service.messages.models import outbox
from service.study.models import StudyReminder, reminder_times

KIND = "study_reminder"
# What a message may come to without the person having seen it.
NEVER_SEEN = ("withdrawn", "expired", "blocked", "failed")


def last_time(reminder: StudyReminder, outcome: str) -> datetime | None:
    """The latest due time of a reminder of which that became."""
    with reading() as session:
        query = (
            select(reminder_times.c.due_at)
            .where(reminder_times.c.reminder_id == reminder.id, reminder_times.c.outcome == outcome)
            .order_by(reminder_times.c.due_at.desc())
            .limit(1)
        )
        due_at: datetime | None = session.execute(query).scalar()
        return due_at


def came_to(reminder: StudyReminder, due: datetime) -> str | None:
    """What became of the message that was written for a due time: sent, withdrawn, expired."""
    with reading() as session:
        row = select(outbox.c.state).where(outbox.c.dedupe_key == key(reminder, due))
        state: str | None = session.execute(row).scalar()
        return state


def key(reminder: StudyReminder, due: datetime) -> str:
    """The name of the message of a due time, under which it is written once."""
    return f"{KIND}:{reminder.id}:{due.timestamp():.0f}"
