"""Rewards in the chat: what there is, redeeming in words, undoing, and what comes unasked."""

from __future__ import annotations

from datetime import date

import pytest

from service.ledger import closing
from service.ledger.posting import POINTS, Reason, credit
from service.people.models import Person
from service.rewards import handing_out, shelf
from tests.service.rewards_world import clerk, offer, points
from tests.support.talk import MONDAY, Talk, enrol


@pytest.fixture
def lu_herself(talk: Talk) -> Person:
    """鲁文秀, with 150 points; rice, oil and a blood pressure monitor are on offer."""
    person = enrol("鲁文秀")
    credit(person.id, POINTS, 150, Reason("activities", "站岗", date(2026, 11, 2), "start"), MONDAY)
    offer("大米", 60, 5, also=["米"], per_person=3)
    offer("食用油", 80, 4, "桶", also=["油"])
    offer("血压计", 300, 2, "台")
    return person


@pytest.fixture
def lu(lu_herself: Person, talk: Talk) -> Talk:
    """Her chat."""
    return talk.as_person("鲁文秀")


async def test_what_there_is(lu: Talk) -> None:
    """What she can afford is listed with a button each; the rest is named."""
    await lu.say("积分能换什么")
    assert "您有 150 积分" in lu.text
    assert "1. 食用油 80分一桶，还有4桶" in lu.text
    assert "2. 大米 60分一袋，还有5袋，每人一年3袋" in lu.text
    assert "血压计（300分）" in lu.text
    assert lu.buttons == ["1. 换食用油", "2. 换大米", "怎么攒积分"]


async def test_two_bags_in_words(lu: Talk, lu_herself: Person) -> None:
    """Read back with the balance before and after, then the number; the matter can be tracked."""
    await lu.say("换两袋大米")
    assert "换大米 2袋，用 120 积分" in lu.text
    assert "现在有 150 分，换完还剩 30 分" in lu.text
    assert "12月7日（周一）前到老干部活动中心一楼领" in lu.text
    assert points(lu_herself) == 150
    await lu.say("要得")
    assert "换好了，编号 R2026-0001" in lu.text
    assert "还剩 30 分" in lu.text
    assert points(lu_herself) == 30
    await lu.say("R2026-0001 到哪一步了")
    assert "大米 2袋给您留着，编号 R2026-0001" in lu.text
    await lu.say("积分明细")
    assert "11月23日（周一） 兑换大米 2袋 -120" in lu.text


async def test_by_its_place_in_the_list(lu: Talk) -> None:
    """The second, however it is said."""
    await lu.say("积分能换什么")
    await lu.say("第二个换一份")
    assert "换大米 1袋，用 60 积分" in lu.text
    await lu.say("不换了")
    assert "没有办" in lu.text
    await lu.say("积分能换什么")
    await lu.say("第二个")
    assert "换大米 1袋" in lu.text


async def test_undone_by_button_and_in_words(lu: Talk, lu_herself: Person) -> None:
    """While it is not fetched."""
    await lu.say("换一桶油")
    await lu.press("确认兑换")
    await lu.press("撤销兑换")
    assert "撤销好了，编号 R2026-0001" in lu.text
    assert "现在有 150 分" in lu.text
    await lu.say("换一桶油")
    await lu.press("确认兑换")
    await lu.say("不换了，退掉")
    assert "撤销食用油 1桶的兑换，对吗" in lu.text
    await lu.say("对的")
    assert "撤销好了，编号 R2026-0002" in lu.text
    assert points(lu_herself) == 150


async def test_which_of_two_to_undo(lu: Talk, lu_herself: Person) -> None:
    """Asked, with a button each."""
    for words in ("换一袋大米", "换一桶油"):
        await lu.say(words)
        await lu.press("确认兑换")
    await lu.say("撤销兑换的东西")
    assert lu.buttons == ["1. 大米", "2. 食用油"]
    await lu.say("第一个")
    assert "撤销好了，编号 R2026-0001" in lu.text
    assert points(lu_herself) == 70


async def test_refusals(lu: Talk, lu_herself: Person) -> None:
    """What is missing, what is left, what a year allows; nothing is taken."""
    await lu.say("换血压计")
    assert "还差 150 分" in lu.text
    assert "能换什么" in lu.buttons
    await lu.say("换九桶食用油")
    assert "食用油不够了，只剩4桶" in lu.text
    await lu.say("换四袋大米")
    assert "每人一年最多换3袋" in lu.text
    await lu.say("换一台电冰箱")
    assert "没有您说的这一样" in lu.text
    assert points(lu_herself) == 150


async def test_gone_between_question_and_yes(lu: Talk, lu_herself: Person) -> None:
    """Somebody else was quicker: she is told, and keeps her points."""
    await lu.say("换一袋大米")
    shelf.restock(1, -5)
    await lu.press("确认兑换")
    assert "大米不够了，只剩0袋，积分没有动" in lu.text
    assert points(lu_herself) == 150


async def test_yes_twice(lu: Talk, lu_herself: Person) -> None:
    """The second yes finds no question open."""
    await lu.say("换一袋大米")
    await lu.say("好")
    await lu.say("好")
    assert points(lu_herself) == 90


async def test_fetched(lu: Talk) -> None:
    """The button of yesterday's message says that it was fetched."""
    await lu.say("换一袋大米")
    await lu.press("确认兑换")
    handing_out.hand_out("R2026-0001", clerk(), lu.clock())
    await lu.press("撤销兑换")
    assert "编号 R2026-0001 这一份已领取，没有再动" in lu.text
    await lu.say("R2026-0001 怎么样了")
    assert "大米 1袋（编号 R2026-0001）：已领取" in lu.text


async def test_reminded_and_lapsed(lu: Talk, lu_herself: Person) -> None:
    """Told before and after; the points are there again."""
    await lu.say("换一袋大米")
    await lu.press("确认兑换")
    lu.clock.set("2026-12-05T10:00")
    handing_out.move_on(lu.clock())
    await lu.delivered()
    assert "您换的大米 1袋还没有领" in lu.text
    assert "不要了退积分" in lu.buttons
    lu.clock.set("2026-12-08T10:00")
    handing_out.move_on(lu.clock())
    await lu.delivered()
    assert "60 积分已经退回给您" in lu.text
    assert points(lu_herself) == 150


async def test_a_closed_year(lu: Talk) -> None:
    """The reason and the day from which it goes on; the statement comes once."""
    lu.clock.set("2026-12-30T10:00")
    closing.close(2026, 100, lu.clock())
    await lu.delivered()
    assert "转到2027年 100 分，清零 50 分" in lu.text
    await lu.say("换一袋大米")
    assert "2026年的积分正在年终结算，2027年1月1日起可以再换" in lu.text


async def test_a_stranger(talk: Talk, lu: Talk) -> None:
    """Is asked first who it is."""
    stranger = talk.as_stranger()
    await stranger.say("积分能换什么")
    assert "姓名" in stranger.text
