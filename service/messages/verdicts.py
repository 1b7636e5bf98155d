"""What a recheck says of a row just before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.clock import local
from service.people.models import Person


@dataclass(frozen=True)
class Verdict:
    """`state` is send, withdrawn or expired; with `until` the row is looked at again then."""

    state: str
    until: datetime | None = None


SEND = Verdict("send")
WITHDRAWN = Verdict("withdrawn")


def quiet_until(person: Person, now: datetime) -> datetime | None:
    """When the person's quiet hours end, if it is in them now; they may span midnight."""
    start, end = person.quiet_from, person.quiet_until
    if start is None or end is None or start == end:
        return None
    at = local(now)
    inside = start <= at.hour < end if start < end else at.hour >= start or at.hour < end
    if not inside:
        return None
    ends = at.replace(hour=end, minute=0, second=0, microsecond=0)
    return ends if ends > at else ends + timedelta(days=1)


def for_unasked(person: Person, now: datetime) -> Verdict:
    """Whether something the person did not ask for just now may be sent: not when stopped, not in quiet hours."""
    if person.messages_stopped_at is not None:
        return WITHDRAWN
    until = quiet_until(person, now)
    return SEND if until is None else Verdict("send", until)
