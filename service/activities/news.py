"""What a person is told unasked about a booking of theirs, and whether it still holds when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from service import wording
from service.activities.listing import Listing
from service.activities.models import LIVE, Activity, Booking, activities, bookings
from service.clock import day_words, local, moment_words, parse
from service.db import reading
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import SEND, WITHDRAWN, Verdict, quiet_until
from service.people.models import Person, people

KIND = "booking_news"


def tell(
    booking: Booking,
    activity: Activity,
    key: str,
    now: datetime,
    *,
    others: Sequence[Listing] = (),
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    of: datetime | None = None,
    **words: object,
) -> None:
    """Tell the person in the words of that key how their booking stands now, once for each change.

    Args:
        others: what they could do instead, each a button before those of the wording.
        due_at, expires_at: when to send; now and until the activity is over by default.
        of: the moment of the change, where it is not one of the booking's own.
        words: what else the wording needs.
    """
    said = wording.say(
        key,
        title=activity.title,
        when=moment_words(activity.starts_at, local(now).date()),
        reason=activity.cancel_reason,
        receipt_no=booking.receipt_no,
        activity_id=activity.id,
        **words,
    )
    instead = [_button(each) for each in others]
    changed_at = of or booking.cancelled_at or booking.queued_at
    outbox.tell(
        booking.person_id,
        KIND,
        wording.Utterance(said.text, [*instead, *said.buttons]),
        now,
        due_at=due_at,
        expires_at=expires_at or max(activity.ends_at, now + _STAYS_NEWS),
        dedupe_key=f"{key}:{booking.receipt_no}:{changed_at.timestamp():.0f}",
        about={
            "receipt_no": booking.receipt_no,
            "state": booking.state,
            "key": key,
            "starts_at": activity.starts_at.isoformat(),
        },
    )


def _button(listing: Listing) -> wording.Button:
    title = wording.phrase(
        "button_instead", title=listing.activity.title[:16], day=day_words(listing.activity.starts_at)
    )
    return wording.Button(title, f'/ask_activity_detail{{"activity_id": "{listing.id}"}}')


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not when it no longer holds; quiet hours are kept unless the activity begins before they end.

    That messages were stopped does not matter, but for a reminder: this is about something the person signed up for.
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
    # Who moved up from the waiting list meanwhile still has to hear of a changed time.
    still = about["key"] == "activity_changed" and booking.state in LIVE
    if booking.state != about["state"] and not still:
        return WITHDRAWN
    if about["key"] in _OF_THIS_TIME and parse(about["starts_at"]) != activity.starts_at:
        return WITHDRAWN
    if about["key"] == REMINDER and person.messages_stopped_at is not None:
        return WITHDRAWN
    until = quiet_until(person, now)
    if until is None or now < activity.starts_at <= until:
        return SEND
    return Verdict("send", until)


# What is no longer true, or was said again, once the time has changed.
REMINDER = "evening_reminder"
_OF_THIS_TIME = (REMINDER, "activity_changed", "promoted", "drawn", "not_drawn", "booked_for_you")
_STAYS_NEWS = timedelta(days=7)
