"""Entities that do not keep to word boundaries, and lookup values never seen in a sentence."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.character_crf import CharacterCRFExtractor
from bot.nlu.characters import Gazetteer
from bot.nlu.tokenizer import ChineseTokenizer
from tests.nlu.conftest import Workbench, training_data

TOPICS = ["太极拳", "书法", "合唱", "剪纸", "摄影", "党史"]
UNSEEN = "葫芦丝"
DATA = (
    "- intent: book\n  examples: |\n"
    + "".join(
        f"    - 我想报名[{t}](topic)\n    - [{t}](topic)课在哪上\n    - 给我报个[{t}](topic)班\n"
        for t in TOPICS
    )
    + "    - 今天天气不错\n    - 报名要交钱吗\n    - 我想回家了\n"
    + "- lookup: topic\n  examples: |\n"
    + "".join(f"    - {t}\n" for t in [*TOPICS, UNSEEN])
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我想报名剪纸", [("topic", "剪纸", 4)]),
        ("我想報名書法", [("topic", "書法", 4)]),
        (f"我想报名{UNSEEN}", [("topic", UNSEEN, 4)]),
        ("天气不错", []),
        ("", []),
        ("\x00😀", []),
    ],
)
def test_entities_are_found(workbench: Workbench, text: str, expected: list[tuple[str, str, int]]) -> None:
    data = training_data(DATA)
    tokenizer = workbench(ChineseTokenizer, data=data)
    tokenizer.process_training_data(data)
    extractor = workbench(CharacterCRFExtractor, data=data)
    (message,) = extractor.process(tokenizer.process([Message(data={"text": text})]))
    assert [(e["entity"], e["value"], e["start"]) for e in message.get("entities")] == expected


def test_without_annotations_nothing_is_learned_and_nothing_found(workbench: Workbench) -> None:
    data = training_data("- intent: greet\n  examples: |\n    - 你好\n")
    extractor = workbench(CharacterCRFExtractor, data=data)
    (message,) = extractor.process([Message(data={"text": "我想报名剪纸"})])
    assert message.get("entities") == []


def test_the_longest_known_value_wins() -> None:
    gazetteer = Gazetteer({"topic": ["书法", "书法课"], "skill": ["书法"]})
    assert gazetteer.find("上书法课教书法") == [(1, 4, ["topic"]), (5, 7, ["topic", "skill"])]
