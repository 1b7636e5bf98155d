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
    message = Message(data={"text": "我的积分有多少", "intent": first, "intent_ranking": guesses})
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


@pytest.mark.parametrize(
    "text", ["123456", "1111", "呃", "呃呃", "啊啊啊啊", "哼哼哈嘿", "asdfgh", "，。，。", "{name} %s", ""]
)
def test_what_has_no_words_is_not_guessed_at(text: str) -> None:
    assert decide({**parsed(("emergency", 0.8)), "text": text}).intent == "nlu_fallback"
    close = parsed(("main_menu", 0.52), ("affirm", 0.48))
    assert decide({**close, "text": text}) == Decision("nlu_fallback", 0.52)


@pytest.mark.parametrize("text", ["要得", "收到啊", "报名", "light on", "أهلا بك"])
def test_two_words_are_enough(text: str) -> None:
    assert decide({**parsed(("affirm", 0.8)), "text": text}).intent == "affirm"


def test_a_word_known_well_and_a_receipt_number_stand_alone() -> None:
    assert decide({**parsed(("affirm", 0.97)), "text": "好"}).intent == "affirm"
    number = [{"entity": "matter_no", "value": "S2026-0153", "start": 0, "end": 10}]
    asked = {**parsed(("track_matter", 0.7)), "text": "S2026-0153", "entities": number}
    assert decide(asked).intent == "track_matter"
