"""What a person is told unasked about a booking of theirs, and whether it still holds when it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service import wording
from service.activities.models import Activity, Booking, activities, bookings
from service.clock import local, moment_words
from service.db import reading
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import SEND, WITHDRAWN, Verdict, quiet_until
from service.people.models import Person, people

KIND = "booking_news"


def tell(booking: Booking, activity: Activity, key: str, now: datetime) -> None:
    """Tell the person in the words of that key how their booking stands now, once for each change."""
    said = wording.say(
        key,
        title=activity.title,
        when=moment_words(activity.starts_at, local(now).date()),
        reason=activity.cancel_reason,
        receipt_no=booking.receipt_no,
        activity_id=activity.id,
    )
    changed_at = booking.cancelled_at or booking.queued_at
    outbox.tell(
        booking.person_id,
        KIND,
        said,
        now,
        expires_at=activity.ends_at,
        dedupe_key=f"{key}:{booking.receipt_no}:{changed_at.timestamp():.0f}",
        about={"receipt_no": booking.receipt_no, "state": booking.state},
    )


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not when it no longer holds; quiet hours are kept unless the activity begins before they end.

    That messages were stopped does not matter: this is about something the person signed up for.
    """
    about = (row.payload or {})["about"]
    with reading() as session:
        query = (
            select(Booking, Activity, Person)
            .join(activities, activities.c.id == bookings.c.activity_id)
            .join(people, people.c.id == bookings.c.person_id)
            .where(bookings.c.receipt_no == about["receipt_no"])
        )
        booking, activity, person = session.execute(query).one()
    if booking.state != about["state"]:
        return WITHDRAWN
    until = quiet_until(person, now)
    return SEND if until is None or until >= activity.starts_at else Verdict("send", until)
