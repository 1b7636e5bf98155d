"""Words that are understood in a given way, for stories that must not hang on how well the model knows them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.talk import Talk

THRESHOLD = 0.5


def hear(
    monkeypatch: pytest.MonkeyPatch,
    who: Talk,
    words: str,
    *ranking: tuple[str, float],
    entities: list[dict[str, Any]] | None = None,
) -> None:
    """Let the agent understand these words by this ranking, and all others by itself.

    Args:
        ranking: intents with their confidence, the likeliest first; refused as `FallbackClassifier` refuses.
    """
    understand = who._agent.parse
    guesses = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    close = len(ranking) > 1 and ranking[0][1] - ranking[1][1] < 0.1
    if close or ranking[0][1] < THRESHOLD:
        guesses.insert(0, {"name": "nlu_fallback", "confidence": THRESHOLD})

    async def parse(text: str, now: str) -> dict[str, Any]:
        if text != words:
            understood: dict[str, Any] = await understand(text, now)
            return understood
        return {"text": text, "intent": guesses[0], "intent_ranking": guesses, "entities": entities or []}

    monkeypatch.setattr(who._agent, "parse", parse)


def mumble(monkeypatch: pytest.MonkeyPatch, who: Talk, words: str) -> None:
    """Let the agent make nothing of these words."""
    hear(monkeypatch, who, words, ("small_talk", 0.2), ("out_of_scope", 0.05))
