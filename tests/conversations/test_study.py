"""Courses, lessons one after the other, and being reminded of them at one's own times."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from service import clock, db
from service.ledger.posting import POINTS
from service.ledger.queries import balance
from service.messages import chats
from service.messages.models import bindings
from service.people.queries import by_name
from service.study import reminders
from service.study.models import Course, Lesson, Study
from tests.support.hearing import hear
from tests.support.talk import Talk, enrol

EVERY_MORNING = "FREQ=DAILY;BYHOUR=8;BYMINUTE=0"


@pytest.fixture
def yin(talk: Talk) -> Talk:
    """殷素琴, and two courses."""
    course("智能手机入门", ["智能手机", "手机"], "认识图标", "视频通话")
    course("声乐基础", ["声乐", "唱歌"], "呼吸")
    enrol("殷素琴")
    return talk.as_person("殷素琴")


def course(title: str, topics: list[str], *lessons: str) -> None:
    """A course of lessons."""
    with db.unit_of_work() as session:
        row = Course(title=title, topics=topics, about="从头学起")
        session.add(row)
        session.flush()
        for number, lesson in enumerate(lessons, 1):
            session.add(
                Lesson(row.id, number, lesson, medium="视频", where="https://example.org/l", minutes=20)
            )


def rule() -> str | None:
    """By which rule 殷素琴 is reminded."""
    (person,) = by_name("殷素琴")
    found = reminders.of_person(person.id)
    return found.rrule if found else None


# Courses


async def test_from_the_list_to_the_lesson(yin: Talk) -> None:
    """The list, the second of it, done; the next."""
    await yin.say("有什么课程可以学")
    assert yin.buttons == ["1. 智能手机入门", "2. 声乐基础"]
    await yin.say("第一个")
    assert "《智能手机入门》第1课：认识图标" in yin.text
    await yin.press("学完了")
    assert "记上了" in yin.text
    await yin.press("学下一课")
    assert "第2课：视频通话" in yin.text


async def test_by_subject(yin: Talk) -> None:
    """Also by another word for it."""
    await yin.say("我想学唱歌")
    assert yin.buttons == ["1. 声乐基础"]


async def test_a_slip_of_the_keyboard(yin: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """智能首机 sounds like 智能手机."""
    slip = {"entity": "topic", "value": "智能首机", "start": 3, "end": 7}
    hear(monkeypatch, yin, "我想学智能首机", ("find_course", 0.9), entities=[slip])
    await yin.say("我想学智能首机")
    assert yin.buttons == ["1. 智能手机入门"]


async def test_no_such_course(yin: Talk) -> None:
    """Said so, with what there is; nothing else is opened in its place."""
    for words in ("我想学钢琴", "继续学钢琴"):
        await yin.say(words)
        assert "没有找到“钢琴”" in yin.text
        assert yin.buttons == ["1. 智能手机入门", "2. 声乐基础"]


async def test_outside_the_list(yin: Talk) -> None:
    """第九个 of two, alone or in a sentence."""
    await yin.say("有什么课程可以学")
    for words in ("第九个", "学第九个"):
        await yin.say(words)
        assert "一共2个" in yin.text


async def test_going_on(yin: Talk) -> None:
    """Where she left off, not at the first course."""
    await yin.say("我想学唱歌")
    await yin.press("1. 声乐基础")
    yin.clock.forward(days=1)
    await yin.say("继续学习")
    assert "《声乐基础》第1课" in yin.text


async def test_done_twice(yin: Talk) -> None:
    """Two messages of the same lesson: it counts once."""
    first = await yin.say("继续学习")
    await yin.say("继续学习")
    await yin.press("学完了")
    assert "记上了" in yin.text
    await yin.press_token(first[-1].buttons[0].token)
    assert "不会重复记" in yin.text


async def test_everything_done(yin: Talk) -> None:
    """One course, then the other, then there is something else to do."""
    for _ in range(2):
        await yin.say("继续学习")
        await yin.press("学完了")
    assert "全部学完了" in yin.text
    assert "看看别的课" in yin.buttons
    await yin.say("继续学习")
    await yin.press("学完了")
    assert "都学完了" in yin.text
    await yin.say("继续学习")
    assert "都学完了" in yin.text
    assert yin.buttons == ["看看活动"]


async def test_a_stranger_looks_but_is_not_recorded(yin: Talk, talk: Talk) -> None:
    """The list is free; a lesson that is to be recorded asks who it is."""
    stranger = talk.as_stranger()
    await stranger.say("有什么课程可以学")
    await stranger.press("2. 声乐基础")
    assert "姓名" in stranger.text


# Setting a reminder


async def test_every_morning(yin: Talk) -> None:
    """Read back with the first date; set on yes."""
    await yin.say("每天早上八点提醒我学习")
    assert "每天早上8点" in yin.text
    assert "11月24日（周二）早上8点" in yin.text
    assert rule() is None
    await yin.say("好的")
    assert "设好了" in yin.text
    assert rule() == EVERY_MORNING


async def test_changed(yin: Talk) -> None:
    """The new time is read back with the old one; no leaves the old one."""
    await yin.say("每天早上八点提醒我学习")
    await yin.press("对，设上")
    await yin.say("每周二四下午三点提醒我学习")
    assert "每周二、周四下午3点" in yin.text
    assert "原来的“每天早上8点”就不再提醒了" in yin.text
    await yin.say("不对")
    assert rule() == EVERY_MORNING
    await yin.say("每周二四下午三点提醒我学习")
    await yin.press("对，设上")
    assert rule() == "FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=15;BYMINUTE=0"
    await yin.press("改时间")
    await yin.press("每天早上8点")
    await yin.press("对，设上")
    assert rule() == EVERY_MORNING


async def test_no_time_said(yin: Talk) -> None:
    """Asked; an hour without a day is meant for every day."""
    await yin.say("提醒我学习")
    assert "什么时候学" in yin.text
    await yin.say("晚上七点")
    assert "每天晚上7点" in yin.text
    await yin.press("对，设上")
    assert rule() == "FREQ=DAILY;BYHOUR=19;BYMINUTE=0"


async def test_days_without_an_hour(yin: Talk) -> None:
    """The hour alone is asked for, and goes with the days said before."""
    await yin.say("每周二四提醒我学习")
    assert "每周二、周四几点" in yin.text
    await yin.say("下午三点")
    assert "每周二、周四下午3点" in yin.text
    await yin.press("对，设上")
    assert rule() == "FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=15;BYMINUTE=0"


async def test_dropped(yin: Talk) -> None:
    """Out of the question, and out of the read-back."""
    await yin.say("提醒我学习")
    await yin.say("算了")
    assert "不办了" in yin.text
    await yin.say("每天早上八点提醒我学习")
    await yin.press("不设了")
    assert "什么都没有改动" in yin.text
    assert rule() is None


# Being left in peace


async def test_only_study(yin: Talk) -> None:
    """Stopped; taken up again by what the answer says."""
    reminders.set_reminder(by_name("殷素琴")[0].id, EVERY_MORNING, yin.clock())
    await yin.say("不要提醒我学习了")
    assert "学习提醒不再发" in yin.text
    assert rule() is None
    await yin.say("恢复学习提醒")
    assert "每天早上8点" in yin.text
    await yin.press("对，设上")
    assert rule() == EVERY_MORNING


async def test_everything(yin: Talk) -> None:
    """What it means is said before; 恢复提醒 takes it back."""
    await yin.say("不要再给我发消息了")
    await yin.press("所有提醒都停")
    assert "停课" in yin.text
    assert by_name("殷素琴")[0].messages_stopped_at is None
    await yin.press("确定，都停")
    assert by_name("殷素琴")[0].messages_stopped_at is not None
    await yin.say("恢复提醒")
    assert "恢复了" in yin.text
    assert by_name("殷素琴")[0].messages_stopped_at is None


async def test_a_reminder_after_everything_was_stopped(yin: Talk) -> None:
    """It would never come; so setting it starts everything again, and says so before."""
    await yin.say("不要再给我发消息了")
    await yin.press("所有提醒都停")
    await yin.press("确定，都停")
    await yin.say("每天早上八点提醒我学习")
    assert "也会恢复" in yin.text
    await yin.press("对，设上")
    assert by_name("殷素琴")[0].messages_stopped_at is None


async def test_quiet_hours(yin: Talk) -> None:
    """In words of the day; a reminder within them is warned of; they can be ended."""
    await yin.say("晚上十点到早上七点不要发消息")
    assert "晚上10点到早上7点" in yin.text
    await yin.press("对，设上")
    (person,) = by_name("殷素琴")
    assert (person.quiet_from, person.quiet_until) == (22, 7)
    quiet = yin.last[-1].buttons[0]
    await yin.say("每天早上六点半提醒我学习")
    assert "晚上10点到早上7点不打扰" in yin.text
    await yin.press("不设了")
    await yin.press_token(quiet.token)
    assert "取消了" in yin.text
    await yin.say("每天早上六点半提醒我学习")
    assert "不打扰" not in yin.text


async def test_at_night(yin: Talk) -> None:
    """By button, the usual night."""
    await yin.say("不要再给我发消息了")
    await yin.press("晚上不要发")
    assert "晚上9点到早上8点" in yin.text
    await yin.press("对，设上")
    assert by_name("殷素琴")[0].quiet_from == 21


# The reminder comes


@pytest.fixture
def reminded(yin: Talk) -> Talk:
    """殷素琴, who wants to study at eight in the morning."""
    reminders.set_reminder(by_name("殷素琴")[0].id, EVERY_MORNING, yin.clock())
    return yin


async def at(talk: Talk, moment: str) -> str:
    """Let it be that time, the timetable look and the messenger deliver; returns what came."""
    talk.clock.set(moment)
    reminders.write_due(talk.clock())
    await talk.delivered()
    return talk.text


async def test_it_opens_the_next_lesson(reminded: Talk) -> None:
    """At eight, with a button to the lesson, once."""
    assert await at(reminded, "2026-11-24T07:59") == ""
    assert "《智能手机入门》：认识图标" in await at(reminded, "2026-11-24T08:00")
    assert "11月24日（周二）早上8点" in reminded.text
    await reminded.press("开始学习")
    assert "第1课：认识图标" in reminded.text
    await reminded.press("学完了")
    assert await at(reminded, "2026-11-24T08:20") == ""
    assert "视频通话" in await at(reminded, "2026-11-25T08:00")


async def test_late_and_missed(reminded: Talk) -> None:
    """An hour late it still comes; what was missed by days does not."""
    assert "认识图标" in await at(reminded, "2026-11-24T09:00")
    assert await at(reminded, "2026-11-26T12:00") == ""
    assert "11月27日（周五）" in await at(reminded, "2026-11-27T08:00")


async def test_asked_once_after_being_ignored(reminded: Talk) -> None:
    """Three ignored, then the question whether to go on, then quiet; and on it goes by button."""
    for day in (24, 25, 26):
        assert "认识图标" in await at(reminded, f"2026-11-{day}T08:00")
    assert "以后还要提醒吗" in await at(reminded, "2026-11-27T08:00")
    button = reminded.last[-1].buttons[0]
    for day in (28, 29):
        assert await at(reminded, f"2026-11-{day}T08:00") == ""
    await reminded.press_token(button.token)
    assert "接着每天早上8点提醒您" in reminded.text
    assert "认识图标" in await at(reminded, "2026-11-30T08:00")


async def test_taken_up_by_words(reminded: Talk) -> None:
    """恢复提醒 does the same as the button."""
    for day in (24, 25, 26, 27):
        await at(reminded, f"2026-11-{day}T08:00")
    await reminded.say("恢复提醒")
    assert "每天早上8点" in reminded.text
    assert "认识图标" in await at(reminded, "2026-11-28T08:00")


async def test_stopped_by_its_own_button(reminded: Talk) -> None:
    """以后不提醒了 means it."""
    await at(reminded, "2026-11-24T08:00")
    await reminded.press("以后不提醒了")
    assert rule() is None
    assert await at(reminded, "2026-11-25T08:00") == ""


async def test_nothing_while_everything_is_stopped(reminded: Talk) -> None:
    """Neither in quiet hours nor when all was stopped."""
    await reminded.say("不要再给我发消息了")
    await reminded.press("所有提醒都停")
    await reminded.press("确定，都停")
    assert await at(reminded, "2026-11-24T08:00") == ""
    assert clock.local(reminded.clock()).hour == 8


# Said in words


async def test_done_in_words(yin: Talk) -> None:
    """看完了 under the lesson does what its button does; later on, 这课看完了 means the lesson opened last."""
    await yin.say("继续学习")
    await yin.say("看完了")
    assert "第1课学完了。得2积分" in yin.text
    await yin.say("下一课")
    assert "第2课：视频通话" in yin.text
    await yin.say("我有多少积分")
    yin.clock.forward(hours=20)
    await yin.say("这课看完了")
    assert "第2课学完了。得2积分" in yin.text
    (person,) = by_name("殷素琴")
    assert balance(person.id, POINTS) == 4


async def test_done_on_television(yin: Talk) -> None:
    """A lesson that was not opened here is read back first, and counts once."""
    await yin.say("昨天在电视上看完了第二课")
    assert "《智能手机入门》第2课“视频通话”" in yin.text
    await yin.press("对，记上")
    assert "第2课学完了。得2积分" in yin.text
    with db.reading() as session:
        (study,) = session.execute(select(Study)).scalars()
    assert study.channel == "电视"


async def test_how_far(yin: Talk) -> None:
    """Nothing yet, then counts in words and the next lesson."""
    await yin.say("我学了多少课了")
    assert "还没有开始学" in yin.text
    await yin.say("继续学习")
    await yin.press("学完了")
    yin.clock.set("2027-01-01T08:00")
    await yin.say("我学了多少课了")
    assert "一共学完了1课：今年0课，这个月0课" in yin.text
    assert "《智能手机入门》学了1课，还有1课" in yin.text
    await yin.press("学下一课")
    assert "第2课：视频通话" in yin.text


# One phone, two people


async def test_a_reminder_works_for_whom_it_was(reminded: Talk) -> None:
    """The phone speaks for her husband by now; the button of her reminder opens her lesson, and says for whom."""
    husband = enrol("沈长河")
    (wife,) = by_name("殷素琴")
    await at(reminded, "2026-11-24T08:00")
    button = reminded.last[-1].buttons[0]
    chats.bind(reminded.chat, husband, "staff", reminded.clock())
    assert reminded.chat.person_id == husband.id
    await reminded.press_token(button.token)
    assert "现在是殷素琴" in reminded.last[0].text
    assert "第1课：认识图标" in reminded.last[-1].text
    await reminded.press("学完了")
    assert (balance(wife.id, POINTS), balance(husband.id, POINTS)) == (2, 0)


async def test_nobody_elses_reminder(reminded: Talk) -> None:
    """A button for somebody whom the phone may no longer speak for is refused."""
    await at(reminded, "2026-11-24T08:00")
    button = reminded.last[-1].buttons[0]
    husband = enrol("沈长河")
    with db.unit_of_work() as session:
        session.execute(bindings.update().values(unbound_at=reminded.clock()))
    chats.bind(reminded.chat, husband, "staff", reminded.clock())
    await reminded.press_token(button.token)
    assert "不起作用" in reminded.text
