"""A conversation with `rasa run` and `rasa run actions`, over the REST channel."""

from __future__ import annotations

import re

from actions import all_actions
from service.activities.schedule import schedule
from service.clock import now
from service.ledger import queries
from service.ledger.posting import POINTS
from service.matters.queries import recent
from service.messages import chats
from service.people.queries import by_name
from tests.stock.servers import ACTIVITY, WHO, Servers


def test_every_action_is_registered(servers: Servers) -> None:
    """Rasa's action server finds every action of the package by itself."""
    found = set(re.findall(r"Registered function for '(\w+)'", servers.printed(0)))

    assert found == {action.name() for action in all_actions()}


def test_a_stranger_is_asked_who_they_are(servers: Servers) -> None:
    """Points are for people we know."""
    answer = servers.say("我有多少积分", sender="somebody else")

    assert "积分，时间银行" not in answer
    assert "姓名" in answer


def test_points(servers: Servers) -> None:
    """陈秀兰 hears what the ledger says."""
    with servers.world():
        (person,) = by_name(WHO)
        points = queries.balance(person.id, POINTS)

    assert f"您现在有 {points} 积分" in servers.say("我有多少积分")


def test_a_booking(servers: Servers) -> None:
    """Asked for, read back, agreed to, written, and found again."""
    with servers.world():
        (person,) = by_name(WHO)
        before = len(schedule(person.id, now()))

    assert f"给您报《{ACTIVITY}》，对吗？" in servers.say(f"给我报名{ACTIVITY}")
    answer = servers.say("是的")

    number = re.search(r"B\d{4}-\d{4}", answer)
    assert number, answer
    with servers.world():
        places = schedule(person.id, now())
    assert len(places) == before + 1
    assert number[0] in servers.say("我报名了哪些活动")


def test_a_suggestion_with_another_question_in_its_middle(servers: Servers) -> None:
    """The form waits, asks again, and takes the proposal; the receipt is in the database."""
    asked = servers.say("我想提个建议")
    assert "您请讲" in asked

    digression = servers.say("我有多少积分")
    assert "积分" in digression
    assert "您请讲" in digression

    assert "就这样交上去，好吗？" in servers.say("社区门口的路灯太暗，能不能换成亮一点的")
    number = re.search(r"S\d{4}-\d{4}", servers.say("好的"))
    assert number
    with servers.world():
        chat = chats.find_chat("rasa", WHO)
        assert chat is not None
        assert number[0] in {matter.receipt_no for matter in recent(chat)}
