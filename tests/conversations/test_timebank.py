"""The time bank in the chat: help asked for and claimed, confirmed by both, hours given away."""

from __future__ import annotations

from datetime import date

import pytest

from service.db import unit_of_work
from service.ledger.posting import MINUTES, Reason, credit
from service.organisations.models import Community
from service.people.models import Person
from service.timebank import helping
from tests.service.rewards_world import clerk, minutes
from tests.support.talk import MONDAY, Talk, enrol


@pytest.fixture
def an_herself(talk: Talk) -> Person:
    """安雪琴, with five hours."""
    person = enrol("安雪琴", "13900000401")
    credit(person.id, MINUTES, 300, Reason("activities", "站岗", date(2026, 11, 2), "start"), MONDAY)
    return person


@pytest.fixture
def an(an_herself: Person, talk: Talk) -> Talk:
    """Her chat."""
    return talk.as_person("安雪琴")


@pytest.fixture
def yu(an_herself: Person, talk: Talk) -> Talk:
    """The chat of 于国梁, who helps."""
    enrol("于国梁", "13900000402")
    return talk.as_person("于国梁")


async def ask(an: Talk) -> None:
    """She asks for two hours on Saturday morning, in one message, and says yes."""
    await an.say("时间银行求助：周六上午九点陪我去医院，两个小时")
    assert "请人帮忙：" in an.text
    await an.press("确认求助")
    assert "发出去了，编号 C2026-0001" in an.text


async def test_asked_in_one_message(an: Talk, an_herself: Person) -> None:
    """Read back with the day, the hours before and after."""
    await an.say("时间银行求助：周六上午九点陪我去医院，两个小时")
    assert "请人帮忙：陪我去医院，对吗" in an.text
    assert "11月28日（周六）上午9点" in an.text
    assert "用时间银行2小时，现在有5小时，发出后还有3小时" in an.text
    assert minutes(an_herself) == 300
    await an.say("确认")
    assert "C2026-0001" in an.text
    assert minutes(an_herself) == 180


async def test_asked_piece_by_piece(an: Talk, an_herself: Person) -> None:
    """What, when, how long; each answer is taken for what was asked."""
    await an.say("我有多少积分")
    await an.press("请人帮忙")
    assert "帮什么忙" in an.text
    await an.say("帮我把花盆搬上楼")
    assert "哪天几点" in an.text
    await an.say("周六上午九点")
    assert "大概要多久" in an.text
    await an.press("1小时")
    assert "帮我把花盆搬上楼" in an.text
    assert "11月28日（周六）上午9点" in an.text
    assert "用时间银行1小时" in an.text
    await an.press("不用了")
    assert minutes(an_herself) == 300


async def test_not_enough(an: Talk) -> None:
    """Said with what there is, and how to get more."""
    await an.say("时间银行求助：周六上午九点陪我去医院，六个小时")
    assert "要6小时，您有5小时" in an.text
    assert "我能帮谁" in an.buttons


async def test_claimed_and_confirmed_by_both(an: Talk, yu: Talk, an_herself: Person) -> None:
    """He finds it, takes it, both say it was done, the hours move once."""
    await ask(an)
    await yu.say("时间银行里有哪些求助")
    assert "1. 安同志：" in yu.text
    assert "安雪琴" not in yu.text
    await yu.say("第一个我来帮")
    assert "您去帮安同志，对吗" in yu.text
    await yu.press("我去帮")
    assert "认领好了，编号 C2026-0001" in yu.text
    assert "安雪琴，电话 13900000401" in yu.text
    await an.delivered()
    assert "于国梁同志认领了" in an.text
    await an.press("看详情")
    assert "已有人认领" in an.text
    assert "于国梁，电话 13900000402" in an.text
    an.clock.set("2026-11-28T11:30")
    helping.move_on(an.clock())
    await yu.say("帮完了")
    assert "等安雪琴也确认" in yu.text
    await an.delivered()
    assert "帮完了吗" in an.text
    await an.press("帮完了")
    assert "2小时已经转给于国梁" in an.text
    await yu.delivered()
    assert "双方都确认了" in yu.text
    await yu.say("我的时间银行明细")
    assert "互助：2小时 +2小时" in yu.text
    assert minutes(an_herself) == 180


