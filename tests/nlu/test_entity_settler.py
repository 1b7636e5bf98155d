"""One entity for each stretch of text."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entity_settler import EntitySettler
from tests.nlu.conftest import Workbench, training_data

DATA = training_data(
    "- synonym: 普通话\n  examples: |\n    - 國語\n- intent: greet\n  examples: |\n    - 你好\n"
)
TEXT = "下周三下午學國語，第二个"


def entity(name: str, words: str, extractor: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"entity": name, "start": start, "end": start + len(words), "extractor": extractor, **more}


def settle(workbench: Workbench, priority: list[str], *entities: dict[str, Any]) -> list[dict[str, Any]]:
    message = Message(data={"text": TEXT, "entities": list(entities)})
    workbench(EntitySettler, {"priority": priority}, DATA).process([message])
    settled: list[dict[str, Any]] = message.get("entities")
    return settled


def test_the_stronger_extractor_wins_and_order_is_that_of_the_text(workbench: Workbench) -> None:
    settled = settle(
        workbench,
        ["A", "B"],
        entity("topic", "第二", "B"),
        entity("ordinal", "第二个", "A"),
        entity("time", "下周三", "B"),
    )
    assert [(e["entity"], e["value"]) for e in settled] == [("time", "下周三"), ("ordinal", "第二个")]


def test_of_one_extractor_the_longer_wins(workbench: Workbench) -> None:
    settled = settle(workbench, ["A"], entity("time", "下午", "A"), entity("time", "下周三下午", "A"))
    assert [e["value"] for e in settled] == ["下周三下午"]


def test_one_entity_of_an_extractor_may_rank_apart(workbench: Workbench) -> None:
    settled = settle(
        workbench, ["B:topic", "A"], entity("skill", "國語", "A"), entity("topic", "學國語", "B")
    )
    assert [e["entity"] for e in settled] == ["topic"]


def test_a_time_that_loses_hands_over_its_meaning(workbench: Workbench) -> None:
    meaning = {"start": "2026-11-25T12:00", "end": "2026-11-25T18:00", "grain": "part"}
    settled = settle(
        workbench,
        ["A", "B"],
        entity("time", "下周三下午", "A"),
        entity("time", "下周三", "B", resolved=meaning),
    )
    assert [(e["value"], e["resolved"]) for e in settled] == [("下周三下午", meaning)]


def test_a_synonym_is_told_beside_the_words_as_written(workbench: Workbench) -> None:
    (language,) = settle(workbench, [], entity("topic", "國語", "A", value="whatever"))
    assert language["value"] == "國語"
    assert language["normalised"] == "普通话"
