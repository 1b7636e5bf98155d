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


def test_sixty_four_english_intents(tmp_path: Path) -> None:
    doing = {
        "start": ["turn on", "switch on", "start"],
        "stop": ["turn off", "shut down", "stop"],
        "find": ["look for", "find me", "where is"],
        "buy": ["order", "buy", "get me"],
        "sell": ["sell", "find a buyer for", "auction off"],
        "mend": ["repair", "fix", "mend"],
        "lend": ["lend him", "let him borrow", "give him for a week"],
        "praise": ["I love", "how nice is", "what a wonderful thing is"],
    }
    things = ["radio", "heater", "bicycle", "piano", "camera", "kettle", "tractor", "telescope"]
    ways = ["{} my {}", "please {} my {}", "could you {} my {} today", "hey, {} my {} again"]
    intents = {
        f"{deed}_{thing}": [way.format(words, thing) for words in said for way in ways]
        for deed, said in doing.items()
        for thing in things
    }
    understanding = project(tmp_path, **intents)
    asked = {
        f"{d}_{t}": f"Well then, {said[1].upper()} my old {t}!" for d, said in doing.items() for t in things
    }
    right = [likeliest(understanding, text) == intent for intent, text in asked.items()]
    assert sum(right) >= 0.95 * len(right)


def test_thirty_one_chinese_intents(tmp_path: Path) -> None:
    doing = {
        "open": ["打开", "开一下", "启动"],
        "close": ["关掉", "关上", "停掉"],
        "price": ["查价格", "问多少钱", "看看报价"],
        "buy": ["订购", "买一个", "下单要"],
        "mend": ["修理", "修一修", "维修"],
        "history": ["介绍来历", "讲讲历史", "说说由来"],
    }
    things = ["音箱", "地图", "闹钟", "车票", "菜谱", "电台"]
    ways = ["{}{}", "请{}{}", "帮我{}{}吧", "我想{}{}"]
    intents = {
        f"{deed}_{number}": [way.format(words, thing) for words in said for way in ways]
        for deed, said in doing.items()
        for number, thing in enumerate(things)
    }
    intents = dict(list(intents.items())[:31])
    understanding = project(tmp_path, **intents)
    asked = {
        f"{deed}_{number}": f"麻烦您给我{said[2]}{thing}，谢谢"
        for deed, said in doing.items()
        for number, thing in enumerate(things)
    }
    right = [likeliest(understanding, asked[intent]) == intent for intent in intents]
    assert sum(right) >= 0.95 * len(right)


@pytest.mark.parametrize("text", ["", "😀", "SELECT * FROM t;", "x" * 2000])
def test_whatever_is_sent_is_answered(tmp_path: Path, text: str) -> None:
    assert project(tmp_path, lights=LIGHTS, music=MUSIC).parse_data(text, NOW)["text"] == text
