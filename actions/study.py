"""Courses and lessons."""

from __future__ import annotations

from typing import Any

from actions.handler import Handler
from actions.turn import Choice, Turn
from service import linking, wording
from service.study import courses
from service.study.models import Course


class FindCourse(Handler):
    """Lists the courses asked for, as buttons that open the first lesson."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_find_course"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        words = turn.entity("topic")
        found, rest = courses.search(words)
        if not found:
            _say_none(turn, str(words))
        else:
            lines = "\n".join(
                wording.phrase("course_line", number=place, title=course.title, about=course.about)
                for place, course in enumerate(found, 1)
            )
            more = wording.phrase("courses_rest", count=rest) if rest else ""
            turn.say("courses_found", _choices(found), lines=lines, rest=more)
            turn.show("courses", [course.id for course in found])


class ContinueStudy(Handler):
    """Opens the next lesson, of the course meant if one is, and records what was finished."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_continue_study"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if done := turn.entity("done"):
            self._finish(turn, person.id, int(done))
            return
        if turn.points_outside("courses"):
            turn.say_outside()
            return
        if lesson_id := turn.entity("lesson_id"):
            course_id: int | None = courses.lesson(int(lesson_id)).course.id
        else:
            course_id = _course_meant(turn)
        topic = turn.entity("topic")
        if course_id is None and topic and not linking.says_nothing(topic):
            _say_none(turn, topic)
            return
        self._open(turn, person.id, course_id)

    @staticmethod
    def _finish(turn: Turn, person_id: int, lesson_id: int) -> None:
        done = courses.lesson(lesson_id)
        key = "lesson_done" if courses.finish(person_id, lesson_id, turn.now) else "lesson_done_before"
        coming = courses.next_lesson(person_id, done.course.id)
        another = {"course_id": done.course.id}
        choices = [] if coming is None else [Choice("学下一课", "continue_study", another)]
        turn.say(key, choices, course=done.course.title, number=done.lesson.number)
        if coming is None:
            _say_finished(turn, person_id, done.course.title)

    @staticmethod
    def _open(turn: Turn, person_id: int, course_id: int | None) -> None:
        coming = courses.next_lesson(person_id, course_id)
        if coming is None and course_id is not None:
            _say_finished(turn, person_id, courses.get(course_id).title)
            return
        if coming is None:
            turn.say("all_studied")
            return
        courses.start(person_id, coming.lesson.id, turn.now)
        turn.say(
            "lesson",
            course=coming.course.title,
            number=coming.lesson.number,
            title=coming.lesson.title,
            medium=coming.lesson.medium,
            minutes=coming.lesson.minutes,
            where=coming.lesson.where,
            lesson_id=coming.lesson.id,
        )


def _say_none(turn: Turn, words: str) -> None:
    """Nothing of that name; what there is instead."""
    found, _ = courses.search(None)
    turn.say("courses_none", _choices(found), words=words)
    turn.show("courses", [course.id for course in found])


def _say_finished(turn: Turn, person_id: int, course: str) -> None:
    """The course is done; another one while there is any left."""
    if courses.next_lesson(person_id) is None:
        turn.say("all_studied")
    else:
        turn.say("course_finished", course=course)


def _choices(found: list[Course]) -> list[Choice]:
    return [
        Choice(f"{place}. {course.title}", "continue_study", {"course_id": course.id})
        for place, course in enumerate(found, 1)
    ]


def _course_meant(turn: Turn) -> int | None:
    """The course of the button, of the list just shown, or of the topic said."""
    if course_id := turn.entity("course_id") or turn.chosen("courses"):
        return int(course_id)
    if topic := turn.entity("topic"):
        found, _ = courses.search(topic)
        return found[0].id if found else None
    return None


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [FindCourse(), ContinueStudy()]
