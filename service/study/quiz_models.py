"""Quizzes: the question bank, the quizzes drawn from it, and what each person answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from service.db import RowId, UtcDateTime, mapped, metadata

quiz_questions = Table(
    "quiz_questions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("topic", String(32), nullable=False, index=True),
    Column("text", String(256), nullable=False),
    Column("choices", JSON, nullable=False),
    Column("right", Integer, nullable=False),
    Column("explanation", String(512), nullable=False, server_default=""),
    UniqueConstraint("topic", "text"),
)

quizzes = Table(
    "quizzes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("title", String(64), nullable=False, unique=True),
    Column("topics", JSON, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("pass_mark", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    CheckConstraint("closes_on >= opens_on", name="closes_after_it_opens"),
    CheckConstraint("questions > 0 AND pass_mark > 0 AND pass_mark <= questions", name="can_be_passed"),
    CheckConstraint("attempts > 0", name="can_be_taken"),
)

quiz_attempts = Table(
    "quiz_attempts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("quiz_id", ForeignKey("quizzes.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("bank_up_to", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("score", Integer),
    UniqueConstraint("quiz_id", "person_id", "number"),
)

quiz_answers = Table(
    "quiz_answers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("attempt_id", ForeignKey("quiz_attempts.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("question_id", ForeignKey("quiz_questions.id"), nullable=False),
    Column("choice", Integer),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("attempt_id", "place"),
)


@mapped
@dataclass
class Question:
    """A question of the bank with two to four `choices`, of which the one at place `right` (from 0) is right.

    What was asked once is never changed, since answers refer to it.
    """

    __table__ = quiz_questions

    topic: str
    text: str
    choices: list[str]
    right: int
    explanation: str = ""
    id: int = field(init=False)


@mapped
@dataclass
class Quiz:
    """A quiz open on every day from `opens_on` to `closes_on` in Asia/Shanghai, both included.

    Each person gets so many `questions` of its `topics`, has passed with `pass_mark` right ones, and may take it
    `attempts` times until then.
    """

    __table__ = quizzes

    title: str
    topics: list[str]
    opens_on: date
    closes_on: date
    questions: int
    pass_mark: int
    attempts: int = 2
    id: int = field(init=False)


@mapped
@dataclass
class Attempt:
    """One time that a person takes a quiz; `number` from 1.

    `bank_up_to` is the last question that the bank held then, so that the draw can be repeated; `score`, the right
    answers, is known when it is finished.
    """

    __table__ = quiz_attempts

    quiz_id: int
    person_id: int
    number: int
    bank_up_to: int
    started_at: datetime
    finished_at: datetime | None = None
    score: int | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Answer:
    """A question drawn for an attempt, at its `place` from 0, and the choice that was taken."""

    __table__ = quiz_answers

    attempt_id: int
    place: int
    question_id: int
    choice: int | None = None
    answered_at: datetime | None = None
    id: int = field(init=False)
