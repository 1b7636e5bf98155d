"""Contests and exhibitions: works handed in and withdrawn, and whether news of them still holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.activities.contest_models import Entry, entries
from service.activities.eligibility import standing_of
from service.activities.listing import get_listing
from service.activities.refusals import BookingGone, EntriesClosed, NotEligible
from service.activities.seats import lock
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.attachments import attach
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.messages.models import Outgoing
from service.messages.verdicts import SEND, Verdict, quiet_until
from service.people.models import Person

KIND = "contest_news"


def hand_in(
    person: Person,
    activity_id: int,
    words: str,
    media: Sequence[Mapping[str, Any]],
    now: datetime,
    actor_id: int | None = None,
) -> Entry:
    """Enter a work.

    Args:
        words: what it is, at most 512 characters.
        media: as `service.matters.attachments.attach`.

    Raises:
        NotFound: there is no such contest.
        EntriesClosed: it takes no works, or no more.
        NotEligible: it is not for this person.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        if activity.state == "draft":
            raise NotFound()
        open_ = activity.entries_close_at is not None and now < activity.entries_close_at
        if not open_ or activity.state == "cancelled":
            raise EntriesClosed(title=activity.title)
        if (reason := standing_of(person).why_not(activity)) is not None:
            raise NotEligible(title=activity.title, reason=reason)
        receipt_no = next_receipt_no("booking", now)
        subject = f"{activity.title}参赛作品：{words}"
        matter = Matter(receipt_no, "booking", subject, "已收到", now, now, person.id, actor_id)
        session.add(matter)
        session.flush()
        attach(matter, media, now)
        entry = Entry(receipt_no, activity_id, person.id, words[:512], now, actor_id=actor_id)
        session.add(entry)
        session.flush()
        return entry


def withdraw(person: Person, receipt_no: str, now: datetime) -> Entry:
    """Take a work back, while works are still taken.

    Raises:
        NotFound: the person has none of that number.
        BookingGone: it was withdrawn already.
        EntriesClosed: judging may have begun.
    """
    with unit_of_work() as session:
        entry = get_entry(person.id, receipt_no)
        activity = lock(entry.activity_id)
        session.refresh(entry)
        if entry.state == "withdrawn":
            raise BookingGone(title=activity.title, receipt_no=receipt_no)
        if activity.entries_close_at is None or now >= activity.entries_close_at:
            raise EntriesClosed(title=activity.title)
        entry.state = "withdrawn"
        mark_entry(entry, "已撤回", now)
        session.flush()
        return entry


def get_entry(person_id: int, receipt_no: str) -> Entry:
    """The person's work of that number.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        query = select(Entry).where(
            entries.c.receipt_no == receipt_no.strip().upper(), entries.c.person_id == person_id
        )
        entry = session.execute(query).scalars().first()
        if entry is None:
            raise NotFound()
        return entry


def takes_entries(activity_id: int, now: datetime) -> bool:
    """Whether works can be handed in now."""
    activity = get_listing(activity_id).activity
    closes_at = activity.entries_close_at
    return closes_at is not None and now < closes_at and activity.state != "cancelled"


def mark_entry(entry: Entry, state: str, now: datetime) -> None:
    """Write into the matter of a work how it stands, in words."""
    with unit_of_work() as session:
        matter = session.execute(select(Matter).where(matters.c.receipt_no == entry.receipt_no)).scalar_one()
        matter.state, matter.changed_at = state, now
        session.flush()


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not in quiet hours; that messages were stopped does not matter for an answer to what was handed in."""
    with reading() as session:
        person = session.get(Person, row.person_id)
    until = quiet_until(person, now) if person is not None else None
    return SEND if until is None else Verdict("send", until)
