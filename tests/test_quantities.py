"""How long and how many, in the words people use."""

from __future__ import annotations

import pytest

from actions.quantities import bare_hours, minutes_in, without_hours


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("两个小时", 120),
        ("2小时", 120),
        ("１．５小时", 90),
        ("两个半小时", 150),
        ("半个钟头", 30),
        ("半小时", 30),
        ("一个半钟头", 90),
        ("三個鐘頭", 180),
        ("一小时三十分钟", 90),
        ("一个小时半", 90),
        ("四十分钟", 40),
        ("二十个小时", 1200),
        ("俩小时", 120),
        ("两个钟", 120),
        ("周六上午九点", None),
        ("三点钟", None),
        ("好的", None),
    ],
)
def test_lengths(words: str, minutes: int | None) -> None:
    """Hours, halves and minutes; an hour of the day is no length."""
    assert minutes_in(words) == minutes


def test_a_mere_number() -> None:
    """Is in hours, where hours were asked for."""
    assert [bare_hours(words) for words in ("两个", "1", "三", "周三", "")] == [120, 60, 180, None, None]


def test_words_without_it() -> None:
    """What is left is the help itself."""
    assert without_hours("陪我去医院两个半小时") == "陪我去医院"
    assert without_hours("买菜四十分钟") == "买菜"
