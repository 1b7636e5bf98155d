"""Finding courses, and going on with them lesson by lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from service import linking
from service.db import reading, savepoint, unit_of_work
from service.errors import NotFound
from service.study.models import Course, Lesson, Study, courses, lessons, studies


@dataclass(frozen=True)
class NextLesson:
    """The lesson to go on with."""

    course: Course
    lesson: Lesson


def search(words: str | None, limit: int = 5) -> tuple[list[Course], int]:
    """The courses that were asked for, the likeliest first; all of them when nothing was named.

    Returns:
        At most `limit`, and how many more there are.
    """
    with reading() as session:
        every = list(session.execute(select(Course).order_by(courses.c.id)).scalars())
    if words and not linking.says_nothing(words):
        scored = [(linking.score(words, [course.title, *course.topics]), course) for course in every]
        best = max((score for score, _ in scored), default=0.0)
        every = [
            course
            for score, course in sorted(scored, key=lambda pair: -pair[0])
            if score >= max(linking.MATCH, best - linking.WITHIN)
        ]
    return every[:limit], max(0, len(every) - limit)


def get(course_id: int) -> Course:
    """The course of that id.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        course = session.get(Course, course_id)
        if course is None:
            raise NotFound()
        return course


def next_lesson(person_id: int, course_id: int | None = None) -> NextLesson | None:
    """The first unfinished lesson of the course, or else of the one studied last, or else of the first course.

    Returns:
        None when everything is finished.
    """
    with reading() as session:
        finished = select(studies.c.lesson_id).where(
            studies.c.person_id == person_id, studies.c.finished_at.is_not(None)
        )
        last = (
            select(lessons.c.course_id, func.max(studies.c.started_at).label("at"))
            .join(studies, studies.c.lesson_id == lessons.c.id)
            .where(studies.c.person_id == person_id)
            .group_by(lessons.c.course_id)
            .subquery()
        )
        query = (
            select(Course, Lesson)
            .join(lessons, lessons.c.course_id == courses.c.id)
            .outerjoin(last, last.c.course_id == courses.c.id)
            .where(lessons.c.id.not_in(finished))
            .order_by(last.c.at.desc().nullslast(), courses.c.id, lessons.c.number)
        )
        if course_id is not None:
            query = query.where(courses.c.id == course_id)
        found = session.execute(query).first()
        return NextLesson(*found) if found is not None else None


def lesson(lesson_id: int) -> NextLesson:
    """The lesson of that id with its course.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        query = (
            select(Course, Lesson)
            .join(lessons, lessons.c.course_id == courses.c.id)
            .where(lessons.c.id == lesson_id)
        )
        found = session.execute(query).first()
        if found is None:
            raise NotFound()
        return NextLesson(*found)


def numbered(course_id: int, number: int) -> NextLesson:
    """The lesson of that number, from 1, of a course.

    Raises:
        NotFound: the course is not that long.
    """
    with reading() as session:
        query = select(lessons.c.id).where(lessons.c.course_id == course_id, lessons.c.number == number)
        lesson_id = session.execute(query).scalar()
    if lesson_id is None:
        raise NotFound()
    return lesson(int(lesson_id))


def start(person_id: int, lesson_id: int, now: datetime) -> Study:
    """Record that a person opened a lesson; again changes nothing."""
    with unit_of_work() as session:
        held = select(Study).where(studies.c.person_id == person_id, studies.c.lesson_id == lesson_id)
        study = session.execute(held).scalars().first()
        if study is None:
            study = Study(person_id=person_id, lesson_id=lesson_id, started_at=now)
            try:
                with savepoint():
                    session.add(study)
                    session.flush()
            except IntegrityError:
                # Opened in two chats at once; there is one record of it.
                study = session.execute(held).scalars().one()
        return study


def record(person_id: int, lesson_id: int, now: datetime, channel: str) -> bool:
    """Record that a person finished a lesson, and where; nothing is credited, see `service.study.finishing`.

    Returns:
        False when it was finished before.
    """
    with unit_of_work() as session:
        study = start(person_id, lesson_id, now)
        held = select(Study).where(studies.c.id == study.id).with_for_update()
        study = session.execute(held.execution_options(populate_existing=True)).scalars().one()
        if study.finished_at is not None:
            return False
        study.finished_at, study.channel = now, channel
        session.flush()
        return True


def studied_since(person_id: int, moment: datetime) -> bool:
    """Whether a person has opened or finished a lesson since."""
    with reading() as session:
        query = select(studies.c.id).where(
            studies.c.person_id == person_id,
            (studies.c.started_at > moment) | (studies.c.finished_at > moment),
        )
        return session.execute(query.limit(1)).scalar() is not None
