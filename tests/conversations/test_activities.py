"""From "有什么活动" to a receipt number and back, in the words people use."""

from __future__ import annotations

import pytest

from bot.delivery import Delivery, Screen
from service.activities import news
from service.activities.booking import book
from service.activities.models import Activity
from service.activities.publishing import cancel_activity
from service.activities.schedule import schedule
from service.people.queries import by_name
from tests.service.activity_world import NOW, activity, places
from tests.support.talk import Talk, enrol


@pytest.fixture
def chen(talk: Talk) -> Talk:
    """陈桂香, who is well, in a week with three things to do."""
    enrol("陈桂香")
    places()
    calligraphy()
    activity("太极拳晨练", "25 08:00", topics=["太极拳"], kind="文体", venue="双桥书画院")
    activity("防诈骗讲座", "28 09:00", topics=["反诈", "防诈骗"], kind="讲座", venue="双桥书画院")
    return talk.as_person("陈桂香")


def calligraphy(capacity: int = 20) -> Activity:
    """A lesson on Thursday."""
    return activity(
        "书法提高班",
        "26 15:00",
        topics=["书法", "毛笔字"],
        venue="南华活动室",
        bring="老花镜和毛笔",
        capacity=capacity,
    )


def booked(person_name: str) -> list[str]:
    """What a person has a place in."""
    (person,) = by_name(person_name)
    return [each.listing.activity.title for each in schedule(person.id, NOW)]


async def test_from_the_list_to_the_receipt(chen: Talk) -> None:
    """The list, the second of it, the read-back, yes, the number."""
    await chen.say("最近有什么活动可以参加")
    assert "3场您可以参加的活动" in chen.text
    assert chen.buttons == [
        "1. 太极拳晨练 11月25日（周三）",
        "2. 书法提高班 11月26日（周四）",
        "3. 防诈骗讲座 11月28日（周六）",
    ]

    await chen.press("2. 书法提高班 11月26日（周四）")
    assert chen.text.startswith("《书法提高班》，11月26日（周四）下午3点，在南华活动室。")
    assert "门口有坡道" in chen.text

    await chen.press("我要报名")
    assert "给您报《书法提高班》，对吗？" in chen.text
    assert "11月26日（周四）下午3点，到下午5点" in chen.text
    assert "老花镜和毛笔" in chen.text
    assert booked("陈桂香") == []

    await chen.press("确认报名")
    assert "报好了，编号 B2026-0001" in chen.text
    assert booked("陈桂香") == ["书法提高班"]


async def test_all_in_one_sentence(chen: Talk) -> None:
    """Topic and day in one message, then 要得."""
    await chen.say("周四的书法课给我报个名")
    assert "给您报《书法提高班》，对吗？" in chen.text

    await chen.say("是的")
    assert "B2026-0001" in chen.text
    assert booked("陈桂香") == ["书法提高班"]


async def test_no_is_no(chen: Talk) -> None:
    """Nothing is written."""
    await chen.say("给我报名书法班")
    await chen.press("不报了")

    assert "什么都没有改动" in chen.text
    assert booked("陈桂香") == []


async def test_the_second_of_the_list_by_word(chen: Talk) -> None:
    """第二个 under booking means the second of the list just shown."""
    await chen.say("最近有什么活动可以参加")
    await chen.say("给我报名第二个")

    assert "给您报《书法提高班》，对吗？" in chen.text


async def test_this_one(chen: Talk) -> None:
    """What was just spoken about needs no name."""
    await chen.say("书法课在哪里上")
    assert chen.text.startswith("《书法提高班》在南华活动室。")

    await chen.say("要带什么东西")
    assert chen.text.startswith("《书法提高班》要带：老花镜和毛笔。")

    await chen.say("就报这个")
    assert "给您报《书法提高班》，对吗？" in chen.text


