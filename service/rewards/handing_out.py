"""Handing rewards out by receipt number, and what time alone does to those that nobody fetches."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from service.clock import local
from service.db import reading, unit_of_work
from service.rewards import news
from service.rewards.models import Redemption, Reward, redemptions
from service.rewards.redeeming import IN_WORDS, lock_redemption, put_back, settle
from service.rewards.refusals import RedemptionSettled
from service.staff.models import Staff

# The day before yesterday there is still time to go; before nine nobody wants to hear of it.
_REMIND_DAYS, _REMIND_HOUR = 2, 9


def hand_out(receipt_no: str, by: Staff, now: datetime) -> Redemption:
    """Note that a reward was handed out; told twice, it was handed out once.

    Raises:
        NotFound: there is no redemption of that number.
        RedemptionSettled: it was given back or has lapsed, or was handed out on another occasion by somebody else.
    """
    with unit_of_work() as session:
        redemption = lock_redemption(receipt_no)
        if redemption.state == "picked_up" and redemption.staff_id == by.id:
            return redemption
        if redemption.state != "reserved":
            raise RedemptionSettled(receipt_no=receipt_no, how=IN_WORDS[redemption.state])
        redemption.staff_id = by.id
        settle(redemption, "picked_up", now)
        session.flush()
        return redemption


def move_on(now: datetime) -> None:
    """Remind of what is to be fetched soon, and let lapse what was not; for the timetable, harmless to repeat."""
    today = local(now).date()
    if local(now).hour >= _REMIND_HOUR:
        soon = redemptions.c.pick_up_until <= today + timedelta(days=_REMIND_DAYS)
        waiting = redemptions.c.pick_up_until >= today
        for receipt_no in _reserved(soon & waiting & redemptions.c.reminded_at.is_(None)):
            _remind(receipt_no, now)
    for receipt_no in _reserved(redemptions.c.pick_up_until < today):
        lapse(receipt_no, now)


def lapse(receipt_no: str, now: datetime) -> None:
    """Give the points of what was not fetched in time back to the person, and tell them; harmless to repeat.

    Raises:
        NotFound: there is no redemption of that number.
    """
    with unit_of_work() as session:
        redemption = lock_redemption(receipt_no)
        if redemption.state != "reserved" or redemption.pick_up_until >= local(now).date():
            return
        put_back(redemption, "lapsed", "过期未领", now)
        news.tell(redemption, session.get(Reward, redemption.reward_id), "redemption_lapsed", now)


def _remind(receipt_no: str, now: datetime) -> None:
    with unit_of_work() as session:
        redemption = lock_redemption(receipt_no)
        if redemption.state == "reserved" and redemption.reminded_at is None:
            redemption.reminded_at = now
            news.tell(redemption, session.get(Reward, redemption.reward_id), "redemption_reminder", now)


def _reserved(condition) -> list[str]:  # type: ignore[no-untyped-def]
    # One transaction a redemption, so that none waits for another and a failure stops only its own.
    with reading() as session:
        query = select(redemptions.c.receipt_no).where(redemptions.c.state == "reserved", condition)
        return list(session.execute(query.order_by(redemptions.c.id)).scalars())
