"""Sections of a world: courses with their lessons, who studied what, who wants to be reminded."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, validator

from service.study import courses as study
from service.study import models, reminders
from service.world.parts import Loading, Part, explained, named, one_of, places, text
from service.world.times import When


class Lesson(Part):
    """A lesson: `where` is its link, or its channel and time."""

    title: str = named()
    medium: str = "视频"
    where: str = named(256)
    minutes: int = Field(0, ge=0)

    _medium = validator("medium", allow_reuse=True)(one_of(("视频", "音频", "文字", "电视")))


class Course(Part):
    """A course, its lessons in their order."""

    title: str = named()
    topics: tuple[str, ...] = ()
    about: str = text(256)
    lessons: list[Lesson] = Field(..., min_items=1)


class Study(Part):
    """What somebody studied of a course, by the lessons' numbers from 1; `channel` if not the lesson's own medium."""

    person: str
    course: str
    finished: tuple[int, ...] = ()
    started: tuple[int, ...] = ()
    when: When = When("now")
    channel: str | None = None

    _channel = validator("channel", allow_reuse=True)(one_of(models.CHANNELS))


class Reminder(Part):
    """When somebody wants to be reminded to study: a rule after RFC 5545 with BYHOUR, in Asia/Shanghai."""

    person: str
    rrule: str = named(128)
    since: When = When("now")


def load_courses(given: Sequence[Course], loading: Loading) -> None:
    """The courses and their lessons."""
    for place, row in places("courses", given):
        course = models.Course(title=row.title, topics=list(row.topics), about=row.about)
        loading.add(course)
        lessons = [
            models.Lesson(course.id, number, lesson.title, lesson.medium, lesson.where, lesson.minutes)
            for number, lesson in enumerate(row.lessons, start=1)
        ]
        loading.session.add_all(lessons)
        loading.name("course", row.title, lessons, place)
    loading.session.flush()


def load_studies(given: Sequence[Study], loading: Loading) -> None:
    """What was studied, the earlier first, since the course studied last is gone on with."""
    placed = sorted(places("studies", given), key=lambda each: each[1].when.at(loading.now))
    for place, row in placed:
        person = loading.person(row.person, f"{place}.person")
        lessons: list[models.Lesson] = loading.find("course", row.course, f"{place}.course")
        when = row.when.at(loading.now)
        for number in row.finished:
            with explained(f"{place}.finished"):
                lesson = _numbered(lessons, number)
            # What it was credited with is among the movements of the ledger.
            study.record(person.id, lesson.id, when, row.channel or lesson.medium)
        for number in row.started:
            with explained(f"{place}.started"):
                lesson = _numbered(lessons, number)
            study.start(person.id, lesson.id, when)


def load_reminders(given: Sequence[Reminder], loading: Loading) -> None:
    """The reminders."""
    for place, row in places("reminders", given):
        person = loading.person(row.person, f"{place}.person")
        with explained(f"{place}.rrule"):
            reminders.set_reminder(person.id, row.rrule, row.since.at(loading.now))


def _numbered(lessons: list[models.Lesson], number: int) -> models.Lesson:
    if not 0 < number <= len(lessons):
        raise ValueError(f"the course has no lesson {number}, only 1 to {len(lessons)}")
    return lessons[number - 1]
