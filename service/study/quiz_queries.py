"""Quizzes as they stand: which are open, who took which how often, what is to be answered, what was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from service import wording
from service.clock import day_words, local
from service.db import reading
from service.errors import NotFound
from service.study.quiz_models import (
    Answer,
    Attempt,
    Question,
    Quiz,
    quiz_answers,
    quiz_attempts,
    quiz_questions,
    quizzes,
)


@dataclass(frozen=True)
class Asked:
    """A question as it is put: which one of how many, `number` from 1."""

    attempt: Attempt
    quiz: Quiz
    question: Question
    place: int
    of: int

    @property
    def number(self) -> int:
        """Which one it is, from 1."""
        return self.place + 1


def dates_of(quiz: Quiz, today: date) -> str:
    """From which day to which, in words."""
    return f"{day_words(quiz.opens_on, today)}到{day_words(quiz.closes_on, today)}"


def open_quizzes(now: datetime) -> list[Quiz]:
    """The quizzes that are open today, the one that closes first first."""
    today = local(now).date()
    with reading() as session:
        query = select(Quiz).where(quizzes.c.opens_on <= today, quizzes.c.closes_on >= today)
        return list(session.execute(query.order_by(quizzes.c.closes_on, quizzes.c.id)).scalars())


def every_quiz() -> list[Quiz]:
    """All quizzes, the newest first."""
    with reading() as session:
        return list(session.execute(select(Quiz).order_by(quizzes.c.id.desc())).scalars())


def coming_quiz(now: datetime) -> Quiz | None:
    """The next quiz that will open."""
    with reading() as session:
        query = select(Quiz).where(quizzes.c.opens_on > local(now).date()).order_by(quizzes.c.opens_on)
        return session.execute(query).scalars().first()


def get_quiz(quiz_id: int) -> Quiz:
    """The quiz of that id.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        quiz = session.get(Quiz, quiz_id)
        if quiz is None:
            raise NotFound()
        return quiz


def attempts_of(person_id: int, quiz_id: int) -> list[Attempt]:
    """Every time that the person took the quiz, in order."""
    with reading() as session:
        query = select(Attempt).where(
            quiz_attempts.c.quiz_id == quiz_id, quiz_attempts.c.person_id == person_id
        )
        return list(session.execute(query.order_by(quiz_attempts.c.number)).scalars())


def get_attempt(attempt_id: int) -> Attempt | None:
    """The attempt of that id."""
    with reading() as session:
        found: Attempt | None = session.get(Attempt, attempt_id)
        return found


def under_way(person_id: int, now: datetime) -> Attempt | None:
    """The person's unfinished attempt at a quiz that is still open, the latest of several."""
    ids = [quiz.id for quiz in open_quizzes(now)]
    with reading() as session:
        query = select(Attempt).where(
            quiz_attempts.c.person_id == person_id,
            quiz_attempts.c.finished_at.is_(None),
            quiz_attempts.c.quiz_id.in_(ids),
        )
        return session.execute(query.order_by(quiz_attempts.c.id.desc())).scalars().first()


def has_passed(quiz: Quiz, attempts: list[Attempt]) -> bool:
    """Whether one of the attempts was enough."""
    return any((each.score or 0) >= quiz.pass_mark for each in attempts)


def why_not_again(quiz: Quiz, attempts: list[Attempt]) -> str | None:
    """In words, why the quiz cannot be taken once more; None when it can."""
    if has_passed(quiz, attempts):
        return wording.phrase("quiz_passed_before", best=max(each.score or 0 for each in attempts))
    if len(attempts) >= quiz.attempts and all(each.finished_at for each in attempts):
        return wording.phrase("quiz_no_attempt_left", attempts=quiz.attempts)
    return None


def question_to_answer(attempt: Attempt) -> Asked | None:
    """The first question of an attempt that has no answer yet; None when all have."""
    with reading() as session:
        query = (
            select(Answer, Question)
            .join(quiz_questions, quiz_questions.c.id == quiz_answers.c.question_id)
            .where(quiz_answers.c.attempt_id == attempt.id, quiz_answers.c.choice.is_(None))
            .order_by(quiz_answers.c.place)
        )
        found = session.execute(query).first()
        if found is None:
            return None
        many = select(func.count()).select_from(quiz_answers).where(quiz_answers.c.attempt_id == attempt.id)
        of = int(session.execute(many).scalar_one())
    return Asked(attempt, get_quiz(attempt.quiz_id), found[1], found[0].place, of)


def wrong_answers(person_id: int, attempt_id: int) -> list[tuple[Answer, Question]]:
    """What was answered wrongly, or not at all, in the order it was asked.

    Raises:
        NotFound: the attempt is another's, or not finished: what is right is not told before.
    """
    with reading() as session:
        attempt = session.get(Attempt, attempt_id)
        if attempt is None or attempt.person_id != person_id or attempt.finished_at is None:
            raise NotFound()
        query = (
            select(Answer, Question)
            .join(quiz_questions, quiz_questions.c.id == quiz_answers.c.question_id)
            .where(quiz_answers.c.attempt_id == attempt_id)
            .order_by(quiz_answers.c.place)
        )
        return [
            (given, question) for given, question in session.execute(query) if given.choice != question.right
        ]


def last_finished(person_id: int) -> Attempt | None:
    """The attempt that the person finished last, at any quiz."""
    with reading() as session:
        query = select(Attempt).where(
            quiz_attempts.c.person_id == person_id, quiz_attempts.c.finished_at.is_not(None)
        )
        return session.execute(query.order_by(quiz_attempts.c.finished_at.desc())).scalars().first()
