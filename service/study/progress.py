"""How far a person has got: in each course, and in all, this month and this year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from service.clock import local
from service.db import reading
from service.study.models import Course, courses, lessons, studies


@dataclass(frozen=True)
class CourseProgress:
    """How many lessons of a course a person has finished."""

    course: Course
    finished: int
    lessons: int

    @property
    def is_done(self) -> bool:
        """Whether none is left."""
        return self.finished >= self.lessons


@dataclass(frozen=True)
class Progress:
    """The lessons finished in all, this calendar year and this month in Asia/Shanghai, and every course begun.

    The course studied last comes first.
    """

    finished: int
    this_year: int
    this_month: int
    courses: list[CourseProgress]


def progress(person_id: int, now: datetime) -> Progress:
    """How far the person has got by now."""
    month = local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with reading() as session:
        total = (
            select(lessons.c.course_id, func.count().label("lessons"))
            .group_by(lessons.c.course_id)
            .subquery()
        )
        query = (
            select(Course, func.count(studies.c.finished_at), total.c.lessons)
            .join(lessons, lessons.c.course_id == courses.c.id)
            .join(studies, studies.c.lesson_id == lessons.c.id)
            .join(total, total.c.course_id == courses.c.id)
            .where(studies.c.person_id == person_id)
            .group_by(courses.c.id, total.c.lessons)
            .order_by(func.max(func.coalesce(studies.c.finished_at, studies.c.started_at)).desc())
        )
        begun = [CourseProgress(*row) for row in session.execute(query)]
    return Progress(
        finished=sum(each.finished for each in begun),
        this_year=_finished_since(person_id, month.replace(month=1)),
        this_month=_finished_since(person_id, month),
        courses=begun,
    )


def _finished_since(person_id: int, moment: datetime) -> int:
    with reading() as session:
        query = (
            select(func.count())
            .select_from(studies)
            .where(studies.c.person_id == person_id, studies.c.finished_at >= moment)
        )
        return int(session.execute(query).scalar_one())
