"""The day after a quiz: what was left unfinished is counted as it stands, and the person is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service import wording
from service.clock import local
from service.db import reading, unit_of_work
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import WITHDRAWN, Verdict, for_unasked
from service.people import queries as people
from service.study.quiz_models import quiz_attempts, quizzes
from service.study.quizzes import finish

KIND = "quiz_result"
_AT_ONCE = 200


def close_due(now: datetime) -> int:
    """Count what was left unfinished in quizzes whose last day is over; run it as often as you like.

    Returns:
        How many attempts were counted.
    """
    left = (
        select(quiz_attempts.c.id, quiz_attempts.c.person_id)
        .join(quizzes, quizzes.c.id == quiz_attempts.c.quiz_id)
        .where(quiz_attempts.c.finished_at.is_(None), quizzes.c.closes_on < local(now).date())
        .order_by(quiz_attempts.c.id)
        .limit(_AT_ONCE)
    )
    counted = 0
    while True:
        with reading() as session:
            found = session.execute(left).all()
        for attempt_id, person_id in found:
            with unit_of_work():
                result = finish(person_id, attempt_id, now)
                key = "quiz_closed_passed" if result.passed else "quiz_closed_not_passed"
                said = wording.say(
                    key,
                    title=result.quiz.title,
                    score=result.attempt.score,
                    of=result.quiz.questions,
                    attempt_id=attempt_id,
                )
                outbox.tell(person_id, KIND, said, now, dedupe_key=f"{KIND}:{attempt_id}")
        counted += len(found)
        if len(found) < _AT_ONCE:
            return counted


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Whether the result may be sent: not to who wants nothing unasked, not in quiet hours."""
    return WITHDRAWN if row.person_id is None else for_unasked(people.get(row.person_id), now)
