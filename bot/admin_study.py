"""`bot admin study`: terms and classes, rosters of lessons, the question bank, quizzes and figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import typer

from bot.admin_tables import listing, one_person, or_say, show, when
from service import clock
from service.errors import NotFound, OperatorError, Refusal
from service.study import classes as class_queries
from service.study import courses, enrolling, figures, finishing, opening, question_bank
from service.study.models import CHANNELS
from service.study.quiz_queries import every_quiz, get_quiz

study = typer.Typer(no_args_is_help=True, help="Courses, the senior university, quizzes.")


@study.command()
def classes() -> None:
    """List the classes of the terms that are not over."""
    table = listing("ID", "学期", "班", "层级", "时间", "地点", "名额", "已报", "排队", "状态")
    now = clock.now()
    for each in class_queries.current(now):
        capacity = str(each.study_class.capacity or "不限")
        state = each.why_closed(now) or "报名中"
        where = (each.hours, each.place, capacity, str(each.taken), str(each.waiting), state)
        table.append((str(each.id), each.term.name, each.title, each.study_class.level, *where))
    show(table, "No classes.")


@study.command("open-term")
def open_term(
    name: str,
    starts: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="Its first day."),
    ends: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="Its last day."),
    enrol_from: str = typer.Option(..., help="As 2026-12-01T09:00, in Asia/Shanghai."),
    enrol_until: str = typer.Option(..., help="As 2026-12-20T17:00, in Asia/Shanghai."),
) -> None:
    """Open a term of the senior university."""
    with _explained():
        opens, closes = clock.parse(enrol_from), clock.parse(enrol_until)
        term = opening.open_term(name, starts.date(), ends.date(), opens, closes)
    print(f"Opened {term.name}; enrolment from {when(opens)} until {when(closes)}")


@study.command("open-class")
def open_class(
    term: str,
    title: str,
    level: str = typer.Option(..., help="市, 县区, 镇街 or 村社."),
    rrule: str = typer.Option(
        ..., help="When it meets, after RFC 5545: FREQ=WEEKLY;BYDAY=TU;BYHOUR=9;BYMINUTE=30"
    ),
    topic: list[str] = typer.Option([], help="Words people ask for it by; may be given several times."),
    venue: str | None = typer.Option(None),
    course: str | None = typer.Option(None, help="The course whose lessons it goes through."),
    teacher: str = typer.Option(""),
    capacity: int | None = typer.Option(None, help="No limit by default."),
) -> None:
    """Open a class in a term."""
    with or_say(f"No term is called {term}."):
        of = opening.term_called(term)
    new = opening.NewClass(
        title, level, rrule, topic, venue=venue, course=course, teacher=teacher, capacity=capacity
    )
    with _explained():
        found = opening.open_class(of, new)
    print(f"Opened class {found.id}, {found.title}, {class_queries.get_offer(found.id).hours}")


@study.command("cancel-class")
def cancel_class(
    class_id: int = typer.Argument(..., metavar="ID"),
    reason: str = typer.Argument(..., metavar="REASON", help="Told to all who enrolled."),
) -> None:
    """Call a class off and tell all who have a place or wait for one."""
    with or_say(f"There is no class {class_id}. See: python -m bot admin study classes."), _explained():
        affected = enrolling.cancel_class(class_id, reason, clock.now())
    print(f"Called off class {class_id}; {len(affected)} people are told")


@study.command()
def enrol(
    who: str = typer.Argument(..., metavar="NAME|PHONE"),
    class_id: int = typer.Argument(..., metavar="ID"),
    wait: bool = typer.Option(False, "--wait", help="Queue when it is full."),
) -> None:
    """Enrol somebody who asked at the counter."""
    person = one_person(who)
    with or_say(f"There is no class {class_id}. See: python -m bot admin study classes."), _explained():
        enrolment = enrolling.enrol(person, class_id, clock.now(), wait=wait)
    print(f"{person.name} {enrolling.IN_WORDS[enrolment.state]} {enrolment.receipt_no}")


@study.command()
def finished(
    course: str,
    lesson: int = typer.Argument(..., help="Its number, from 1."),
    people: list[str] = typer.Argument(..., metavar="NAME|PHONE..."),
    through: str = typer.Option(..., help=", ".join(CHANNELS)),
) -> None:
    """Record a lesson that people followed together, on television, or were brought home; once each."""
    who = {person.id: person for person in map(one_person, people)}
    found = next((each for each in courses.search(None, limit=10_000)[0] if each.title == course), None)
    if found is None:
        raise OperatorError(f"No course is called {course}.")
    with or_say(f"{course} has no lesson {lesson}."), _explained():
        of = courses.numbered(found.id, lesson)
        roll = finishing.finish_roster(list(who), of.lesson.id, through, clock.now())
    print(f"Recorded for {len(roll.new)} people; {len(roll.before)} had finished it before")


@study.command("import-questions")
def import_questions(
    file: Path = typer.Argument(..., help="An Excel workbook or CSV file.", exists=True),
) -> None:
    """Put questions into the bank: columns 主题, 题目, 选项A to 选项D, 答案, 解析; all rows or none."""
    try:
        done = question_bank.import_questions(question_bank.read_rows(file))
    except question_bank.BadRows as bad:
        table = listing("行", "问题")
        table.extend((str(number), problem) for number, problem in bad.problems)
        show(table, "")
        raise OperatorError("Nothing was imported. Correct these rows and import the file again.") from None
    except ValueError as error:
        raise OperatorError(f"Cannot read {file.name}: {error}.") from None
    print(f"Imported {done.new} questions; {done.known} were in the bank already")


@study.command("open-quiz")
def open_quiz(
    title: str,
    topic: list[str] = typer.Option(..., help="Of which topics of the bank; may be given several times."),
    opens: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="Its first day."),
    closes: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="Its last day."),
    questions: int = typer.Option(10, help="How many each person gets."),
    pass_mark: int = typer.Option(6, help="How many of them have to be right."),
    attempts: int = typer.Option(2, help="How often a person may take it."),
) -> None:
    """Set up a quiz."""
    with _explained():
        quiz = question_bank.make_quiz(
            title, topic, opens.date(), closes.date(), questions, pass_mark, attempts
        )
    print(f"Quiz {quiz.id}, {quiz.title}, is open from {quiz.opens_on} to {quiz.closes_on}")


@study.command("quizzes")
def list_quizzes() -> None:
    """List the quizzes with how many passed of how many who finished."""
    found = every_quiz()
    table = listing("ID", "答题", "主题", "开始", "结束", "题数", "合格", "合格人数/完成人数")
    for each in found:
        passed = figures.quiz_passed(each.id)
        dates = (str(each.opens_on), str(each.closes_on), str(each.questions), str(each.pass_mark))
        counts = f"{passed.numerator}/{passed.denominator}"
        table.append((str(each.id), each.title, "、".join(each.topics), *dates, counts))
    show(table, "No quizzes.")


@study.command()
def results(quiz_id: int = typer.Argument(..., metavar="ID")) -> None:
    """List who passed a quiz, the best first."""
    with or_say(f"There is no quiz {quiz_id}. See: python -m bot admin study quizzes."):
        get_quiz(quiz_id)
    _show_figure(figures.quiz_passed(quiz_id))


@study.command("figures")
def show_figures(
    since: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="The first day."),
    until: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="The last day."),
    rows: bool = typer.Option(False, "--rows", help="Show the rows behind them."),
) -> None:
    """Count who studied, and what, from one day to another."""
    start, end = _midnight(since.date()), _midnight(until.date() + timedelta(days=1))
    people, lessons = figures.people_who_studied(start, end), figures.lessons_finished(start, end)
    print(f"People who finished a lesson: {people.numerator} of {people.denominator} on the roster")
    print(f"Lessons finished: {lessons.numerator} of {lessons.denominator} begun and not finished before")
    table = listing("课程", "人数", "学完课数")
    table.extend((title, str(who), str(count)) for title, who, count in figures.by_course(start, end))
    show(table, "No courses.")
    if rows:
        _show_figure(people)
        _show_figure(lessons)


def _show_figure(figure: figures.Figure) -> None:
    table = listing(*figure.columns)
    for row in figure.rows:
        table.append(tuple(when(cell) if isinstance(cell, datetime) else str(cell or "") for cell in row))
    show(table, "Nobody.")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.SHANGHAI)


@contextmanager
def _explained() -> Iterator[None]:
    """Say to the operator why a use case would not."""
    try:
        yield
    except ValueError as error:
        raise OperatorError(f"That cannot be: {error}.") from None
    except NotFound:
        raise
    except Refusal as refusal:
        why = "; ".join(str(value) for value in refusal.reasons.values())
        raise OperatorError(f"Refused, {refusal.code.replace('_', ' ')}: {why}.") from None
