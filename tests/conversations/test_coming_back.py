"""Somebody goes away in the middle and writes again a day later."""

from __future__ import annotations

import pytest

from service.suggestions.queries import latest
from tests.support.talk import Talk, enrol

LAMP = "我建议把活动室的灯换成亮一点的"


@pytest.fixture
def bai(talk: Talk) -> Talk:
    """白晓岚."""
    enrol("白晓岚")
    return talk.as_person("白晓岚")


async def test_the_same_day(bai: Talk) -> None:
    """After a few hours it simply goes on."""
    await bai.say("我想提个建议")
    bai.clock.forward(hours=20)
    await bai.say(LAMP)
    assert LAMP in bai.text
    assert "给您留着" not in bai.text


async def test_offered_after_a_day(bai: Talk) -> None:
    """The new message is answered first; then what was under way is offered by name, and taken up."""
    await bai.say("我想提个建议")
    await bai.send("photo", {"file": "lamp.jpg"})
    bai.clock.forward(days=1, hours=1)
    await bai.say("我有多少积分")
    assert "0 积分" in bai.last[0].text
    assert "提建议提到一半" in bai.last[-1].text
    assert bai.buttons[-2:] == ["接着办", "不办了"]
    await bai.press("接着办")
    assert "一张照片给您留着" in bai.text
    await bai.say(LAMP)
    await bai.press("交上去")
    assert [each.suggestion.words for each in latest()] == [LAMP]


async def test_taken_up_in_words(bai: Talk) -> None:
    """接着办 and 好的 do as the button."""
    await bai.say("我想提个建议")
    bai.clock.forward(days=1, hours=1)
    await bai.say("您好")
    await bai.say("好的")
    assert "您请讲" in bai.text


@pytest.mark.parametrize("words", ["不办了", "算了", "不用了"])
async def test_not_wanted_any_more(bai: Talk, words: str) -> None:
    """Dropped, and not offered again."""
    await bai.say("我想提个建议")
    bai.clock.forward(days=1, hours=1)
    await bai.say("您好")
    await bai.say(words)
    assert "不办了" in bai.text
    bai.clock.forward(days=2)
    await bai.say("您好")
    assert "给您留着" not in bai.text


async def test_an_old_yes_hands_nothing_in(bai: Talk) -> None:
    """好的 a day after the read-back: it is read back again, once, and only the next yes counts."""
    await bai.say(LAMP)
    bai.clock.forward(days=1, hours=1)
    await bai.say("好的")
    assert len(bai.last) == 1
    assert LAMP in bai.text
    assert latest() == []
    await bai.say("好的")
    assert "S2026-0001" in bai.text


async def test_nothing_was_under_way(bai: Talk) -> None:
    """Nothing is offered."""
    await bai.say("我有多少积分")
    bai.clock.forward(days=3)
    await bai.say("您好")
    assert len(bai.last) == 1


async def test_begun_anew(bai: Talk) -> None:
    """Who begins the same thing again is not offered the old one too."""
    await bai.say("我想提个建议")
    bai.clock.forward(days=1, hours=1)
    await bai.say("我想提个建议")
    assert len(bai.last) == 1
    assert "您请讲" in bai.text
