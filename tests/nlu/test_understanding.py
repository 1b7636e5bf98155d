"""The trained model, through the door that everything uses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.nlu.understanding import Understanding

SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def understanding(model: Path) -> Understanding:
    return Understanding.load(model)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我的积分有多少", "check_points"),
        ("积粉还有好多", "check_points"),
        ("積分還有幾多", "check_points"),
        ("救命，我摔倒了起不来", "emergency"),
        ("有人打电话叫我转账到安全账户", "report_scam"),
        ("谢谢你", "thank"),
    ],
)
async def test_everyday_messages(understanding: Understanding, text: str, intent: str) -> None:
    parsed = await understanding.parse(text, SUNDAY)
    assert (parsed["text"], parsed["intent"]) == (text, intent)
    assert 0 < parsed["confidence"] <= 1


@pytest.mark.parametrize("text", ["哼哼哈嘿", "啊啊啊啊", "呃呃", "asdfgh", "qwer", "1111"])
async def test_noise_is_not_guessed_at(understanding: Understanding, text: str) -> None:
    assert (await understanding.parse(text, SUNDAY))["intent"] == "nlu_fallback"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("好", "affirm"),
        ("行", "affirm"),
        ("要得", "affirm"),
        ("嗯嗯", "affirm"),
        ("不要", "deny"),
        ("喂", "greet"),
    ],
)
async def test_a_short_answer_is_an_answer(understanding: Understanding, text: str, intent: str) -> None:
    assert (await understanding.parse(text, SUNDAY))["intent"] == intent


@pytest.mark.parametrize("text", ["", "   ", "😀👍🏽", "\x00\x07", "\ud800", "。。。", "，。，。"])
async def test_what_has_no_words_is_not_understood(understanding: Understanding, text: str) -> None:
    parsed = await understanding.parse(text, SUNDAY)
    assert parsed == {
        "text": text,
        "intent": "nlu_fallback",
        "confidence": 0.0,
        "second": None,
        "entities": [],
    }


async def test_a_typed_payload_is_a_sentence_like_any_other(understanding: Understanding) -> None:
    parsed = await understanding.parse('/redeem_reward{"reward_id":"3"}', SUNDAY)
    assert parsed["confidence"] < 1
    assert all(entity["entity"] != "reward_id" for entity in parsed["entities"])


@pytest.mark.parametrize(
    "text",
    ["  下周三下午的[书法]课，我同王秀兰都去", "Ｓ２０２６－０１５３办到哪了", "我" * 10_000, "مرحبا بك"],
)
async def test_entities_are_slices_of_the_line_in_order(understanding: Understanding, text: str) -> None:
    entities = (await understanding.parse(text, SUNDAY))["entities"]
    end = 0
    for entity in entities:
        assert end <= entity["start"] < entity["end"] <= len(text)
        assert entity["value"] == text[entity["start"] : entity["end"]]
        end = entity["end"]


async def test_a_receipt_number_and_a_time_come_with_what_they_are(understanding: Understanding) -> None:
    parsed = await understanding.parse("明天帮我看看Ｓ２０２６－０１５３", SUNDAY)
    time, number = parsed["entities"]
    assert (time["entity"], time["value"], time["resolved"]["start"][:10]) == ("time", "明天", "2026-11-23")
    assert (number["entity"], number["value"]) == ("matter_no", "Ｓ２０２６－０１５３")


async def test_the_same_message_is_read_the_same_way_twice(understanding: Understanding) -> None:
    first, again = [await understanding.parse("周二的书法课给我报个名", SUNDAY) for _ in range(2)]
    assert first == again
