"""Points and time-bank hours: how many, where from, of which time."""

from __future__ import annotations

from datetime import date

import pytest

from service.ledger import cycles, rules
from service.ledger.posting import MINUTES, POINTS, Reason, credit, debit
from service.people import queries as people
from service.rewards.recognising import recognise
from tests.service.rewards_world import clerk
from tests.support.talk import MONDAY, Talk, enrol


@pytest.fixture
def xia(talk: Talk) -> Talk:
    """夏荷清, with 35 points of two months and two and a half hours."""
    person = enrol("夏荷清")
    for currency, amount, words, day in (
        (POINTS, 30, "清溪河巡河", date(2026, 10, 12)),
        (POINTS, 20, "高铁站引导", date(2026, 11, 20)),
        (MINUTES, 150, "陪邻居看病", date(2026, 11, 18)),
    ):
        credit(person.id, currency, amount, Reason("activities", words, day, f"{words}{currency}"), MONDAY)
    debit(person.id, POINTS, 15, Reason("redemption", "兑换毛巾", date(2026, 11, 21), "towel"), MONDAY)
    return talk.as_person("夏荷清")


async def test_both_balances(xia: Talk) -> None:
    """Points and hours in one sentence."""
    await xia.say("我有多少积分")
    assert "35 积分" in xia.text
    assert "2小时30分钟" in xia.text


async def test_where_from_and_where_to(xia: Talk) -> None:
    """Each with its day, what for and how much."""
    await xia.say("我有多少积分")
    await xia.press("看明细")
    assert "10月12日（周一） 清溪河巡河 +30" in xia.text
    assert "11月20日（周五） 高铁站引导 +20" in xia.text
    assert "11月21日（周六） 兑换毛巾 -15" in xia.text


async def test_of_a_month(xia: Talk) -> None:
    """Only what happened then; the month is named."""
    await xia.say("上个月的积分明细")
    assert "上个月的变动" in xia.text
    assert "清溪河巡河" in xia.text
    assert "高铁站引导" not in xia.text


async def test_nothing_in_that_time(xia: Talk) -> None:
    """Said so, with how to earn some."""
    await xia.say("九月的积分明细")
    assert "九月没有变动" in xia.text
    assert xia.buttons == ["看看活动"]


async def test_hours_have_their_own_history(xia: Talk) -> None:
    """Asked for in words or by button."""
    await xia.say("我的时间银行小时明细给我看看")
    assert "2小时30分钟" in xia.text
    assert "11月18日（周三） 陪邻居看病 +2小时30分钟" in xia.text
    assert "巡河" not in xia.text
    await xia.press("积分明细")
    assert "清溪河巡河" in xia.text
    await xia.press("时间银行明细")
    assert "陪邻居看病" in xia.text


async def test_who_has_nothing_yet(talk: Talk) -> None:
    """Nought is said as such."""
    enrol("伍新雨")
    wu = talk.as_person("伍新雨")
    await wu.say("我有多少积分")
    assert "0 积分" in wu.text
    assert "0小时" in wu.text
    for words in ("积分明细", "时间银行明细"):
        await wu.say(words)
        assert "到现在没有变动" in wu.text
        assert wu.buttons == ["看看活动"]


async def test_a_stranger_has_no_balance(xia: Talk, talk: Talk) -> None:
    """It is asked first who it is."""
    stranger = talk.as_stranger()
    for words in ("我有多少积分", "积分明细"):
        await stranger.say(words)
        assert "姓名" in stranger.text
        assert "积分。" not in stranger.text


async def test_how_points_are_earned(xia: Talk) -> None:
    """From the rules in force, and those to come."""
    rules.set_rule("lesson_finished", 3, MONDAY, valid_from=date(2026, 12, 1))
    await xia.say("积分怎么得的")
    assert "志愿服务每小时 10 分，一天最多 80 分" in xia.text
    assert "学完一课 2 分，一天最多 20 分" in xia.text
    assert "12月1日（周二）起：学完一课 3 分" in xia.text


async def test_when_they_lapse(xia: Talk) -> None:
    """As long as nobody has decided, that is what is said; then the rule."""
    await xia.say("积分什么时候清零")
    assert "到12月31日为止" in xia.text
    for carry, words in ((100, "每人最多转 100 分到2027年"), (0, "2026年的积分清零"), (None, "不清零")):
        cycles.announce(2026, carry, MONDAY)
        await xia.say("积分什么时候清零")
        assert words in xia.text


async def test_what_an_hour_counts(xia: Talk) -> None:
    """In points, and in the time bank."""
    await xia.say("一小时算多少分")
    assert "志愿服务每小时 10 分" in xia.text
    assert "年底不清零" in xia.text


async def test_a_years_statement(xia: Talk) -> None:
    """By reason, with what there was and is."""
    await xia.say("今年的积分对账单")
    assert "夏荷清同志2026年积分账单：现在有 35 分" in xia.text
    assert "年初 0 分，得了 50 分，用了 15 分" in xia.text
    assert "清溪河巡河 +30" in xia.text
    assert "存进2小时30分钟" in xia.text


async def test_praise_and_allowances(xia: Talk) -> None:
    """Told when they are recorded, and shown when asked for, each with what earned it."""
    (person,) = people.by_name("夏荷清")
    await xia.say("我得过什么表扬")
    assert "还没有登记" in xia.text
    by = clerk()
    recognise(person, "补贴", "巡河补贴", "2026年巡河四十次", by, MONDAY, yuan=300)
    recognise(person, "补贴", "巡河补贴", "2026年巡河四十次", by, MONDAY, yuan=300)
    await xia.delivered()
    assert xia.text.count("补贴《巡河补贴》300元") == 1
    assert "因为：2026年巡河四十次" in xia.text
    await xia.say("我的证书和表扬")
    assert "您得过1项" in xia.text
    assert "11月23日（周一） 补贴《巡河补贴》300元，因为：2026年巡河四十次" in xia.text


async def test_older_ones(talk: Talk) -> None:
    """Ten at a time, by a button."""
    person = enrol("夏荷清")
    for day in range(1, 24):
        reason = Reason("activities", f"第{day}次巡河", date(2026, 10, day), f"walk{day}")
        credit(person.id, POINTS, 5, reason, MONDAY)
    xia = talk.as_person("夏荷清")
    await xia.say("积分明细")
    assert ("第23次巡河" in xia.text, "第13次巡河" in xia.text) == (True, False)
    await xia.press("再往前")
    assert ("第13次巡河" in xia.text, "第4次巡河" in xia.text) == (True, True)
    await xia.press("再往前")
    assert "第3次巡河" in xia.text
    assert "再往前" not in xia.buttons
