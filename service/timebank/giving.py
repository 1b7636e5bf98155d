"""Hours that one person gives another."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.ledger import posting, queries
from service.ledger.hours import hours_words
from service.ledger.posting import MINUTES, Reason, person_owner
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.people.models import Person, people
from service.timebank import news
from service.timebank.models import HourGift, hour_gifts
from service.timebank.refusals import (
    AlreadyGiven,
    GiftSettled,
    GiftToOneself,
    ProxyMayNotGive,
    TooFewHours,
)

# So long the giver may think better of it; only then the receiver hears of it.
UNDO_FOR = timedelta(minutes=30)


def check(giver: Person, receiver: Person, minutes: int, *, actor_id: int | None = None) -> int:
    """What the giver would have left, when nothing keeps them from giving so many minutes.

    Args:
        actor_id: who asks, when that may be somebody else.

    Raises:
        ValueError: the minutes are not positive.
        ProxyMayNotGive, GiftToOneself, TooFewHours: as they say.
    """
    if minutes < 1:
        raise ValueError("at least a minute is given")
    if actor_id not in (None, giver.id):
        raise ProxyMayNotGive(name=giver.name)
    if giver.id == receiver.id:
        raise GiftToOneself()
    balance = queries.balance(giver.id, MINUTES)
    if balance < minutes:
        raise TooFewHours(balance=hours_words(balance), needed=hours_words(minutes))
    return balance - minutes


def give(
    giver: Person,
    receiver: Person,
    minutes: int,
    request: str,
    now: datetime,
    *,
    actor_id: int | None = None,
) -> HourGift:
    """Move minutes from one person to another.

    Args:
        request: the name of the question answered with yes; the same one gives once.

    Raises:
        AlreadyGiven: this yes was counted before.
        ValueError, ProxyMayNotGive, GiftToOneself, TooFewHours: as `check`.
    """
    with unit_of_work() as session:
        session.execute(select(people.c.id).where(people.c.id == giver.id).with_for_update(key_share=True))
        known = select(hour_gifts.c.receipt_no).where(hour_gifts.c.request == request)
        if (receipt_no := session.execute(known).scalar()) is not None:
            raise AlreadyGiven(receipt_no=receipt_no)
        check(giver, receiver, minutes, actor_id=actor_id)
        receipt_no, words = next_receipt_no("case", now), hours_words(minutes)
        reason = Reason(
            "timebank", f"{giver.name}送给{receiver.name}{words}", local(now).date(), f"gift:{receipt_no}"
        )
        owners = person_owner(giver.id), person_owner(receiver.id)
        entry = posting.move(*owners, MINUTES, minutes, reason, now)
        session.add(
            Matter(
                receipt_no=receipt_no,
                kind="timebank",
                subject=f"送给{receiver.name}{words}",
                state="已送出",
                created_at=now,
                changed_at=now,
                person_id=giver.id,
            )
        )
        session.flush()
        gift = HourGift(receipt_no, request, giver.id, receiver.id, minutes, entry.id, now)
        session.add(gift)
        session.flush()
        news.tell_of_gift(gift, now, UNDO_FOR)
        return gift


def undo(giver: Person, receipt_no: str, now: datetime) -> HourGift:
    """Take a gift back that was made just now and is not spent.

    Raises:
        NotFound: the person has made no gift of that number.
        GiftSettled: it was taken back before, or the time for that is over, or the hours are spent.
    """
    with unit_of_work() as session:
        query = (
            select(HourGift)
            .where(hour_gifts.c.receipt_no == receipt_no, hour_gifts.c.giver_id == giver.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        gift = session.execute(query).scalars().first()
        if gift is None:
            raise NotFound()
        if gift.undone_at is not None or now - gift.given_at >= UNDO_FOR:
            raise GiftSettled(receipt_no=receipt_no)
        try:
            posting.reverse(gift.entry_id, "撤回送出的小时", now, local(now).date())
        except posting.InsufficientBalance:
            raise GiftSettled(receipt_no=receipt_no) from None
        gift.undone_at = now
        matter = session.execute(select(Matter).where(matters.c.receipt_no == receipt_no)).scalars().one()
        matter.state, matter.changed_at = "已撤回", now
        session.flush()
        return gift


def gift_of(giver_id: int, receipt_no: str) -> HourGift | None:
    """The gift of that number that the person made."""
    with reading() as session:
        query = select(HourGift).where(
            hour_gifts.c.receipt_no == receipt_no, hour_gifts.c.giver_id == giver_id
        )
        return session.execute(query).scalars().first()
