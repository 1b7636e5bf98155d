"""A small invented world for the tests of study: Monday, 23 November 2026, half past nine."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from sqlalchemy import select

from service import clock, db
from service.errors import Refusal
from service.messages.models import Outgoing, outbox
from service.people.models import Person
from service.study.class_models import StudyClass, Term
from service.study.models import Course, Lesson
from service.study.opening import NewClass, open_class, open_term
from service.study.question_bank import HEADERS, import_questions

NOW = clock.parse("2026-11-23T09:30")
EVERY_TUESDAY = "FREQ=WEEKLY;BYDAY=TU;BYHOUR=9;BYMINUTE=30"


def person(name: str, activity_class: str = "正常活动") -> Person:
    """Somebody on the roster."""
    with db.unit_of_work() as session:
        row = Person(name=name, activity_class=activity_class)
        session.add(row)
        session.flush()
        return row


def course(title: str, *lessons: str) -> tuple[Course, list[Lesson]]:
    """A course of lessons."""
    with db.unit_of_work() as session:
        row = Course(title=title, topics=[], about="从头学起")
        session.add(row)
        session.flush()
        made = [
            Lesson(row.id, number, lesson, medium="视频", where="https://example.org/l", minutes=20)
            for number, lesson in enumerate(lessons, 1)
        ]
        session.add_all(made)
        session.flush()
        return row, made


def term(name: str = "2027年春季学期") -> Term:
    """The spring term, in which people can enrol from this morning until the twentieth of December."""
    opens, closes = clock.parse("2026-11-23T09:00"), clock.parse("2026-12-21T00:00")
    return open_term(name, date(2027, 3, 1), date(2027, 6, 30), opens, closes)


def study_class(of: Term, title: str = "国画", **details: Any) -> StudyClass:
    """A class on Tuesday mornings."""
    return open_class(
        of, NewClass(title, details.pop("level", "县区"), details.pop("rrule", EVERY_TUESDAY), **details)
    )


def bank(topic: str, count: int) -> None:
    """So many questions, of each of which the second choice is right."""
    rows = [list(HEADERS)]
    rows += [
        [topic, f"{topic}第{number}问", f"甲{number}", f"乙{number}", f"丙{number}", "", "B", f"因为{number}"]
        for number in range(count)
    ]
    import_questions(rows)


def told(person_id: int) -> list[str]:
    """What is on its way to a person unasked."""
    with db.reading() as session:
        query = select(Outgoing).where(outbox.c.person_id == person_id).order_by(outbox.c.id)
        return [(row.payload or {})["text"] for row in session.execute(query).scalars()]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each of these came to, all run at the same moment: its result, or the code of its refusal."""

    def outcome(call: Callable[[], Any]) -> Any:
        while True:
            try:
                return call()
            except db.TurnAborted:
                continue
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))
