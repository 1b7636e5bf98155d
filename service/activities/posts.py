"""Standing posts: a bin, a street, a grid square that somebody takes on, the days it is due, and each day it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from sqlalchemy import select

from service import linking
from service.activities.eligibility import why_class_not
from service.activities.models import CLASSES
from service.activities.refusals import (
    AlreadyHeld,
    BookingGone,
    NotDueToday,
    NotEligible,
    PostCovered,
)
from service.activities.team_models import Claim, Duty, Post, claims, duties, posts
from service.clock import day_words, local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.ledger.earning import Earned, earn
from service.ledger.posting import Reason
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.people.models import Person, people

POST_KINDS = ("街巷", "桶点", "微网格", "岗亭", "其他")
# A duty may be reported that many days after it was due.
REPORTED_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Holding:
    """A claim that holds, with its post and who holds it."""

    claim: Claim
    post: Post
    person: Person


@dataclass(frozen=True)
class Coverage:
    """A post, who holds it, and how many are still wanted."""

    post: Post
    holders: tuple[Person, ...]

    @property
    def wanted(self) -> int:
        """How many more are needed for it to be covered."""
        return max(0, self.post.holders_needed - len(self.holders))


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
        post = _lock(post_id)
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
        post = _lock(held.post_id)
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
        post = _lock(held.post_id)
        others = holdings(local(now).date(), claims.c.post_id == post.id)
        if any(each.person.id == person.id for each in others):
            raise AlreadyHeld(title=post.name, receipt_no=held.receipt_no)
        if len(others) >= post.holders_needed:
            raise PostCovered(title=post.name, holders="、".join(each.person.name for each in others))
        held.returned_at = None
        _mark(held, "已认领", now)
        session.flush()
        return held


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
        post = _lock(held.post_id)
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


def holdings(today: date, *conditions: object) -> list[Holding]:
    """The claims that hold on a day, by post."""
    running = claims.c.until.is_(None) | (claims.c.until >= today)
    with reading() as session:
        query = (
            select(Claim, Post, Person)
            .join(posts, posts.c.id == claims.c.post_id)
            .join(people, people.c.id == claims.c.person_id)
            .where(claims.c.returned_at.is_(None), running, *conditions)
            .order_by(posts.c.name, claims.c.id)
        )
        return [Holding(*row) for row in session.execute(query)]


def held_by(person_id: int, now: datetime) -> list[Holding]:
    """The posts that a person holds."""
    return holdings(local(now).date(), claims.c.person_id == person_id)


def coverage(now: datetime) -> list[Coverage]:
    """Every open post with who holds it, those that lack somebody first."""
    held: dict[int, list[Person]] = {}
    for each in holdings(local(now).date()):
        held.setdefault(each.post.id, []).append(each.person)
    with reading() as session:
        query = select(Post).where(posts.c.closed_at.is_(None)).order_by(posts.c.name)
        every = [Coverage(post, tuple(held.get(post.id, ()))) for post in session.execute(query).scalars()]
    return sorted(every, key=lambda each: (-each.wanted, each.post.name))


def named_in(sentence: str, now: datetime) -> list[Coverage]:
    """The posts that a sentence names by their name, place or topics, those named most exactly."""
    scored = []
    for each in coverage(now):
        post = each.post
        whole = linking.mentions(sentence, [post.name])
        part = linking.mentions(sentence, [post.place]) and linking.mentions(
            sentence, [post.kind, *post.topics]
        )
        scored.append(
            (max(whole + 1 if whole else 0, part, linking.mentions(sentence, [post.place]) / 2), each)
        )
    best = max((score for score, _ in scored), default=0)
    return [each for score, each in scored if score and score == best]


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


def _lock(post_id: int) -> Post:
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
