"""Times count from the moment the message was sent, not from when it is read."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.time_extractor import ChineseTimeExtractor


def times(text: str, now: str | None) -> list[dict[str, Any]]:
    message = Message(data={"text": text, "metadata": {"now": now} if now else None})
    ChineseTimeExtractor().process([message])
    entities: list[dict[str, Any]] = message.get("entities")
    return entities


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-22T09:00:00+08:00", "2026-11-23"),
        ("2026-11-22T09:00", "2026-11-23"),  # without an offset: Shanghai
        ("2026-11-22T17:30:00+00:00", "2026-11-24"),  # already the 23rd in Shanghai
    ],
)
def test_tomorrow_is_told_from_the_moment_of_the_message(now: str, day: str) -> None:
    (time,) = times("明天我有空", now)
    assert (time["entity"], time["value"], time["start"], time["end"]) == ("time", "明天", 0, 2)
    assert time["resolved"]["start"].startswith(day)


def test_without_a_moment_the_clock_on_the_wall_serves() -> None:
    assert [time["value"] for time in times("明天我有空", None)] == ["明天"]


def test_text_without_a_time_has_none() -> None:
    assert times("谢谢你", "2026-11-22T09:00") == []
    assert times("", "2026-11-22T09:00") == []
