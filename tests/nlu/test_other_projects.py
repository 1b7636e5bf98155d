"""The pipeline of config.yml, trained on what other projects bring: English, few examples, no entities."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rasa.model_training import train_nlu

from bot.nlu.understanding import Understanding
from service.settings import ROOT

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LIGHTS = ["turn the light on", "switch on the light please", "make the kitchen light brighter", "light on"]
MUSIC = ["play a song by Ada Quill", "play some music", "put on a song", "music please"]


def project(tmp_path: Path, **intents: list[str]) -> Understanding:
    blocks = [
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for intent, texts in intents.items()
    ]
    (tmp_path / "nlu.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")
    trained = train_nlu(str(ROOT / "config.yml"), str(tmp_path / "nlu.yml"), str(tmp_path))
    assert trained is not None
    return Understanding.load(trained)


def likeliest(understanding: Understanding, text: str) -> str:
    ranking = understanding.parse_data(text, NOW)["intent_ranking"]
    return str(next(guess["name"] for guess in ranking if guess["name"] != "nlu_fallback"))


def test_english_with_two_intents_and_no_entity(tmp_path: Path) -> None:
    understanding = project(tmp_path, lights=LIGHTS, music=MUSIC)
    assert likeliest(understanding, "please switch the light on") == "lights"
    assert likeliest(understanding, "a song please") == "music"
    assert understanding.parse_data("light on", NOW)["entities"] == []


def test_an_intent_with_a_single_example_beside_annotated_ones(tmp_path: Path) -> None:
    annotated = ["play a song by [Ada Quill](person_name)", "songs by [Ben Ozols](person_name)", *MUSIC]
    understanding = project(tmp_path, lights=LIGHTS, music=annotated, stop=["light and music off now"])
    assert likeliest(understanding, "play some music") == "music"
    assert likeliest(understanding, "kitchen light on") == "lights"


@pytest.mark.parametrize("text", ["", "😀", "SELECT * FROM t;", "x" * 2000])
def test_whatever_is_sent_is_answered(tmp_path: Path, text: str) -> None:
    assert project(tmp_path, lights=LIGHTS, music=MUSIC).parse_data(text, NOW)["text"] == text
