"""Who is to get hours, in the words people use, and what is not about giving any."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from actions import hour_gifts


def receiver(words: str) -> str | None:
    """Who the words name, when nothing was recognised as a name."""
    said = SimpleNamespace(text=words, entity=lambda name: None)
    return hour_gifts._receiver(said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        "把两个小时送给王秀兰",
        "把我的时间银行两个小时转给王秀兰",
        "我想送三个小时给王秀兰",
        "送给王秀兰两个小时",
        "给王秀兰送2小时",
        "把半个钟头赠给王秀兰同志吧",
        "把兩個小時送給王秀兰",
        "拨1.5小时给王秀兰。",
    ],
)
def test_giving(words: str) -> None:
    """However it is put."""
    assert receiver(words) == "王秀兰"


@pytest.mark.parametrize(
    "words",
    [
        "请两个小时后把电话转给王主任",
        "送孙子上学要两个小时",
        "每天接送孙子两小时",
        "提醒我两个小时后给王秀兰送药",
        "给王秀兰送饭",
        "我有多少小时",
    ],
)
def test_not_giving(words: str) -> None:
    """Hours that are not given, and things that are not hours."""
    assert receiver(words) is None
    assert hour_gifts._VAGUE.search(words) is None


@pytest.mark.parametrize("words", ["我想送点小时", "怎么送小时", "时间银行的小时能送给别人吗"])
def test_giving_without_saying_whom(words: str) -> None:
    """It is asked then."""
    assert receiver(words) is None
    assert hour_gifts._VAGUE.search(words) is not None
