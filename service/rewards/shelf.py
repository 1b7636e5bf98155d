"""What is on offer: for people, what they can afford first; for staff, putting it there and taking it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from service import linking
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.rewards.models import Reward, rewards
from service.rewards.redeeming import lock_reward


@dataclass(frozen=True)
class Offer:
    """A reward as somebody with so many points sees it."""

    reward: Reward
    affordable: bool


def offers(points: int) -> list[Offer]:
    """What is offered and in stock: first what so many points buy, the dearest first, then the rest, the cheapest first."""
    with reading() as session:
        query = select(Reward).where(rewards.c.state == "offered", rewards.c.stock > 0)
        found = list(session.execute(query.order_by(rewards.c.price, rewards.c.id)).scalars())
    within = [Offer(reward, True) for reward in found if reward.price <= points]
    beyond = [Offer(reward, False) for reward in found if reward.price > points]
    return within[::-1] + beyond


def meant(words: Sequence[str], sentence: str) -> list[Reward]:
    """The rewards that the words name, the likeliest first; in a whole sentence only when no word names one.

    What is not offered any more or sold out is among them, so that the person hears why it cannot be had.
    """
    with reading() as session:
        known = list(session.execute(select(Reward).order_by(rewards.c.id)).scalars())
    scored = [
        (max((linking.score(word, _names(each)) for word in words), default=0.0), each) for each in known
    ]
    if max((score for score, _ in scored), default=0.0) < linking.MATCH:
        scored = [(linking.mentions(sentence, _names(each)), each) for each in known]
    best = max((score for score, _ in scored), default=0.0)
    if best < linking.MATCH:
        return []
    near = [(score, each) for score, each in scored if score >= max(linking.MATCH, best - linking.WITHIN)]
    return [each for _, each in sorted(near, key=lambda pair: -pair[0])]


def _names(reward: Reward) -> list[str]:
    return [reward.name, *reward.also]


def get(reward_id: int) -> Reward:
    """The reward of that id.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        reward = session.get(Reward, reward_id)
        if reward is None:
            raise NotFound()
        return reward


def all_rewards() -> list[Reward]:
    """Every reward there ever was, in the order they were entered."""
    with reading() as session:
        return list(session.execute(select(Reward).order_by(rewards.c.id)).scalars())


def add(reward: Reward) -> Reward:
    """Offer something new.

    Raises:
        ValueError: a number is not positive, a weekday is none, or something of that name is known already.
    """
    numbers = (reward.price, reward.pickup_days, reward.per_person or 1)
    if min(numbers) < 1 or reward.stock < 0:
        raise ValueError("price, limit and days are at least one, and stock is not below zero")
    if not reward.pickup_weekdays or not set(reward.pickup_weekdays) <= set(range(7)):
        raise ValueError("it is handed out on at least one day of the week, 0 (Monday) to 6")
    with unit_of_work() as session:
        if session.execute(select(rewards.c.id).where(rewards.c.name == reward.name)).scalar() is not None:
            raise ValueError(f"{reward.name} is known already")
        session.add(reward)
        session.flush()
        return reward


def restock(reward_id: int, change: int) -> Reward:
    """Note that so many more came in or, below zero, are not there.

    Raises:
        NotFound: there is no such reward.
        ValueError: fewer than none would be left.
    """
    with unit_of_work() as session:
        reward = lock_reward(reward_id)
        if reward.stock + change < 0:
            raise ValueError(f"only {reward.stock} are left")
        reward.stock += change
        session.flush()
        return reward


def withdraw(reward_id: int) -> Reward:
    """Offer it no more; what is kept for people stays kept.

    Raises:
        NotFound: there is no such reward.
    """
    with unit_of_work() as session:
        reward = lock_reward(reward_id)
        reward.state = "withdrawn"
        session.flush()
        return reward
