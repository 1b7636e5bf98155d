"""Numbers with a form, written in every way people write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.pattern_extractor import PatternExtractor

PIPELINE = yaml.safe_load(Path("config.yml").read_text(encoding="utf-8"))["pipeline"]
CONFIG = next(step for step in PIPELINE if step["name"].endswith("PatternExtractor"))


def found(text: str) -> list[tuple[str, str]]:
    message = Message(data={"text": text})
    PatternExtractor(CONFIG).process([message])
    entities: list[dict[str, Any]] = message.get("entities")
    assert all(text[entity["start"] : entity["end"]] == entity["value"] for entity in entities)
    return [(entity["entity"], entity["value"]) for entity in entities]


@pytest.mark.parametrize(
    "number",
    [
        "S2026-0153",
        "s2026 0153",
        "Ｓ２０２６－０１５３",
        "s20260153",
        "S2026—0153",
        "b2026-10234",
        "s 2026 0153",
    ],
)
def test_a_receipt_number_however_written(number: str) -> None:
    assert found(f"我的{number}办到哪了") == [("matter_no", number)]


@pytest.mark.parametrize(
    "phone", ["13800138000", "138 0013 8000", "１３８００１３８０００", "+86 13800138000", "0573-82345678"]
)
def test_a_phone_number(phone: str) -> None:
    assert found(f"我换号码了，{phone}，记一下") == [("phone", phone)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("绑定码482913", "482913"),
        ("我的验证码是 482913 谢谢", "482913"),
        ("签到码A3721", "A3721"),
        ("签到 ab12cd", "ab12cd"),
        ("签到码是3721", "3721"),
    ],
)
def test_a_code(text: str, code: str) -> None:
    assert found(text) == [("code", code)]


@pytest.mark.parametrize("text", ["满意", "很满意。", "不太满意", "5分", "五星", "打4分", "我给5分！"])
def test_a_rating_is_the_whole_message(text: str) -> None:
    ((entity, value),) = found(text)
    assert entity == "rating"
    assert value in text


@pytest.mark.parametrize(
    "text", ["我对这次服务很不满意，要投诉", "兑换500积分", "2026年重阳节", "3号楼2单元"]
)
def test_other_numbers_and_words_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("ordinal", ["第二个", "第3项", "最后一个", "上面那个"])
def test_which_one_of_the_list(ordinal: str) -> None:
    assert found(f"我要{ordinal}") == [("ordinal", ordinal)]