async def test_dropped_by_either(an: Talk, yu: Talk, an_herself: Person) -> None:
    """He cannot come after all, she finds another way: in words, each read back."""
    await ask(an)
    await yu.say("时间银行里有哪些求助")
    await yu.press("1. 我来帮 11月28日（周六）")
    await yu.press("我去帮")
    await yu.say("我不去帮了，让给别人")
    assert "会让给别的同志" in yu.text
    await yu.press("确认取消")
    assert "让给别的同志了" in yu.text
    await an.delivered()
    assert "于国梁同志来不了了" in an.text
    await an.say("取消时间银行的求助")
    assert "退回给您" in an.text
    await an.press("确认取消")
    assert "求助取消好了" in an.text
    assert minutes(an_herself) == 300


async def test_something_was_wrong(an: Talk, yu: Talk, an_herself: Person) -> None:
    """Read back, then staff decide and both hear it; the hours wait."""
    await ask(an)
    await yu.say("时间银行里有哪些求助")
    await yu.say("第一个我来帮")
    await yu.press("我去帮")
    an.clock.set("2026-11-28T11:30")
    helping.move_on(an.clock())
    await an.delivered()
    await an.press("有问题")
    assert "没有按说好的办成，对吗" in an.text
    await an.press("对，有问题")
    assert "工作人员会联系双方" in an.text
    helping.decide("C2026-0001", 60, clerk(), an.clock())
    await an.delivered()
    assert "1小时给于国梁同志，1小时退给安雪琴同志" in an.text
    assert minutes(an_herself) == 240


async def test_hours_given_in_words(an: Talk, yu: Talk, an_herself: Person) -> None:
    """Read back with before and after; the receiver hears of it when it cannot be undone any more."""
    await an.say("把两个小时送给于国梁")
    assert "把2小时送给于国梁，对吗" in an.text
    assert "现在有5小时，送出后还有3小时" in an.text
    await an.say("对")
    assert "送好了，编号 C2026-0001" in an.text
    await yu.delivered()
    assert yu.last == []
    an.clock.forward(minutes=31)
    await yu.delivered()
    assert "安雪琴同志送给您2小时" in yu.text
    assert minutes(an_herself) == 180


async def test_a_gift_taken_back(an: Talk, yu: Talk, an_herself: Person) -> None:
    """Within half an hour, and the receiver never hears of it."""
    await an.say("我想送三个小时给于国梁")
    await an.press("确认送出")
    await an.press("撤回小时")
    assert "撤回好了" in an.text
    assert minutes(an_herself) == 300
    an.clock.forward(hours=1)
    await yu.delivered()
    assert yu.last == []


async def test_two_of_one_name(an: Talk, an_herself: Person) -> None:
    """Asked which, by where they live; an unknown name is said to be so."""
    with unit_of_work() as session:
        session.add(Community(office_id=1, name="银杏社区"))
        session.flush()
    one = enrol("王秀兰", community_id=1)
    enrol("王秀兰")
    await an.say("把我的时间银行两个小时转给王秀兰")
    assert "叫王秀兰的不止一位" in an.text
    await an.press("1. 王秀兰 银杏社区")
    await an.press("确认送出")
    assert minutes(one) == 120
    await an.say("把两个小时送给邓不详")
    assert "没有查到叫邓不详的同志" in an.text


async def test_how_to_give(an: Talk) -> None:
    """From the button of the balance."""
    await an.say("我有多少积分")
    await an.press("送小时")
    assert "送给谁、送多久" in an.text


async def test_other_sentences_with_hours_are_left_alone(an: Talk) -> None:
    """What is about reminders or lessons is answered as such."""
    await an.say("送孙子上学要两个小时")
    assert "对吗" not in an.text
    await an.say("陪我去医院看眼睛")
    assert "转给工作人员" in an.text
