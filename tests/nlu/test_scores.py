"""The figures of an evaluation, on results small enough to count by hand."""

from __future__ import annotations

import pytest

from tests.nlu.scores import Result, refusals, summary
from tests.nlu.sentences import Sentence


def result(truth: str, read: str, likeness: float = 0.5, second: str | None = None) -> Result:
    parsed = {"intent": read, "second": second, "confidence": 0.5, "entities": []}
    return Result(Sentence("…", truth, "plain", ()), parsed, likeness)


def test_a_refusal_is_right_for_what_is_out_of_scope_and_wrong_for_the_rest() -> None:
    figures = summary(
        [
            result("greet", "greet"),
            result("greet", "nlu_fallback"),
            result("out_of_scope", "nlu_fallback"),
            result("out_of_scope", "greet"),
        ]
    )
    assert (figures["accuracy"], figures["out_of_scope_refused"], figures["in_scope_answered"]) == (
        0.5,
        0.5,
        0.5,
    )


def test_a_question_is_right_when_what_was_meant_is_offered() -> None:
    figures = summary([result("thank", "greet", second="thank"), result("affirm", "greet", second="thank")])
    assert (figures["asked"], figures["asked_right"], figures["accuracy"]) == (1.0, 0.5, 0.0)


def test_out_of_scope_refused_while_so_much_of_the_rest_is_answered() -> None:
    inside = [result("greet", "greet", likeness) for likeness in (0.9, 0.8, 0.7, 0.2)]
    outside = [result("out_of_scope", "greet", likeness) for likeness in (0.1, 0.3, 0.75, 0.95)]
    figures = refusals(inside + outside, [1.0, 0.75, 0.5])
    assert [row["confidence"] for row in figures.values()] == [0.2, 0.7, 0.8]
    assert [row["out_of_scope_refused"] for row in figures.values()] == pytest.approx([0.25, 0.5, 0.75])
    assert refusals([result("out_of_scope", "greet")]) == {}
