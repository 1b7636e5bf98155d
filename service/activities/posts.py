"""Standing posts: a bin, a street, a grid square that somebody takes on, and the days it is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from dateutil.rrule import rrulestr
from sqlalchemy import select

from service.activities.eligibility import why_class_not
from service.activities.holdings import holdings
from service.activities.models import CLASSES
from service.activities.refusals import (
    AlreadyHeld,
    BookingGone,
    NotEligible,
    PostCovered,
)
from service.activities.team_models import Claim, Post, claims, posts
from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.people.models import Person

POST_KINDS = ("街巷", "桶点", "微网格", "岗亭", "其他")


def open_post(
    kind: str,
    name: str,
    rrule: str,
    minutes: int,
    *,
    place: str = "",
    topics: Sequence[str] = (),
    holders_needed: int = 1,
    eligible_classes: Sequence[str] = ("正常活动",),
) -> Post:
    """Make a post that people can claim.

    Args:
        kind: one of POST_KINDS.
        rrule: on which days it is due, RFC 5545 by the day: FREQ=WEEKLY;BYDAY=TU,TH.
        minutes: what each time counts.

    Raises:
        ValueError: the kind or a class is unknown, or the rule is not one.
    """
    if kind not in POST_KINDS or not set(eligible_classes) <= set(CLASSES):
        raise ValueError("unknown kind or class")
    post = Post(kind, name, rrule, minutes, place, list(topics), holders_needed, list(eligible_classes))
    next_due(post, date(2026, 1, 1))
    with unit_of_work() as session:
        session.add(post)
        session.flush()
        return post


def next_due(post: Post, day: date) -> date:
    """The first day from this one on, it included, on which the post is due.

    Raises:
        ValueError: the rule is not one, or has no such day.
    """
    # Counted from a fixed Monday, so that every other week is the same week for everybody.
    start = datetime(2024, 1, 1)
    found = rrulestr(post.rrule, dtstart=start).after(datetime.combine(day, time()), inc=True)
    if found is None:
        raise ValueError("the rule has no day to come")
    return found.date()


def claim(
    person: Person, post_id: int, now: datetime, *, until: date | None = None, actor_id: int | None = None
) -> Claim:
    """Take a post on, from today until a day or until it is handed back.

    Raises:
        NotFound: there is no such post.
        AlreadyHeld: the person has it, under a number.
        PostCovered: as many as are needed have it.
        NotEligible: it asks too much of somebody of the person's class.
    """
    with unit_of_work() as session:
        post = lock_post(post_id)
        today = local(now).date()
        held = holdings(today, claims.c.post_id == post_id)
        for each in held:
            if each.person.id == person.id:
                raise AlreadyHeld(title=post.name, receipt_no=each.claim.receipt_no)
        if person.activity_class not in post.eligible_classes:
            raise NotEligible(title=post.name, reason=why_class_not(person))
        if len(held) >= post.holders_needed:
            raise PostCovered(title=post.name, holders="、".join(each.person.name for each in held))
        _end_expired(post_id, person.id, today, now)
        receipt_no = next_receipt_no("booking", now)
        on_behalf = actor_id if actor_id != person.id else None
        session.add(
            Matter(
                receipt_no,
                "booking",
                f"认领{post.name}",
                "已认领",
                now,
                now,
                person_id=person.id,
                actor_id=on_behalf,
            )
        )
        session.flush()
        taken = Claim(receipt_no, post_id, person.id, today, now, until, on_behalf)
        session.add(taken)
        session.flush()
        return taken


def hand_back(person: Person, receipt_no: str, now: datetime) -> Claim:
    """Give a post back; what was done counts.

    Raises:
        NotFound: the person has no claim of that number.
        BookingGone: it was handed back already.
    """
    with unit_of_work() as session:
        held = get_claim(person.id, receipt_no)
        post = lock_post(held.post_id)
        session.refresh(held)
        if held.returned_at is not None:
            raise BookingGone(title=post.name, receipt_no=held.receipt_no)
        held.returned_at = now
        _mark(held, "已交还", now)
        return held


def take_up_again(person: Person, receipt_no: str, now: datetime) -> Claim:
    """Undo handing back, under the same number.

    Raises:
        PostCovered: somebody else has it by now.
        NotFound, AlreadyHeld: as they say.
    """
    with unit_of_work() as session:
        held = get_claim(person.id, receipt_no)
        post = lock_post(held.post_id)
        others = holdings(local(now).date(), claims.c.post_id == post.id)
        if any(each.person.id == person.id for each in others):
            raise AlreadyHeld(title=post.name, receipt_no=held.receipt_no)
        if len(others) >= post.holders_needed:
            raise PostCovered(title=post.name, holders="、".join(each.person.name for each in others))
        held.returned_at = None
        _mark(held, "已认领", now)
        session.flush()
        return held


def get_claim(person_id: int, receipt_no: str) -> Claim:
    """The person's claim of that number, whether it holds or not.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        query = select(Claim).where(
            claims.c.receipt_no == receipt_no.strip().upper(), claims.c.person_id == person_id
        )
        found = session.execute(query).scalars().first()
        if found is None:
            raise NotFound()
        return found


def get_post(post_id: int) -> Post:
    """The post of that id.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        post = session.get(Post, post_id)
        if post is None:
            raise NotFound()
        return post


def lock_post(post_id: int) -> Post:
    """The open post, held until the transaction ends.

    Raises:
        NotFound: there is none of that id.
    """
    with unit_of_work() as session:
        query = select(Post).where(posts.c.id == post_id, posts.c.closed_at.is_(None)).with_for_update()
        post = session.execute(query).scalars().first()
        if post is None:
            raise NotFound()
        return post


def _end_expired(post_id: int, person_id: int, today: date, now: datetime) -> None:
    """A claim of theirs that ran out makes room for a new one."""
    with unit_of_work() as session:
        query = select(Claim).where(
            claims.c.post_id == post_id,
            claims.c.person_id == person_id,
            claims.c.returned_at.is_(None),
            claims.c.until < today,
        )
        for expired in session.execute(query).scalars():
            expired.returned_at = now
            _mark(expired, "已到期", now)
        session.flush()


def _mark(held: Claim, state: str, now: datetime) -> None:
    with unit_of_work() as session:
        matter = session.execute(select(Matter).where(matters.c.receipt_no == held.receipt_no)).scalar_one()
        matter.state, matter.changed_at = state, now
        session.flush()
