"""What is counted about study: each figure with numerator, denominator and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from service.db import reading
from service.people.models import people
from service.study.class_models import enrolments, study_classes, terms
from service.study.models import courses, lessons, studies
from service.study.quiz_models import quiz_attempts, quizzes


@dataclass(frozen=True)
class Figure:
    """`numerator` of `denominator`; `rows` are what the numerator counts, their columns named by `columns`."""

    numerator: int
    denominator: int
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    @property
    def rate(self) -> float | None:
        """The share; None of nothing."""
        return self.numerator / self.denominator if self.denominator else None


def people_who_studied(start: datetime, end: datetime) -> Figure:
    """People on the roster who finished at least one lesson in [start, end), of all people on the roster."""
    with reading() as session:
        query = (
            select(people.c.id, people.c.name, func.count(studies.c.id))
            .join(studies, studies.c.person_id == people.c.id)
            .where(_finished_in(start, end))
            .group_by(people.c.id, people.c.name)
            .order_by(people.c.id)
        )
        rows = [tuple(row) for row in session.execute(query)]
        everybody = int(session.execute(select(func.count()).select_from(people)).scalar_one())
    return Figure(len(rows), everybody, ("person_id", "姓名", "学完课数"), rows)


def lessons_finished(start: datetime, end: datetime) -> Figure:
    """Lessons finished (a person and a lesson once) in [start, end), of those begun by the end of it and not finished before."""
    with reading() as session:
        query = (
            select(people.c.name, courses.c.title, lessons.c.number, studies.c.channel, studies.c.finished_at)
            .select_from(studies)
            .join(people, people.c.id == studies.c.person_id)
            .join(lessons, lessons.c.id == studies.c.lesson_id)
            .join(courses, courses.c.id == lessons.c.course_id)
            .where(_finished_in(start, end))
            .order_by(studies.c.finished_at, studies.c.id)
        )
        rows = [tuple(row) for row in session.execute(query)]
        begun = (studies.c.started_at < end) & (
            studies.c.finished_at.is_(None) | (studies.c.finished_at >= start)
        )
        of = int(session.execute(select(func.count()).select_from(studies).where(begun)).scalar_one())
    return Figure(len(rows), of, ("姓名", "课程", "第几课", "途径", "学完时间"), rows)


def by_course(start: datetime, end: datetime) -> list[tuple[str, int, int]]:
    """Each course with how many people finished a lesson of it in [start, end), and how many lessons that were."""
    with reading() as session:
        query = (
            select(courses.c.title, func.count(studies.c.person_id.distinct()), func.count(studies.c.id))
            .join(lessons, lessons.c.course_id == courses.c.id)
            .outerjoin(studies, and_(studies.c.lesson_id == lessons.c.id, _finished_in(start, end)))
            .group_by(courses.c.id, courses.c.title)
            .order_by(func.count(studies.c.id).desc(), courses.c.id)
        )
        return [tuple(row) for row in session.execute(query)]


def quiz_passed(quiz_id: int) -> Figure:
    """People whose best finished attempt passed, of all who finished one."""
    with reading() as session:
        best = func.max(quiz_attempts.c.score)
        query = (
            select(people.c.id, people.c.name, best, quizzes.c.pass_mark)
            .select_from(quiz_attempts)
            .join(people, people.c.id == quiz_attempts.c.person_id)
            .join(quizzes, quizzes.c.id == quiz_attempts.c.quiz_id)
            .where(quizzes.c.id == quiz_id, quiz_attempts.c.finished_at.is_not(None))
            .group_by(people.c.id, people.c.name, quizzes.c.pass_mark)
            .order_by(best.desc(), people.c.id)
        )
        took = session.execute(query).all()
    rows = [(person_id, name, score) for person_id, name, score, mark in took if score >= mark]
    return Figure(len(rows), len(took), ("person_id", "姓名", "最好成绩"), rows)


def places_taken(term_id: int) -> Figure:
    """Places taken in the classes of a term that have a limit and are held, of all their places."""
    with reading() as session:
        query = (
            select(study_classes.c.title, study_classes.c.capacity, func.count(enrolments.c.id))
            .join(terms, terms.c.id == study_classes.c.term_id)
            .outerjoin(
                enrolments,
                and_(enrolments.c.class_id == study_classes.c.id, enrolments.c.state == "enrolled"),
            )
            .where(
                terms.c.id == term_id,
                study_classes.c.capacity.is_not(None),
                study_classes.c.cancel_reason == "",
            )
            .group_by(study_classes.c.id, study_classes.c.title, study_classes.c.capacity)
            .order_by(study_classes.c.id)
        )
        rows = [tuple(row) for row in session.execute(query)]
    return Figure(sum(row[2] for row in rows), sum(row[1] for row in rows), ("班", "名额", "已报"), rows)


def _finished_in(start: datetime, end: datetime) -> Any:
    return (studies.c.finished_at >= start) & (studies.c.finished_at < end)
