"""A lesson said to be finished: which one, through what, and what it gave."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from actions.turn import Choice, Turn
from service.errors import NotFound
from service.ordinals import place_of
from service.study import courses, finishing
from service.study.courses import NextLesson
from service.wording import phrase

_DONE = re.compile(r"(?<![没未不])(?:学|看|听|读|上)(?:完|好)(?:了|啦|咯|哒|$)")
_NOT_DONE = re.compile(r"没有?(?:学|看|听|读|上)完|未(?:学|看)完|(?:学|看|听|读|上)不完|完了吗|完没")
_LESSON = re.compile(r"第?([0-9一二两三四五六七八九十]{1,3})(?:节)?课")
_THROUGH = (
    (re.compile(r"电视|频道"), "电视"),
    (re.compile(r"集中|一起学|小组|支部学|党课"), "集中学习"),
    (re.compile(r"上门|送学"), "送学上门"),
)
_MOST_LESSONS = 999


def says_done(text: str) -> bool:
    """Whether the words say that a lesson was finished: 第二课看完了; not 还没学完."""
    return _DONE.search(text) is not None and _NOT_DONE.search(text) is None


def finish_said(turn: Turn, course_id: int | None) -> None:
    """Record the lesson that the words mean: the one named, else the one opened lately; ask when several could be.

    What was not opened here, as on television, is read back first.
    """
    person, number = turn.require_person(), _number_said(turn.text)
    opened = [
        each
        for each in finishing.opened_lately(person.id, turn.now)
        if course_id in (None, each.course.id) and number in (None, each.lesson.number)
    ]
    if len(opened) == 1:
        finish(turn, person.id, opened[0].lesson.id)
    elif opened:
        _ask_which(turn, opened)
    elif (named := _named(turn, course_id, number)) is not None:
        turn.confirm(
            "finish_lesson",
            "finish_lesson_read_back",
            {"lesson_id": named.lesson.id, "channel": _through(turn.text)},
            course=named.course.title,
            number=named.lesson.number,
            title=named.lesson.title,
        )
    else:
        found, _ = courses.search(None)
        choices = [Choice(f"{at}. {each.title}", "continue_study", {"course_id": each.id})
                   for at, each in enumerate(found, 1)]  # fmt: skip
        turn.say("which_lesson_done", choices)
        turn.show("courses", [each.id for each in found])


def finish(turn: Turn, person_id: int, lesson_id: int, channel: str | None = None) -> None:
    """Record it and offer the next one."""
    done = finishing.finish(person_id, lesson_id, turn.now, channel)
    course, number = done.lesson.course, done.lesson.lesson.number
    coming = courses.next_lesson(person_id, course.id)
    choices = [] if coming is None else [Choice("学下一课", "continue_study", {"course_id": course.id})]
    if coming is not None:
        choices.append(Choice("学了多少课", "check_study_progress"))
    points = phrase("lesson_points", points=done.points) if done.points else ""
    key = "lesson_done" if done.new else "lesson_done_before"
    turn.say(key, choices, course=course.title, number=number, points=points)
    if coming is None:
        say_finished(turn, person_id, course.title)


def say_finished(turn: Turn, person_id: int, course: str) -> None:
    """The course is done; another one while there is any left."""
    if courses.next_lesson(person_id) is None:
        turn.say("all_studied")
    else:
        turn.say("course_finished", course=course)


def _ask_which(turn: Turn, opened: list[NextLesson]) -> None:
    choices = [
        Choice(
            phrase("button_lesson", place=at, course=each.course.title, number=each.lesson.number),
            "continue_study",
            {"done": each.lesson.id},
        )
        for at, each in enumerate(opened[:5], 1)
    ]
    turn.say("which_lesson_done", choices)


def _named(turn: Turn, course_id: int | None, number: int | None) -> NextLesson | None:
    """The lesson of that course and number; of the course studied last when only the number was said."""
    person = turn.require_person()
    if number is None:
        return courses.next_lesson(person.id, course_id) if course_id is not None else None
    if course_id is None:
        coming = courses.next_lesson(person.id)
        course_id = coming.course.id if coming is not None else None
    try:
        return None if course_id is None else courses.numbered(course_id, number)
    except NotFound:
        return None


def _number_said(text: str) -> int | None:
    found = _LESSON.search(text)
    place = place_of(found.group(1), _MOST_LESSONS) if found is not None else None
    return None if place is None else place + 1


def _through(text: str) -> str | None:
    return next((channel for words, channel in _THROUGH if words.search(text)), None)


def _finish_lesson(turn: Turn, details: dict[str, Any]) -> None:
    finish(turn, turn.require_person().id, details["lesson_id"], details["channel"])


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"finish_lesson": _finish_lesson}
