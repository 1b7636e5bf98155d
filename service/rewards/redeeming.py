"""Redeeming: reserved for points, picked up, given back or lapsed; stock is counted under a lock on the reward."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from service.clock import day_words, local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.ledger import cycles, posting, queries
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.people.models import Person
from service.rewards.models import Redemption, Reward, redemptions, rewards
from service.rewards.news import things
from service.rewards.pickup_days import last_day
from service.rewards.refusals import (
    AlreadyRedeemed,
    ProxyMayNotRedeem,
    RedemptionSettled,
    RewardLimit,
    RewardSoldOut,
    RewardWithdrawn,
    TooFewPoints,
)

IN_WORDS = {"reserved": "待领取", "picked_up": "已领取", "lapsed": "过期已退回积分", "cancelled": "已撤销"}
# What counts towards a person's limit.
_COUNTED = ("reserved", "picked_up")


def check(
    person: Person, reward_id: int, quantity: int, now: datetime, *, actor_id: int | None = None
) -> Reward:
    """The reward, when nothing keeps the person from redeeming so many of it now.

    Args:
        actor_id: who asks, when that may be somebody else.

    Raises:
        ValueError: the quantity is not positive.
        NotFound: there is no such reward.
        ProxyMayNotRedeem, RewardWithdrawn, RewardSoldOut, CycleClosed, RewardLimit, TooFewPoints: as they say.
    """
    if quantity < 1:
        raise ValueError("at least one is redeemed")
    if actor_id not in (None, person.id):
        raise ProxyMayNotRedeem(name=person.name)
    with reading() as session:
        reward = session.get(Reward, reward_id)
        if reward is None:
            raise NotFound()
    if reward.state != "offered":
        raise RewardWithdrawn(name=reward.name)
    if reward.stock < quantity:
        raise RewardSoldOut(name=reward.name, unit=reward.unit, left=reward.stock)
    year = local(now).year
    if cycles.state_of(year) != cycles.OPEN:
        raise cycles.CycleClosed(year=year, next_year=year + 1)
    had = _had(person.id, reward_id, year)
    if reward.per_person is not None and had + quantity > reward.per_person:
        raise RewardLimit(name=reward.name, unit=reward.unit, per_person=reward.per_person, had=had)
    balance, cost = queries.balance(person.id, posting.POINTS), reward.price * quantity
    if balance < cost:
        raise TooFewPoints(what=things(reward, quantity), cost=cost, balance=balance, short=cost - balance)
    return reward


def redeem(
    person: Person,
    reward_id: int,
    quantity: int,
    request: str,
    now: datetime,
    *,
    actor_id: int | None = None,
) -> Redemption:
    """Take the points and keep so many of the reward for the person.

    Args:
        request: the name of the question answered with yes; the same one redeems once.
        actor_id: who asks, when that may be somebody else.

    Raises:
        AlreadyRedeemed: this yes was counted before.
        ValueError, NotFound, ProxyMayNotRedeem, RewardWithdrawn, RewardSoldOut, CycleClosed, RewardLimit,
            TooFewPoints: as `check`.
    """
    with unit_of_work() as session:
        reward = lock_reward(reward_id)
        known = select(redemptions.c.receipt_no).where(redemptions.c.request == request)
        if (receipt_no := session.execute(known).scalar()) is not None:
            raise AlreadyRedeemed(receipt_no=receipt_no)
        if actor_id not in (None, person.id):
            raise ProxyMayNotRedeem(name=person.name)
        year = cycles.hold_open(now)
        check(person, reward_id, quantity, now)
        receipt_no, today = next_receipt_no("redemption", now), local(now).date()
        what, cost = things(reward, quantity), reward.price * quantity
        reason = posting.Reason("redemption", f"兑换{what}", today, f"redemption:{receipt_no}")
        entry = posting.debit(person.id, posting.POINTS, cost, reason, now)
        until = last_day(today, reward.pickup_days, reward.pickup_weekdays)
        session.add(
            Matter(
                receipt_no=receipt_no,
                kind="redemption",
                subject=f"兑换{what}，{day_words(until)}前到{reward.pickup_place}领取",
                state=IN_WORDS["reserved"],
                created_at=now,
                changed_at=now,
                person_id=person.id,
                due_on=until,
            )
        )
        session.flush()
        redemption = Redemption(
            receipt_no, request, reward_id, person.id, quantity, cost, entry.id, year, now, until
        )
        session.add(redemption)
        reward.stock -= quantity
        session.flush()
        return redemption


def cancel(person: Person, receipt_no: str, now: datetime) -> Redemption:
    """Give a reserved reward back for its points.

    Raises:
        NotFound: the person has no redemption of that number.
        RedemptionSettled: it was picked up, given back, or lapsed.
    """
    with unit_of_work():
        redemption = lock_redemption(receipt_no)
        if redemption.person_id != person.id:
            raise NotFound()
        if redemption.state != "reserved":
            raise RedemptionSettled(receipt_no=receipt_no, how=IN_WORDS[redemption.state])
        put_back(redemption, "cancelled", "撤销", now)
        return redemption


def put_back(redemption: Redemption, state: str, why: str, now: datetime) -> None:
    """Return the points and the stock of a reserved redemption, whose lock the caller holds."""
    with unit_of_work() as session:
        reward = lock_reward(redemption.reward_id)
        what = things(reward, redemption.quantity)
        posting.reverse(redemption.entry_id, f"退回积分：{what}（{why}）", now, local(now).date())
        reward.stock += redemption.quantity
        settle(redemption, state, now)
        session.flush()


def settle(redemption: Redemption, state: str, now: datetime) -> None:
    """Write down how a redemption ended, in its own row and in its matter."""
    with unit_of_work() as session:
        redemption.state, redemption.settled_at = state, now
        query = select(Matter).where(matters.c.receipt_no == redemption.receipt_no)
        matter = session.execute(query).scalars().one()
        matter.state, matter.changed_at = IN_WORDS[state], now
        session.flush()


def lock_redemption(receipt_no: str) -> Redemption:
    """The redemption of that number, held until the transaction ends. It is locked before its reward.

    Raises:
        NotFound: there is none.
    """
    with unit_of_work() as session:
        query = (
            select(Redemption)
            .where(redemptions.c.receipt_no == receipt_no)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        redemption = session.execute(query).scalars().first()
        if redemption is None:
            raise NotFound()
        return redemption


def lock_reward(reward_id: int) -> Reward:
    """The reward as it is now, held until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    with unit_of_work() as session:
        query = (
            select(Reward)
            .where(rewards.c.id == reward_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        reward = session.execute(query).scalars().first()
        if reward is None:
            raise NotFound()
        return reward


def _had(person_id: int, reward_id: int, year: int) -> int:
    """How many of a reward a person has had, or has kept for them, in a year."""
    c = redemptions.c
    with reading() as session:
        query = select(func.coalesce(func.sum(c.quantity), 0)).where(
            c.person_id == person_id, c.reward_id == reward_id, c.year == year, c.state.in_(_COUNTED)
        )
        return int(session.execute(query).scalar_one())