async def test_several_are_narrowed_down(chen: Talk) -> None:
    """Two lessons on one subject: which one?"""
    activity("楷书入门", "27 09:00", topics=["书法"], venue="双桥书画院")

    await chen.say("我要报名书法")

    assert "您要报哪一个" in chen.text
    assert chen.buttons == ["1. 书法提高班 11月26日（周四）", "2. 楷书入门 11月27日（周五）"]
    await chen.press("2. 楷书入门 11月27日（周五）")
    assert "给您报《楷书入门》，对吗？" in chen.text


async def test_nothing_of_the_kind(chen: Talk) -> None:
    """Said honestly, with what comes nearest."""
    await chen.say("周三有没有书法活动")

    assert "11月25日（周三）、书法，没有您可以参加的活动" in chen.text
    assert "1. 书法提高班 11月26日（周四）" in chen.buttons


async def test_a_kind_there_is_none_of(chen: Talk) -> None:
    """What was just spoken about is not passed off for it."""
    await chen.say("书法课在哪里上")

    await chen.say("我要报名参加志愿活动")

    assert "志愿岗，没有您可以参加的活动" in chen.text
    assert "对吗" not in chen.text


async def test_lately_is_no_date(chen: Talk) -> None:
    """最近 does not become a span of dates; 这周 does, from today on."""
    await chen.say("最近有什么活动")
    assert chen.text.startswith("最近有3场您可以参加的活动")

    await chen.say("这周有什么活动")
    assert chen.text.startswith("11月23日（周一）到11月29日（周日），有3场您可以参加的活动")


async def test_after_the_last_seat_went_during_the_read_back(chen: Talk) -> None:
    """Somebody else was quicker; the queue is offered instead."""
    lesson = activity("国画沙龙", "27 15:00", topics=["国画"], capacity=1)
    await chen.say("给我报名国画")
    assert "给您报《国画沙龙》，对吗？" in chen.text
    book(enrol("李长顺"), lesson.id, NOW)

    await chen.press("确认报名")

    assert "名额满了。要排队吗？您排第1位" in chen.text
    await chen.press("排队等")
    assert "排上了，您排第1位，编号 B2026-0002" in chen.text


async def test_a_full_house_has_a_queue(talk: Talk) -> None:
    """赵月明 waits; 王秋实 gives his seat back; 赵月明 hears of it unasked."""
    wang, _ = enrol("王秋实"), enrol("赵月明")
    places()
    seat = book(wang, calligraphy(capacity=1).id, NOW)
    zhao = talk.as_person("赵月明")

    await zhao.say("我要报名书法班")
    assert "名额满了。要排队吗？您排第1位" in zhao.text
    await zhao.press("排队等")
    assert "排上了，您排第1位，编号 B2026-0002" in zhao.text

    his = talk.as_person("王秋实")
    await his.say(f"取消报名{seat.receipt_no}")
    await his.press("确认取消")
    assert "取消好了" in his.text
    assert "还是要去" not in his.buttons

    await Delivery({"terminal": Screen()}, {news.KIND: news.recheck}, zhao.clock).deliver_due()
    await zhao.delivered()
    assert "排到您了：《书法提高班》" in zhao.text
    await zhao.say("我报了哪些活动")
    assert "您有1项安排" in zhao.text
    assert "B2026-0002" in zhao.text
    assert "排队" not in zhao.text


async def test_giving_back_and_after_all_going(chen: Talk) -> None:
    """Cancelled by its subject, then undone."""
    await chen.say("给我报名书法班")
    await chen.press("确认报名")

    await chen.say("书法课我去不了了，帮我取消")
    assert "取消《书法提高班》的报名，对吗？" in chen.text
    await chen.press("确认取消")
    assert booked("陈桂香") == []

    await chen.press("还是要去")
    assert "恢复好了，编号还是 B2026-0001" in chen.text
    assert booked("陈桂香") == ["书法提高班"]


