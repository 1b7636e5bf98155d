"""Signing up for the senior university, which the same words do that sign up for an activity."""

from __future__ import annotations

import pytest

from service import clock, db
from service.activities.publishing import publish
from service.people.models import Person
from service.people.queries import by_name
from service.study import enrolling, places
from service.study.class_models import StudyClass
from service.study.models import Course, Lesson
from tests.service.study_world import NOW, study_class, term
from tests.support.hearing import hear
from tests.support.talk import Talk, enrol


@pytest.fixture
def painting(talk: Talk) -> StudyClass:
    """A class with one place."""
    return study_class(term(), "国画", capacity=1, topics=["国画", "画画"], teacher="墨老师")


@pytest.fixture
def yin(talk: Talk, painting: StudyClass) -> Talk:
    """殷素琴."""
    enrol("殷素琴")
    return talk.as_person("殷素琴")


def person(name: str = "殷素琴") -> Person:
    """Somebody by name."""
    return by_name(name)[0]


def state_of(name: str = "殷素琴") -> list[str]:
    """How their places stand."""
    return [each.enrolment.state for each in places.places_of(person(name).id, NOW)]


async def test_read_back_receipt_schedule_and_undo(yin: Talk) -> None:
    """Hours and term before the yes; a number after it; in the schedule; and undone by its button."""
    await yin.say("帮我报名老年大学国画班")
    assert "每周二上午9点半上课，每次90分钟" in yin.text
    assert "2027年春季学期：2027年3月1日（周一）到2027年6月30日（周三）" in yin.text
    assert state_of() == []
    await yin.say("好的")
    assert "编号 B2026-0001" in yin.text
    assert "2027年3月2日（周二）第一次课" in yin.text
    assert state_of() == ["enrolled"]
    await yin.press("我的安排")
    assert "老年大学的班" in yin.text
    assert "《国画》每周二上午9点半" in yin.text
    await yin.say("帮我报名老年大学国画班")
    assert "不用再报" in yin.text


async def test_undone_by_button(yin: Talk) -> None:
    """撤销报名, and 还是要上 under the same number."""
    await yin.say("帮我报名老年大学国画班")
    await yin.press("对，报名")
    await yin.press("撤销报名")
    assert "退好了" in yin.text
    assert state_of() == []
    await yin.press("还是要上")
    assert "编号还是 B2026-0001" in yin.text
    assert state_of() == ["enrolled"]


async def test_given_back_in_words(yin: Talk) -> None:
    """Read back before."""
    enrolling.enrol(person(), 1, yin.clock())
    await yin.say("退掉国画班")
    assert "退掉老年大学《国画》班" in yin.text
    assert state_of() == ["enrolled"]
    await yin.say("对")
    assert "退好了" in yin.text
    assert state_of() == []


async def test_full_waits_and_moves_up(yin: Talk, talk: Talk) -> None:
    """殷素琴 waits for 施文远's place and hears at once when it is hers."""
    enrol("施文远")
    seat = enrolling.enrol(person("施文远"), 1, yin.clock())
    await yin.say("帮我报名老年大学国画班")
    assert "排队是第1位" in yin.text
    await yin.press("要，排队")
    assert state_of() == ["waiting"]
    enrolling.withdraw(person("施文远"), seat.receipt_no, yin.clock())
    await yin.delivered()
    assert "轮到您了" in yin.text
    await yin.press("退掉")
    assert "退好了" in yin.text


async def test_the_last_seat_goes_between_read_back_and_yes(yin: Talk) -> None:
    """The queue is offered instead."""
    enrol("施文远")
    await yin.say("帮我报名老年大学国画班")
    enrolling.enrol(person("施文远"), 1, yin.clock())
    await yin.press("对，报名")
    assert "要排队吗" in yin.text
    await yin.press("要，排队")
    assert state_of() == ["waiting"]


async def test_found_among_the_courses(yin: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """老年大学有什么班, then 报这个班."""
    study_class(term("2027年秋季学期"), "声乐", level="村社")
    hear(monkeypatch, yin, "老年大学有哪些班", ("find_course", 0.95))
    await yin.say("老年大学有哪些班")
    assert yin.buttons == ["1. 国画（县区）", "2. 声乐（村社）"]
    await yin.say("第一个")
    assert "老师：墨老师" in yin.text
    assert "12月20日（周日）前可以报名" in yin.text
    await yin.press("报这个班")
    assert "给您报老年大学《国画》班" in yin.text


async def test_an_activity_of_that_name_is_still_an_activity(yin: Talk) -> None:
    """周四的书法课 is no class of the senior university; nor is 国画 when there is an activity and nothing says 大学."""
    start, end = clock.parse("2026-11-26T15:00"), clock.parse("2026-11-26T17:00")
    publish("国画写生", "文体", start, end, topics=["国画"])
    await yin.say("周四的国画写生给我报个名")
    assert "国画写生" in yin.text
    assert "老年大学" not in yin.text
    await yin.press("不报了")
    await yin.say("帮我报名老年大学国画班")
    assert "老年大学《国画》班" in yin.text


async def test_a_class_is_no_exhibition(yin: Talk) -> None:
    """国画班 is the class, though an exhibition shows paintings, and though another 班 does."""
    start, end = clock.parse("2026-11-26T10:00"), clock.parse("2026-11-26T12:00")
    publish("秋韵书画展", "比赛展览", start, end, topics=["国画"])
    await yin.say("我想报国画班")
    assert "给您报老年大学《国画》班" in yin.text
    await yin.press("不报了")
    publish("写意班", "课程班", start, end, topics=["国画"])
    await yin.say("我想报国画班")
    assert "给您报老年大学《国画》班" in yin.text


async def test_a_course_of_ones_own_needs_no_place(yin: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said so, and opened."""
    with db.unit_of_work() as session:
        course = Course(title="智能手机入门", topics=["智能手机"])
        session.add(course)
        session.flush()
        session.add(Lesson(course.id, 1, "认识图标", "视频", "https://example.org/l", 20))
    topic = {"entity": "topic", "value": "智能手机入门", "start": 2, "end": 8}
    hear(monkeypatch, yin, "报名智能手机入门课程", ("book_activity", 0.95), entities=[topic])
    await yin.say("报名智能手机入门课程")
    assert "不用报名，随时都能学" in yin.text
    await yin.press("现在就学")
    assert "第1课：认识图标" in yin.text


async def test_not_for_who_stays_at_home(talk: Talk, painting: StudyClass) -> None:
    """The reason, and what can be done at home."""
    enrol("高守业", activity_class="不能参加")
    gao = talk.as_person("高守业")
    await gao.say("帮我报名老年大学国画班")
    assert "怕您劳累" in gao.text
    assert "在家学" in gao.buttons
