"""One record of a lesson wherever it was followed, credited once; how far somebody has got; what is counted."""

from __future__ import annotations

from functools import partial

import pytest

from service import clock
from service.errors import NotFound
from service.ledger.posting import POINTS
from service.ledger.queries import balance, discrepancies, history
from service.study import courses, figures, finishing
from service.study.progress import progress
from tests.service.study_world import NOW, at_once, course, person

pytestmark = pytest.mark.usefixtures("database")


def test_once_wherever_it_was_watched() -> None:
    """By button at home, then from the roster of a session, then on television: one record, two points."""
    _, (first, _) = course("智能手机入门", "认识图标", "视频通话")
    ji = person("纪玉珍")
    assert finishing.finish(ji.id, first.id, NOW).points == 2
    assert finishing.finish_roster([ji.id], first.id, "集中学习", NOW).before == [ji.id]
    again = finishing.finish(ji.id, first.id, NOW, "电视")
    assert (again.new, again.points) == (False, 0)
    assert balance(ji.id, POINTS) == 2
    assert [each.words for each in history(ji.id, POINTS)] == ["学完《智能手机入门》第1课"]
    counted = figures.lessons_finished(clock.parse("2026-11-23T00:00"), clock.parse("2026-11-24T00:00"))
    assert [row[3] for row in counted.rows] == ["视频"]


def test_a_roster_handed_in_twice() -> None:
    """Brought home to three people, one of them named twice; the second hand-in gives nothing."""
    _, (lesson,) = course("党史故事", "红船")
    three = [person(name).id for name in ("纪玉珍", "温长河", "路向阳")]
    roll = finishing.finish_roster([*three, three[0]], lesson.id, "送学上门", NOW)
    assert roll.new == three
    assert finishing.finish_roster(three, lesson.id, "送学上门", NOW) == finishing.Roll([], three)
    assert [balance(each, POINTS) for each in three] == [2, 2, 2]
    assert discrepancies() == []


def test_what_cannot_be() -> None:
    """No such lesson, no such way of following it."""
    _, (lesson,) = course("党史故事", "红船")
    ji = person("纪玉珍")
    with pytest.raises(NotFound):
        finishing.finish(ji.id, 99, NOW)
    with pytest.raises(ValueError, match="not one of"):
        finishing.finish(ji.id, lesson.id, NOW, "梦里")
    with pytest.raises(NotFound):
        courses.numbered(1, 2)


def test_pressed_in_two_chats_at_once() -> None:
    """Her own phone and the tablet of the community: one record, credited once."""
    _, (lesson,) = course("党史故事", "红船")
    ji = person("纪玉珍")
    courses.start(ji.id, lesson.id, NOW)
    done = at_once(*[partial(finishing.finish, ji.id, lesson.id, NOW)] * 4)
    assert sorted(each.new for each in done) == [False, False, False, True]
    assert balance(ji.id, POINTS) == 2


def test_progress_over_the_ends_of_months_and_years() -> None:
    """One on New Year's Eve, one a minute into the new year, one on the last of January."""
    found, lessons = course("楷书入门", "握笔", "横", "竖", "撇")
    ji = person("纪玉珍")
    for lesson, moment in zip(
        lessons, ("2026-12-31T23:59", "2027-01-01T00:01", "2027-01-31T23:00"), strict=False
    ):
        finishing.finish(ji.id, lesson.id, clock.parse(moment))

    def counts(moment: str) -> tuple[int, int, int]:
        got = progress(ji.id, clock.parse(moment))
        return got.finished, got.this_year, got.this_month

    assert counts("2027-01-31T23:30") == (3, 2, 2)
    assert counts("2027-02-01T00:00") == (3, 2, 0)
    (of_course,) = progress(ji.id, clock.parse("2027-02-01T00:00")).courses
    assert (of_course.course.id, of_course.finished, of_course.lessons, of_course.is_done) == (
        found.id,
        3,
        4,
        False,
    )


def test_a_leap_day_counts_for_its_month() -> None:
    """On 29 February 2028."""
    _, (lesson,) = course("党史故事", "红船")
    ji = person("纪玉珍")
    finishing.finish(ji.id, lesson.id, clock.parse("2028-02-29T20:00"))
    assert progress(ji.id, clock.parse("2028-02-29T21:00")).this_month == 1
    assert progress(ji.id, clock.parse("2028-03-01T00:00")).this_month == 0


def test_opened_lately_and_not_finished() -> None:
    """What was opened in the last days, the latest first; what is finished or old is not meant by 学完了."""
    _, (first, second) = course("智能手机入门", "认识图标", "视频通话")
    ji = person("纪玉珍")
    courses.start(ji.id, first.id, clock.parse("2026-11-19T09:00"))
    courses.start(ji.id, second.id, clock.parse("2026-11-22T09:00"))
    assert [each.lesson.id for each in finishing.opened_lately(ji.id, NOW)] == [second.id]
    finishing.finish(ji.id, second.id, NOW)
    assert finishing.opened_lately(ji.id, NOW) == []


def test_the_figures() -> None:
    """Two of three people studied in November; the rows say who and how much."""
    _, (first, second) = course("智能手机入门", "认识图标", "视频通话")
    course("声乐基础", "呼吸")
    ji, wen, _ = person("纪玉珍"), person("温长河"), person("路向阳")
    finishing.finish(ji.id, first.id, NOW)
    finishing.finish(ji.id, second.id, NOW)
    finishing.finish(wen.id, first.id, NOW)
    courses.start(wen.id, second.id, NOW)
    finishing.finish(wen.id, second.id, clock.parse("2026-12-01T00:00"))
    november = clock.parse("2026-11-01T00:00"), clock.parse("2026-12-01T00:00")
    studied = figures.people_who_studied(*november)
    assert (studied.numerator, studied.denominator) == (2, 3)
    assert studied.rows == [(ji.id, "纪玉珍", 2), (wen.id, "温长河", 1)]
    lessons = figures.lessons_finished(*november)
    assert (lessons.numerator, lessons.denominator) == (3, 4)
    assert figures.by_course(*november) == [("智能手机入门", 2, 3), ("声乐基础", 0, 0)]
