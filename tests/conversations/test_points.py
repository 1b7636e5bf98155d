"""Points and time-bank hours: how many, where from, of which time."""

from __future__ import annotations

from datetime import date

import pytest

from service.ledger.posting import MINUTES, POINTS, Reason, credit, debit
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
