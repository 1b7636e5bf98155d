"""Rewards and people who want them, for the tests of the area."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

from service.db import unit_of_work
from service.ledger import queries
from service.ledger.posting import MINUTES, POINTS, Reason, credit
from service.organisations.models import Office
from service.people.models import Person
from service.rewards import shelf
from service.rewards.models import Reward
from service.staff.models import Staff
from tests.support.talk import MONDAY

TODAY = date(2026, 11, 23)


def offer(name: str = "大米", price: int = 60, stock: int = 10, unit: str = "袋", **details: Any) -> Reward:
    """Something on the shelf, handed out on weekdays."""
    where = {"pickup_place": "老干部活动中心一楼", "pickup_times": "上午9点到11点半"} | details
    return shelf.add(Reward(name=name, unit=unit, price=price, stock=stock, **where))


def clerk(name: str = "白知秋") -> Staff:
    """A member of staff."""
    with unit_of_work() as session:
        office = Office(name=f"{name}的局")
        session.add(office)
        session.flush()
        member = Staff(office_id=office.id, name=name)
        session.add(member)
        session.flush()
        return member


def give(person: Person, amount: int, currency: str = POINTS, words: str = "高铁站引导 2小时") -> None:
    """Something to spend."""
    key = f"test:{person.id}:{currency}:{amount}:{words}"
    credit(person.id, currency, amount, Reason("activities", words, TODAY, key), MONDAY)


def points(person: Person) -> int:
    """What the person has of points."""
    return queries.balance(person.id, POINTS)


def minutes(person: Person) -> int:
    """What the person has of minutes."""
    return queries.balance(person.id, MINUTES)


def at_once(*calls: Any) -> list[BaseException | None]:
    """Run each call in a thread and transaction of its own, all begun together; what each raised."""
    begin, raised = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int) -> None:
        begin.wait(5)
        try:
            calls[place]()
        except BaseException as error:
            raised[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return raised  # type: ignore[return-value]