async def test_undo_right_after_booking(chen: Talk) -> None:
    """One press, no further question."""
    await chen.say("给我报名书法班")
    await chen.press("确认报名")
    await chen.press("撤销报名")

    assert "取消好了，编号 B2026-0001" in chen.text
    assert booked("陈桂香") == []


async def test_which_booking_to_give_back(chen: Talk) -> None:
    """Two bookings and no name: asked, then the second by word."""
    for words in ("给我报名书法班", "给我报名太极拳晨练"):
        await chen.say(words)
        await chen.press("确认报名")
    await chen.say("我报了哪些活动")
    assert "1. 11月25日（周三）早上8点 《太极拳晨练》" in chen.text

    await chen.say("取消第二个报名")
    assert "取消《书法提高班》的报名，对吗？" in chen.text


async def test_what_is_on_that_day(chen: Talk) -> None:
    """Nothing on Friday, but something on Thursday; today is named."""
    await chen.say("我报了哪些活动")
    assert "没有报名的活动" in chen.text

    await chen.say("给我报名书法班")
    await chen.press("确认报名")
    await chen.say("我周四有什么安排")
    assert "11月26日（周四），您有1项安排" in chen.text
    assert "今天是11月23日（周一），今天没有安排" in chen.text
    await chen.say("我周五有什么安排")
    assert "11月27日（周五），您没有报名的活动" in chen.text


async def test_two_at_once(chen: Talk) -> None:
    """The clash is named, with the way to swap."""
    activity("合唱排练", "26 15:30", topics=["合唱"])
    await chen.say("给我报名书法班")
    await chen.press("确认报名")

    await chen.say("给我报名合唱排练")

    assert "时间撞上了，《合唱排练》没有报" in chen.text
    assert "B2026-0001" in chen.text
    await chen.press("取消那一个")
    assert "取消《书法提高班》的报名，对吗？" in chen.text


async def test_an_old_button_of_what_was_called_off(chen: Talk) -> None:
    """The button still answers, with the reason and what there still is."""
    lesson = activity("国画沙龙", "27 15:00", topics=["国画"])
    await chen.say("有没有国画活动")
    assert chen.buttons == ["1. 国画沙龙 11月27日（周五）"]
    cancel_activity(lesson.id, "老师生病", NOW)

    await chen.press("1. 国画沙龙 11月27日（周五）")

    assert "《国画沙龙》已经取消了（老师生病）" in chen.text
    assert "1. 书法提高班 11月26日（周四）" in chen.buttons


async def test_who_may_not_go_out_is_not_offered_a_patrol(talk: Talk) -> None:
    """吴静安 is offered what she can do at home; told why when she asks for it all the same."""
    enrol("吴静安", activity_class="不能参加")
    places()
    activity("清溪河巡河", "26 09:00", topics=["巡河"], kind="志愿岗")
    wu = talk.as_person("吴静安")

    await wu.say("最近有什么活动可以参加")
    assert "送学上门" in wu.buttons
    assert "巡河" not in wu.text + "".join(wu.buttons)
    await wu.say("我要报名巡河")
    assert "为了您的身体" in wu.text
    assert "在家看课" in wu.buttons


async def test_a_stranger_reads_but_does_not_book(chen: Talk, talk: Talk) -> None:
    """Searching and reading are free; booking first asks who it is."""
    stranger = talk.as_stranger()
    await stranger.say("最近有什么活动可以参加")
    assert "3场您可以参加的活动" in stranger.text
    await stranger.press("2. 书法提高班 11月26日（周四）")
    assert "南华活动室" in stranger.text

    await stranger.press("我要报名")

    assert "给您报" not in stranger.text
    assert "报好了" not in stranger.text
    enrol("李长顺", phone="10000000077")
    await stranger.send("contact", {"phone": "10000000077", "own": True})
    assert "给您报《书法提高班》，对吗？" in stranger.text
    await stranger.press("确认报名")
    assert booked("李长顺") == ["书法提高班"]
