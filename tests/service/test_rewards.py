"""Rewards: reserved, picked up or given back; stock, limits and points hold whoever is quicker; nothing twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from service import clock, db
from service.errors import NotFound
from service.ledger import closing, queries
from service.ledger.cycles import CycleClosed
from service.matters.models import Matter, matters
from service.messages.models import Outgoing
from service.people.models import Person
from service.rewards import handing_out, redeeming, shelf
from service.rewards import queries as kept
from service.rewards.models import Redemption, Reward
from service.rewards.refusals import (
    AlreadyRedeemed,
    ProxyMayNotRedeem,
    RedemptionSettled,
    RewardLimit,
    RewardSoldOut,
    RewardWithdrawn,
    TooFewPoints,
)
from tests.service.rewards_world import at_once, clerk, give, offer, points
from tests.support.talk import MONDAY, enrol


@pytest.fixture
def meng(database: db.Engine) -> Person:
    """孟秋菊, with two hundred points."""
    person = enrol("孟秋菊")
    give(person, 200)
    return person


def redeem(person: Person, reward: Reward, quantity: int = 1, request: str = "问一") -> Redemption:
    """The person says yes to the question of that name."""
    return redeeming.redeem(person, reward.id, quantity, request, MONDAY)


def told(person: Person) -> list[str]:
    """What the person is to be told unasked."""
    with db.reading() as session:
        rows = session.execute(select(Outgoing).where(Outgoing.person_id == person.id)).scalars()
        return [(row.payload or {})["text"] for row in rows]


def matter(receipt_no: str) -> Matter:
    """The matter of that number."""
    with db.reading() as session:
        return session.execute(select(Matter).where(matters.c.receipt_no == receipt_no)).scalars().one()


def test_two_bags(meng: Person) -> None:
    """Points and stock go, a receipt is kept, and the matter says it in plain words."""
    rice = offer(stock=5)
    done = redeem(meng, rice, 2)
    assert done.receipt_no == "R2026-0001"
    assert (points(meng), shelf.get(rice.id).stock) == (80, 3)
    assert done.pick_up_until == date(2026, 12, 7)
    assert matter(done.receipt_no).state == "待领取"
    assert matter(done.receipt_no).subject == "兑换大米 2袋，12月7日（周一）前到老干部活动中心一楼领取"
    assert queries.history(meng.id, "points")[0].words == "兑换大米 2袋"


def test_one_yes_redeems_once(meng: Person) -> None:
    """A double tap, one after the other or at the same moment, is refused with the number."""
    rice = offer()
    done = redeem(meng, rice)
    with pytest.raises(AlreadyRedeemed) as refused:
        redeem(meng, rice)
    assert refused.value.reasons == {"receipt_no": done.receipt_no}
    raised = at_once(*(lambda: redeem(meng, rice, request="问二") for _ in range(4)))
    assert sorted(type(error).__name__ for error in raised) == ["AlreadyRedeemed"] * 3 + ["NoneType"]
    assert (points(meng), shelf.get(rice.id).stock) == (80, 8)


def test_the_last_one_goes_to_one(meng: Person) -> None:
    """Two people, in transactions of their own at the same moment; the other keeps the points."""
    rice, bi = offer(stock=1), enrol("毕长根")
    give(bi, 100)
    raised = at_once(lambda: redeem(meng, rice, request="甲"), lambda: redeem(bi, rice, request="乙"))
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "RewardSoldOut"]
    assert shelf.get(rice.id).stock == 0
    assert sorted([points(meng) - 200, points(bi) - 100]) == [-60, 0]
    assert queries.discrepancies() == []


def test_the_same_points_for_two_things_at_once(meng: Person) -> None:
    """Two hundred points and two things at a hundred and fifty: one of them is had."""
    things = [offer("食用油", 150), offer("血压计", 150)]
    raised = at_once(*(lambda thing=thing: redeem(meng, thing, request=thing.name) for thing in things))
    assert [type(error).__name__ for error in raised].count("NoneType") == 1
    assert points(meng) == 50
    assert sorted(shelf.get(thing.id).stock for thing in things) == [9, 10]


def test_refusals_say_why(meng: Person) -> None:
    """Each by its name, with what the sentence needs; nothing moves."""
    rice, oil = offer(stock=3, per_person=2), offer("食用油", 250, unit="桶")
    with pytest.raises(RewardSoldOut) as sold_out:
        redeem(meng, rice, 4)
    assert sold_out.value.reasons == {"name": "大米", "unit": "袋", "left": 3}
    with pytest.raises(TooFewPoints) as too_few:
        redeem(meng, oil)
    assert too_few.value.reasons == {"what": "食用油 1桶", "cost": 250, "balance": 200, "short": 50}
    with pytest.raises(ProxyMayNotRedeem):
        redeeming.redeem(meng, rice.id, 1, "女儿", MONDAY, actor_id=enrol("孟小满").id)
    with pytest.raises(ValueError, match="at least one"):
        redeem(meng, rice, 0)
    with pytest.raises(NotFound):
        redeeming.redeem(meng, 999, 1, "问", MONDAY)
    shelf.withdraw(rice.id)
    with pytest.raises(RewardWithdrawn):
        redeem(meng, rice)
    assert points(meng) == 200


def test_a_limit_by_the_year(meng: Person) -> None:
    """What was given back does not count; the next year begins anew."""
    rice = offer(price=10, per_person=2)
    first = redeem(meng, rice, 2)
    with pytest.raises(RewardLimit) as refused:
        redeem(meng, rice, 1, "问二")
    assert refused.value.reasons == {"name": "大米", "unit": "袋", "per_person": 2, "had": 2}
    redeeming.cancel(meng, first.receipt_no, MONDAY)
    redeem(meng, rice, 2, "问三")
    redeeming.redeem(meng, rice.id, 1, "明年", clock.parse("2027-01-04T09:00"))


def test_a_limit_holds_against_two_at_once(meng: Person) -> None:
    """Two chats of one person."""
    rice = offer(price=10, per_person=1)
    raised = at_once(*(lambda name=name: redeem(meng, rice, request=name) for name in "甲乙"))
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "RewardLimit"]


def test_giving_it_back(meng: Person) -> None:
    """Points and stock come back, once; nobody else can."""
    rice = offer(stock=1)
    done = redeem(meng, rice)
    with pytest.raises(NotFound):
        redeeming.cancel(enrol("毕长根"), done.receipt_no, MONDAY)
    redeeming.cancel(meng, done.receipt_no, MONDAY)
    for again in range(2):
        with pytest.raises(RedemptionSettled, match="redemption_settled"):
            redeeming.cancel(meng, done.receipt_no, MONDAY)
        assert (points(meng), shelf.get(rice.id).stock) == (200, 1), again
    assert matter(done.receipt_no).state == "已撤销"
    assert queries.history(meng.id, "points")[0].words == "退回积分：大米 1袋（撤销）"


def test_handing_out(meng: Person) -> None:
    """Once, by whoever does it; told again it changes nothing, and it cannot be given back any more."""
    done, by = redeem(meng, offer()), clerk()
    handing_out.hand_out(done.receipt_no, by, MONDAY)
    again = handing_out.hand_out(done.receipt_no, by, clock.parse("2026-11-24T10:00"))
    assert (again.state, again.settled_at) == ("picked_up", MONDAY)
    with pytest.raises(RedemptionSettled):
        handing_out.hand_out(done.receipt_no, clerk("夏青禾"), MONDAY)
    with pytest.raises(RedemptionSettled):
        redeeming.cancel(meng, done.receipt_no, MONDAY)
    assert matter(done.receipt_no).state == "已领取"
    with pytest.raises(NotFound):
        handing_out.hand_out("R2026-0999", by, MONDAY)


def test_handed_out_or_given_back(meng: Person) -> None:
    """At the same moment: one of the two happens, and the points are where the thing is not."""
    rice, by = offer(stock=1), clerk()
    done = redeem(meng, rice)
    raised = at_once(
        lambda: handing_out.hand_out(done.receipt_no, by, MONDAY),
        lambda: redeeming.cancel(meng, done.receipt_no, MONDAY),
    )
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "RedemptionSettled"]
    state = kept.get(meng.id, done.receipt_no).redemption.state
    assert (state, points(meng), shelf.get(rice.id).stock) in [("picked_up", 140, 0), ("cancelled", 200, 1)]


def test_reminded_once_then_lapsed_once(meng: Person) -> None:
    """Two days before, after nine; the day after the last one the points come back, however often time is told."""
    rice = offer(stock=1)
    done = redeem(meng, rice)
    handing_out.move_on(clock.parse("2026-12-04T09:00"))
    handing_out.move_on(clock.parse("2026-12-05T08:59"))
    assert told(meng) == []
    for moment in ("2026-12-05T09:00", "2026-12-05T09:01", "2026-12-07T23:59"):
        handing_out.move_on(clock.parse(moment))
    assert len(told(meng)) == 1
    assert kept.get(meng.id, done.receipt_no).redemption.reminded_at == clock.parse("2026-12-05T09:00")
    assert "12月7日（周一）前到老干部活动中心一楼领" in told(meng)[0]
    assert points(meng) == 140
    for moment in ("2026-12-08T00:00", "2026-12-08T00:01", "2026-12-09T00:00"):
        handing_out.move_on(clock.parse(moment))
        handing_out.lapse(done.receipt_no, clock.parse(moment))
    assert len(told(meng)) == 2
    assert "60 积分已经退回" in told(meng)[1]
    assert (points(meng), shelf.get(rice.id).stock) == (200, 1)
    assert matter(done.receipt_no).state == "过期已退回积分"
    with pytest.raises(RedemptionSettled):
        handing_out.hand_out(done.receipt_no, clerk(), clock.parse("2026-12-09T09:00"))
    assert queries.discrepancies() == []


def test_not_reminded_of_what_was_fetched(meng: Person) -> None:
    """Picked up: neither a reminder nor a lapse."""
    done = redeem(meng, offer())
    handing_out.hand_out(done.receipt_no, clerk(), MONDAY)
    for moment in ("2026-12-06T10:00", "2026-12-20T10:00"):
        handing_out.move_on(clock.parse(moment))
    assert told(meng) == []


def test_nothing_from_a_closed_year(meng: Person) -> None:
    """Refused from the moment closing begins until the new year; what was kept may still lapse and come back."""
    rice, end = offer(), clock.parse("2026-12-28T10:00")
    done = redeeming.redeem(meng, rice.id, 1, "之前", end)
    closing.close(2026, None, end)
    with pytest.raises(CycleClosed) as refused:
        redeeming.redeem(meng, rice.id, 1, "之后", end)
    assert refused.value.reasons == {"year": 2026, "next_year": 2027}
    new_year = clock.parse("2027-01-01T00:00")
    redeeming.redeem(meng, rice.id, 1, "新年", new_year)
    handing_out.move_on(clock.parse("2027-02-01T09:00"))
    assert kept.get(meng.id, done.receipt_no).redemption.state == "lapsed"
    assert points(meng) == 200


def test_what_one_can_afford_first(meng: Person) -> None:
    """The dearest of it at the head, then what to save for; nothing that is sold out or withdrawn."""
    for name, price, stock in (
        ("毛巾", 20, 1),
        ("大米", 60, 3),
        ("血压计", 500, 1),
        ("食用油", 300, 1),
        ("雨伞", 30, 0),
    ):
        offer(name, price, stock)
    shelf.withdraw(offer("台历", 10).id)
    shown = [(each.reward.name, each.affordable) for each in shelf.offers(200)]
    assert shown == [("大米", True), ("毛巾", True), ("食用油", False), ("血压计", False)]


@pytest.mark.parametrize(
    ("said", "sentence", "names"),
    [
        (["大米"], "换两袋大米", ["五常大米"]),
        (["油"], "换一桶油", ["食用油"]),
        ([], "我想拿积分换个血压计", ["血压计"]),
        (["米"], "换米", ["五常大米"]),
        (["飞机"], "换架飞机", []),
    ],
)
def test_by_name(database: db.Engine, said: list[str], sentence: str, names: list[str]) -> None:
    """As people call it, not as the list does."""
    offer("五常大米", also=["大米", "米"])
    offer("食用油", also=["油", "菜油"], unit="桶")
    offer("血压计")
    assert [each.name for each in shelf.meant(said, sentence)] == names


def test_stock_comes_and_goes(meng: Person) -> None:
    """Never below nothing; what is wrongly described is not offered."""
    rice = offer(stock=2)
    assert shelf.restock(rice.id, 5).stock == 7
    with pytest.raises(ValueError, match="only 7"):
        shelf.restock(rice.id, -8)
    with pytest.raises(ValueError, match="known already"):
        offer()
    with pytest.raises(ValueError, match="at least one day"):
        offer("面", pickup_weekdays=[])
    with pytest.raises(ValueError, match="at least one"):
        offer("面", price=0)
