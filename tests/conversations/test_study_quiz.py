"""A quiz as it is talked through: begun, digressed from, taken up after a restart and a night, scored, looked at again."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from bot.app import RECHECKS
from bot.outside import OneChat
from service import db
from service.ledger.posting import POINTS
from service.ledger.queries import balance
from service.people.queries import by_name
from service.study import quiz_closing, quiz_queries
from service.study.question_bank import make_quiz
from service.study.quiz_models import quiz_attempts
from tests.service.study_world import bank
from tests.support.talk import Talk, enrol


@pytest.fixture
def yin(talk: Talk) -> Talk:
    """殷素琴, and a quiz of three questions of which two have to be right; the second choice is."""
    bank("党史", 12)
    make_quiz("红船知识竞答", ["党史"], date(2026, 11, 23), date(2026, 11, 29), 3, 2)
    enrol("殷素琴")
    return talk.as_person("殷素琴")


def number_of(talk: Talk) -> str:
    """Which question is open, as the last message says."""
    return re.search(r"第(\d)题，一共3题", talk.last[-1].text).group(1)  # type: ignore[union-attr]


def points() -> int:
    """What 殷素琴 has."""
    return balance(by_name("殷素琴")[0].id, POINTS)


async def test_from_the_first_question_to_the_points(yin: Talk) -> None:
    """By button, by letter, by the words of the choice; every question has its choices as buttons."""
    await yin.say("我要答题")
    assert "3题，答对2题合格" in yin.text
    assert "11月29日（周日）以前" in yin.text
    await yin.press("开始答题")
    assert "第1题，一共3题" in yin.text
    assert [button[:2] for button in yin.buttons] == ["A.", "B.", "C."]
    await yin.press(yin.buttons[1])
    assert number_of(yin) == "2"
    await yin.say("B")
    assert number_of(yin) == "3"
    third = re.search(r"A\. (甲\d+)", yin.text).group(1)  # type: ignore[union-attr]
    await yin.say(third)
    assert "3题答对2题，合格了。得5积分" in yin.text
    assert points() == 5


async def test_digression_restart_and_a_night(yin: Talk) -> None:
    """Another question in between is answered and the quiz asks again; a new process and the next day change nothing."""
    await yin.say("我要答题")
    await yin.say("开始答题")
    first = yin.last[-1].text
    await yin.say("我有多少积分")
    assert "积分" in yin.last[0].text
    assert yin.last[-1].text == first
    await yin.say("第二个")
    second = yin.last[-1].text
    assert number_of(yin) == "2"

    # Whoever takes over knows only what the database holds.
    yin._one = OneChat(yin.chat, yin._agent, yin.clock, RECHECKS)
    await yin.say("这道题再说一遍")
    assert yin.last[-1].text == second
    yin.clock.forward(days=2)
    await yin.say("接着答题")
    assert second in [reply.text for reply in yin.last]
    await yin.say("选乙")
    assert number_of(yin) == "3"
    await yin.say("选第二个")
    assert "3题答对3题，合格了" in yin.text
    assert points() == 5


async def test_dropped_and_taken_up(yin: Talk) -> None:
    """算了 ends the asking, not the attempt: the same question waits."""
    await yin.say("我要答题")
    await yin.press("开始答题")
    await yin.say("B")
    second = yin.last[-1].text
    await yin.say("算了不弄了")
    assert "不办了" in yin.text
    await yin.say("继续答题")
    assert yin.last[-1].text == second


async def test_wrong_answers_and_a_second_attempt(yin: Talk) -> None:
    """All wrong: what was said, what is right and why; then once more, and then no more."""
    for attempt in (1, 2):
        await yin.say("我要答题" if attempt == 1 else "再答一次")
        if attempt == 1:
            await yin.press("开始答题")
        for _ in range(3):
            await yin.say("A")
        assert "3题答对0题" in yin.text
        assert ("再答一次" in yin.buttons) == (attempt == 1)
        await yin.press("看看错题") if attempt == 2 else None
    assert "答错的有3题" in yin.text
    assert re.search(r"您答的：A\. 甲\d+\n正确的：B\. 乙\d+\n因为\d+", yin.text)
    await yin.say("我要答题")
    assert "不能再答了" in yin.text
    assert points() == 0


async def test_a_button_pressed_twice(yin: Talk) -> None:
    """Delivered again, a press neither answers the next question nor begins another attempt."""
    await yin.say("我要答题")
    begin = (await yin.press("开始答题"))[-1]
    answer = begin.buttons[0]
    await yin.press_token(answer.token)
    assert number_of(yin) == "2"
    await yin.press_token(answer.token)
    assert "已经用过" in yin.text
    with db.reading() as session:
        assert session.execute(select(func.count()).select_from(quiz_attempts)).scalar_one() == 1


async def test_the_last_day_ends_in_the_middle(yin: Talk) -> None:
    """What was answered counts; she is told in the morning."""
    await yin.say("我要答题")
    await yin.press("开始答题")
    await yin.say("B")
    yin.clock.set("2026-11-30T08:00")
    quiz_closing.close_due(yin.clock())
    await yin.delivered()
    assert "3题答对1题" in yin.text
    await yin.say("B")
    assert "第2题" not in yin.text
    (person,) = by_name("殷素琴")
    assert quiz_queries.attempts_of(person.id, 1)[0].score == 1


async def test_none_is_open(talk: Talk) -> None:
    """Said so, with when the next one is."""
    enrol("殷素琴")
    yin = talk.as_person("殷素琴")
    await yin.say("我要答题")
    assert "现在没有答题活动" in yin.text
    bank("党史", 3)
    make_quiz("元旦竞答", ["党史"], date(2027, 1, 1), date(2027, 1, 3), 3, 2)
    await yin.say("我要答题")
    assert "2027年1月1日（周五）开始" in yin.text
