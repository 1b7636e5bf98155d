"""`rasa test` on the stories in tests/conversations/test_stories.yml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from service.settings import ROOT
from tests.stock.running import rasa

STORIES = ROOT / "tests" / "conversations" / "test_stories.yml"


def stories() -> list[dict[str, Any]]:
    """The stories as they are written."""
    return list(yaml.safe_load(STORIES.read_text(encoding="utf-8"))["stories"])


def test_every_story_is_predicted(model: Path, tmp_path: Path) -> None:
    """Words are understood as the stories say, and Rasa does what they say, form and all."""
    printed = rasa(
        *("test", "core", "--e2e", "--model", str(model), "--stories", str(STORIES)),
        *("--out", str(tmp_path), "--no-plot"),
    )

    count = len(stories())
    failed = (tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert f"Correct:          {count} / {count}" in printed, failed
    assert "None of the test stories failed" in failed


def test_every_sentence_is_understood(model: Path, tmp_path: Path) -> None:
    """The same sentences as language data, through `rasa test nlu`: every intent, every entity."""
    by_intent: dict[str, list[str]] = {}
    for step in (step for story in stories() for step in story["steps"] if "user" in step):
        # Rasa's evaluation of language takes the fallback back, so it has no place in it.
        if step["intent"] != "nlu_fallback":
            by_intent.setdefault(step["intent"], []).append(step["user"])
    nlu = [
        {"intent": intent, "examples": "".join(f"- {sentence}\n" for sentence in sentences)}
        for intent, sentences in by_intent.items()
    ]
    data = tmp_path / "sentences.yml"
    data.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True), encoding="utf-8")

    rasa(
        *("test", "nlu", "--model", str(model), "--nlu", str(data), "--domain", "domain"),
        *("--out", str(tmp_path / "results"), "--no-plot"),
    )

    report = json.loads((tmp_path / "results" / "intent_report.json").read_text(encoding="utf-8"))
    assert set(by_intent) <= set(report)
    errors = tmp_path / "results" / "intent_errors.json"
    assert report["accuracy"] == 1.0, errors.read_text(encoding="utf-8")


def test_every_intent_that_is_answered_has_a_story() -> None:
    """An area that answers an intent by an action of its own adds it to a story."""
    rules = [rule for path in (ROOT / "nlu_data" / "rules").glob("*.yml")
             for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]]  # fmt: skip
    answered = {
        step["intent"]
        for rule in rules
        for step in rule["steps"]
        if "intent" in step and {"action": "action_not_yet"} not in rule["steps"]
    }
    # What a messenger or the conversation itself says has no words.
    answered -= {"share_media", "come_back"}

    told = {step["intent"] for story in stories() for step in story["steps"] if "intent" in step}
    assert answered - told == set()
