"""Sections of a world: the question bank, and the quizzes drawn from it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, root_validator

from service.clock import local
from service.study.question_bank import HEADERS, BadRows, import_questions, make_quiz
from service.world.parts import Loading, Part, explained, named, places, text
from service.world.times import When


class QuizQuestion(Part):
    """A question of the bank: `right` is the number of the right choice, from 1."""

    topic: str = named(32)
    question: str = named(256)
    choices: list[str] = Field(..., min_items=2, max_items=4)
    right: int = Field(..., ge=1)
    explanation: str = text(512)

    @root_validator(skip_on_failure=True)
    def _right_is_a_choice(cls, given: dict[str, object]) -> dict[str, object]:
        if int(str(given["right"])) > len(given["choices"]):  # type: ignore[arg-type]
            raise ValueError("right is the number of one of the choices")
        return given


class NewQuiz(Part):
    """A quiz; open on every day from `opens` to `closes`."""

    title: str = named()
    topics: list[str] = Field(..., min_items=1)
    opens: When
    closes: When
    questions: int = Field(..., gt=0)
    pass_mark: int = Field(..., gt=0)
    attempts: int = Field(2, gt=0)


def load_questions_of_quizzes(given: Sequence[QuizQuestion], loading: Loading) -> None:
    """The question bank, through the same door as a spreadsheet."""
    rows = [list(HEADERS)]
    for question in given:
        choices = [*question.choices, *[""] * (4 - len(question.choices))]
        rows.append(
            [question.topic, question.question, *choices, "ABCD"[question.right - 1], question.explanation]
        )
    try:
        import_questions(rows)
    except BadRows as bad:
        number, problem = bad.problems[0]
        with explained(f"quiz_questions[{number - 2}]"):
            raise ValueError(problem) from None


def load_quizzes(given: Sequence[NewQuiz], loading: Loading) -> None:
    """The quizzes."""
    for place, row in places("quizzes", given):
        opens, closes = local(row.opens.at(loading.now)).date(), local(row.closes.at(loading.now)).date()
        with explained(place):
            make_quiz(row.title, list(row.topics), opens, closes, row.questions, row.pass_mark, row.attempts)
