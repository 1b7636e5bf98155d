"""Lessons finished, wherever they were watched: one record a person and lesson, credited once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from service import wording
from service.clock import local
from service.db import reading, unit_of_work
from service.ledger.earning import earn
from service.ledger.posting import Reason
from service.study.courses import NextLesson, lesson, record
from service.study.models import CHANNELS, Course, Lesson, courses, lessons, studies

# 学完了 without a button means a lesson opened within these days.
_LATELY = timedelta(days=3)


@dataclass(frozen=True)
class Finished:
    """What finishing came to: `new` is False when the lesson had been finished before; `points` what it gave now."""

    lesson: NextLesson
    new: bool
    points: int


@dataclass(frozen=True)
class Roll:
    """What a roster came to: the ids of those for whom the lesson is finished now, and was finished before."""

    new: list[int]
    before: list[int]


def finish(person_id: int, lesson_id: int, now: datetime, channel: str | None = None) -> Finished:
    """Record that a person finished a lesson, and credit it the first time.

    Args:
        channel: one of CHANNELS; the lesson's own medium by default.

    Raises:
        NotFound: there is no such lesson.
        ValueError: no such channel.
    """
    done = lesson(lesson_id)
    channel = channel or done.lesson.medium
    if channel not in CHANNELS:
        raise ValueError(f"{channel} is not one of {', '.join(CHANNELS)}")
    with unit_of_work():
        if not record(person_id, lesson_id, now, channel):
            return Finished(done, new=False, points=0)
        words = wording.phrase("lesson_credit", course=done.course.title, number=done.lesson.number)
        key = f"lesson:{person_id}:{lesson_id}"
        reason = Reason("study", words, local(now).date(), key)
        return Finished(done, new=True, points=earn(person_id, "lesson_finished", 1, reason, now).points)


def finish_roster(person_ids: Sequence[int], lesson_id: int, channel: str, now: datetime) -> Roll:
    """Record a lesson that several people followed together, or were brought home; handed in again changes nothing.

    Raises:
        NotFound: there is no such lesson.
        ValueError: no such channel.
    """
    new, before = list[int](), list[int]()
    with unit_of_work():
        # In one order, so that two rosters at once never wait for one another in a ring.
        for person_id in sorted(set(person_ids)):
            done = finish(person_id, lesson_id, now, channel)
            (new if done.new else before).append(person_id)
    return Roll(new, before)


def opened_lately(person_id: int, now: datetime) -> list[NextLesson]:
    """The lessons that the person has opened in the last days and not finished, the latest first."""
    with reading() as session:
        query = (
            select(Course, Lesson)
            .join(lessons, lessons.c.course_id == courses.c.id)
            .join(studies, studies.c.lesson_id == lessons.c.id)
            .where(
                studies.c.person_id == person_id,
                studies.c.finished_at.is_(None),
                studies.c.started_at > now - _LATELY,
            )
            .order_by(studies.c.started_at.desc(), studies.c.id.desc())
        )
        return [NextLesson(*found) for found in session.execute(query)]


def finished_last(person_id: int, since: datetime) -> NextLesson | None:
    """The lesson finished last since a moment."""
    with reading() as session:
        query = (
            select(Course, Lesson)
            .join(lessons, lessons.c.course_id == courses.c.id)
            .join(studies, studies.c.lesson_id == lessons.c.id)
            .where(studies.c.person_id == person_id, studies.c.finished_at >= since)
            .order_by(studies.c.finished_at.desc())
        )
        found = session.execute(query).first()
        return NextLesson(*found) if found is not None else None
