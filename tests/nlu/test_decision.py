"""Act, ask which of two, or say it was not understood."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.decision import Decision, decide


def parsed(*ranking: tuple[str, float]) -> dict[str, Any]:
    """Return what Rasa's FallbackClassifier makes of a ranking."""
    guesses = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    first = guesses[0] if guesses else {"name": None, "confidence": 0.0}
    message = Message(data={"text": "…", "intent": first, "intent_ranking": guesses})
    FallbackClassifier({"threshold": 0.5, "ambiguity_threshold": 0.1}).process([message])
    return message.data


@pytest.mark.parametrize(
    ("ranking", "decision"),
    [
        ([("greet", 0.9), ("thank", 0.1)], Decision("greet", 0.9)),
        ([("greet", 0.4), ("thank", 0.2)], Decision("nlu_fallback", 0.4)),
        ([("greet", 0.4), ("thank", 0.39)], Decision("nlu_fallback", 0.4)),
        ([("greet", 0.52), ("thank", 0.48)], Decision("greet", 0.52, second="thank")),
        ([], Decision("nlu_fallback", 0.0)),
    ],
)
def test_decisions(ranking: list[tuple[str, float]], decision: Decision) -> None:
    assert decide(parsed(*ranking)) == decision


def test_a_parse_without_anything_is_not_understood() -> None:
    assert decide({}) == Decision("nlu_fallback", 0.0)
