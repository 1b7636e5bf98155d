"""Duties of standing posts: each day one was done, once, and the hours it gives."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from service.activities.posts import get_claim, lock_post, next_due
from service.activities.refusals import BookingGone, NotDueToday
from service.activities.team_models import Duty, duties
from service.clock import day_words, local
from service.db import unit_of_work
from service.ledger.earning import Earned, earn
from service.ledger.posting import Reason
from service.people.models import Person

# A duty may be reported that many days after it was due.
REPORTED_WITHIN = timedelta(days=1)


def record_duty(
    person: Person, receipt_no: str, now: datetime, on: date | None = None
) -> tuple[Duty, Earned | None]:
    """Write down that the duty of a day was done, and credit its hours; a second time changes nothing.

    Args:
        on: the day, today by default, at most REPORTED_WITHIN ago.

    Returns:
        The duty, and what was earned, None where it was recorded before.

    Raises:
        NotFound: the person has no claim of that number.
        BookingGone: it was handed back.
        NotDueToday: the post is not due on that day, or the day is too long ago.
    """
    today = local(now).date()
    day = on or today
    with unit_of_work() as session:
        held = get_claim(person.id, receipt_no)
        post = lock_post(held.post_id)
        known = select(Duty).where(duties.c.claim_id == held.id, duties.c.done_on == day)
        if (done := session.execute(known).scalars().first()) is not None:
            return done, None
        if held.returned_at is not None or (held.until is not None and day > held.until):
            raise BookingGone(title=post.name, receipt_no=held.receipt_no)
        due = next_due(post, day)
        if due != day or not today - REPORTED_WITHIN <= day <= today or day < held.since:
            raise NotDueToday(title=post.name, when=day_words(due, today))
        duty = Duty(held.id, day, now, post.minutes)
        session.add(duty)
        session.flush()
        words = f"{post.name} {post.minutes}分钟"
        reason = Reason("activities", words, day, f"duty:{held.receipt_no}:{day.isoformat()}")
        return duty, earn(person.id, "volunteer_hour", post.minutes, reason, now)
