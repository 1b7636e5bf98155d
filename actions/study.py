"""Courses and lessons."""

from __future__ import annotations

from typing import Any

from actions import enrolments
from actions.handler import Handler
from actions.lessons_done import finish, finish_said, say_finished, says_done
from actions.turn import Choice, Turn
from service import linking, wording
from service.study import courses
from service.study.models import Course
from service.study.progress import progress

_SHOWN = 5


class FindCourse(Handler):
    """Lists the courses asked for, as buttons that open the first lesson."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_find_course"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if enrolments.found_classes(turn):
            return
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


class CheckStudyProgress(Handler):
    """Tells how far the person has got, in the course named first, and offers the next lesson."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_study_progress"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        got = progress(person.id, turn.now)
        asked = _course_meant(turn)
        begun = sorted(got.courses, key=lambda each: each.course.id != asked)
        going_on = next((each.course.id for each in begun if not each.is_done), None)
        choices = [Choice("学下一课", "continue_study", {"course_id": going_on})] if going_on else []
        if not begun:
            turn.say("progress_none")
            return
        lines = "\n".join(
            wording.phrase(
                "progress_done" if each.is_done else "progress_line",
                title=each.course.title,
                finished=each.finished,
                lessons=each.lessons,
                left=each.lessons - each.finished,
            )
            for each in begun[:_SHOWN]
        )
        counts = {"finished": got.finished, "year": got.this_year, "month": got.this_month}
        turn.say("progress", choices, lines=lines, **counts)


class ContinueStudy(Handler):
    """Opens the next lesson, of the course meant if one is, and records what was finished."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_continue_study"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if done := turn.entity("done"):
            finish(turn, person.id, int(done))
            return
        if not turn.is_press and says_done(turn.text):
            topic = turn.entity("topic")
            finish_said(turn, _course_called(topic) if topic else None)
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
    def _open(turn: Turn, person_id: int, course_id: int | None) -> None:
        coming = courses.next_lesson(person_id, course_id)
        if coming is None and course_id is not None:
            say_finished(turn, person_id, courses.get(course_id).title)
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


def _choices(found: list[Course]) -> list[Choice]:
    return [
        Choice(f"{place}. {course.title}", "continue_study", {"course_id": course.id})
        for place, course in enumerate(found, 1)
    ]


def _course_meant(turn: Turn) -> int | None:
    """The course of the button, of the list just shown, or of the topic said."""
    if course_id := turn.entity("course_id") or turn.chosen("courses"):
        return int(course_id)
    topic = turn.entity("topic")
    return _course_called(topic) if topic else None


def _course_called(topic: str) -> int | None:
    found, _ = courses.search(topic)
    return found[0].id if found else None


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [FindCourse(), ContinueStudy(), CheckStudyProgress()]
