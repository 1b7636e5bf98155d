"""Taking a quiz: a draw of one's own, one question after the other, a score, points once, wrong answers looked at again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from service import wording
from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound, Refusal
from service.ledger.earning import earn
from service.ledger.posting import Reason
from service.people.models import people
from service.study.quiz_models import (
    Answer,
    Attempt,
    Question,
    Quiz,
    quiz_answers,
    quiz_attempts,
    quiz_questions,
)
from service.study.quiz_queries import attempts_of, dates_of, get_quiz, why_not_again


class QuizClosed(Refusal):
    """The quiz, `title`, is not open on this day; `dates` say when it is or was."""

    code = "quiz_closed"


class QuizUsedUp(Refusal):
    """The person has passed it, or has no attempt left; `reason` says which in words."""

    code = "quiz_used_up"


@dataclass(frozen=True)
class Told:
    """What an answer came to: whether it was `new` and right, and the question it was for."""

    new: bool
    right: bool
    question: Question


@dataclass(frozen=True)
class Result:
    """A finished attempt: `points` are those this result gave, 0 when it was passed before or not passed."""

    quiz: Quiz
    attempt: Attempt
    passed: bool
    points: int


def begin(person_id: int, quiz_id: int, now: datetime) -> Attempt:
    """Begin the quiz, or go on with the attempt under way; the questions are drawn now and stay.

    A second attempt is for who has finished the first and not passed, as often as the quiz allows.

    Raises:
        NotFound: there is no such quiz.
        QuizClosed: it is not open today.
        QuizUsedUp: as `why_not_again`.
    """
    with unit_of_work() as session:
        quiz = get_quiz(quiz_id)
        _require_open(quiz, now)
        # Held, so that two presses at once begin one attempt.
        session.execute(select(people.c.id).where(people.c.id == person_id).with_for_update(key_share=True))
        attempts = attempts_of(person_id, quiz_id)
        if attempts and attempts[-1].finished_at is None:
            return attempts[-1]
        if (reason := why_not_again(quiz, attempts)) is not None:
            raise QuizUsedUp(title=quiz.title, reason=reason)
        bank = int(session.execute(select(func.coalesce(func.max(quiz_questions.c.id), 0))).scalar_one())
        attempt = Attempt(quiz_id, person_id, len(attempts) + 1, bank, started_at=now)
        session.add(attempt)
        session.flush()
        drawn = draw(quiz, attempt)
        session.add_all(Answer(attempt.id, place, question) for place, question in enumerate(drawn))
        session.flush()
        return attempt


def draw(quiz: Quiz, attempt: Attempt) -> list[int]:
    """The ids of the questions of an attempt in their order; worked out again, they are the same."""
    with reading() as session:
        query = select(quiz_questions.c.id).where(
            quiz_questions.c.topic.in_(quiz.topics), quiz_questions.c.id <= attempt.bank_up_to
        )
        pool = list(session.execute(query.order_by(quiz_questions.c.id)).scalars())
    chance = random.Random(f"{quiz.id}:{attempt.person_id}:{attempt.number}")
    return chance.sample(pool, min(quiz.questions, len(pool)))


def answer(person_id: int, attempt_id: int, place: int, choice: int, now: datetime) -> Told:
    """Take the answer to one question; a question answered before keeps its first answer.

    Raises:
        NotFound: it is nobody's, another's, or has no such question or choice.
        QuizClosed: the last day is over.
    """
    with unit_of_work() as session:
        attempt = _locked(person_id, attempt_id)
        query = (
            select(Answer, Question)
            .join(quiz_questions, quiz_questions.c.id == quiz_answers.c.question_id)
            .where(quiz_answers.c.attempt_id == attempt.id, quiz_answers.c.place == place)
            .execution_options(populate_existing=True)
        )
        found = session.execute(query).first()
        if found is None or not 0 <= choice < len(found[1].choices):
            raise NotFound()
        given, question = found
        if given.choice is not None:
            return Told(False, given.choice == question.right, question)
        _require_open(get_quiz(attempt.quiz_id), now)
        given.choice, given.answered_at = choice, now
        session.flush()
        return Told(True, choice == question.right, question)


def finish(person_id: int, attempt_id: int, now: datetime) -> Result:
    """Count the right answers, an unanswered question for a wrong one; again gives the same and no more points.

    Raises:
        NotFound: it is nobody's or another's.
    """
    with unit_of_work() as session:
        attempt = _locked(person_id, attempt_id)
        quiz = get_quiz(attempt.quiz_id)
        if attempt.finished_at is not None:
            return Result(quiz, attempt, (attempt.score or 0) >= quiz.pass_mark, 0)
        right = (
            select(func.count())
            .select_from(quiz_answers.join(quiz_questions))
            .where(quiz_answers.c.attempt_id == attempt.id, quiz_answers.c.choice == quiz_questions.c.right)
        )
        attempt.score, attempt.finished_at = int(session.execute(right).scalar_one()), now
        session.flush()
        passed = attempt.score >= quiz.pass_mark
        points = 0
        if passed:
            reason = Reason(
                "study",
                wording.phrase("quiz_credit", title=quiz.title),
                local(now).date(),
                f"quiz:{quiz.id}:{person_id}",
            )
            points = earn(person_id, "quiz_passed", 1, reason, now).points
        return Result(quiz, attempt, passed, points)


def _locked(person_id: int, attempt_id: int) -> Attempt:
    with unit_of_work() as session:
        query = (
            select(Attempt)
            .where(quiz_attempts.c.id == attempt_id, quiz_attempts.c.person_id == person_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        attempt = session.execute(query).scalars().first()
        if attempt is None:
            raise NotFound()
        return attempt


def _require_open(quiz: Quiz, now: datetime) -> None:
    today = local(now).date()
    if not quiz.opens_on <= today <= quiz.closes_on:
        raise QuizClosed(title=quiz.title, dates=dates_of(quiz, today))
