"""A suggestion: in one message or asked for, with photos, read back, corrected, handed in, followed, taken back."""

from __future__ import annotations

import pytest

from bot import training
from bot.app import actions
from bot.rasa_agent import RasaAgent
from service.matters.attachments import of_matter
from service.matters.queries import find, recent
from service.people.queries import by_name
from service.suggestions.path import forward
from service.suggestions.queries import latest
from tests.service.suggestion_world import DUE, desk
from tests.support.talk import Talk, enrol

LAMP = "活动室的灯太暗了，换成亮一点的"
CHARGER = "我建议在小区门口装一个充电桩"


@pytest.fixture
def luo(talk: Talk) -> Talk:
    """骆春生, who has ideas."""
    enrol("骆春生")
    return talk.as_person("骆春生")


def handed_in() -> list[str]:
    """The words of every suggestion, oldest first."""
    return [each.suggestion.words for each in reversed(latest())]


def files(luo: Talk, receipt_no: str) -> list[str]:
    """What is kept with a suggestion."""
    return [thing.file for thing in of_matter(find(luo.chat, receipt_no))]


async def test_asked_for(luo: Talk) -> None:
    """The question, the words, the read-back, yes, the number."""
    await luo.say("我想提个建议")
    assert "您请讲" in luo.text
    await luo.say(LAMP)
    assert f"“{LAMP}”" in luo.text
    assert luo.buttons == ["交上去", "不交了", "重新说", "不写名字"]
    assert handed_in() == []
    await luo.press("交上去")
    assert "S2026-0001" in luo.text
    assert handed_in() == [LAMP]


async def test_in_the_first_message(luo: Talk) -> None:
    """Nothing is asked that was said already; 好 is a yes."""
    await luo.say(CHARGER)
    assert "充电桩" in luo.text
    await luo.say("好")
    assert "S2026-0001" in luo.text
    assert handed_in() == [CHARGER]


async def test_without_a_number_nothing_is_done(luo: Talk) -> None:
    """No, and cancel: nothing was handed in, and no number is named."""
    for ending in ("不要", "算了"):
        await luo.say(CHARGER)
        await luo.say(ending)
        assert "什么都没有改动" in luo.text
        assert "S2026" not in luo.text
    await luo.say("我想提个建议")
    await luo.press("先不提了")
    assert "不办了" in luo.text
    assert handed_in() == []


# Photos


async def test_a_photo_before(luo: Talk) -> None:
    """It is asked what it is for."""
    await luo.send("photo", {"file": "before.jpg"})
    assert "收到一张照片" in luo.text
    await luo.press("提建议")
    assert "一张照片给您留着" in luo.text
    await luo.say("小区门口路太滑，建议铺防滑垫")
    assert "附上一张照片" in luo.text
    await luo.press("交上去")
    assert files(luo, "S2026-0001") == ["before.jpg"]


async def test_photos_during_and_at_the_read_back(luo: Talk) -> None:
    """All of them are handed in."""
    await luo.say("我想提个建议")
    await luo.send("photo", {"file": "one.jpg"})
    assert "收到一张照片" in luo.text
    await luo.send("photo", {"file": "two.jpg", "caption": "小区垃圾桶没有盖子，建议换带盖的"})
    assert "2张照片" in luo.text
    await luo.send("location", {"latitude": 29.5, "longitude": 106.5})
    assert "一个位置" in luo.text
    await luo.press("交上去")
    assert files(luo, "S2026-0001") == ["one.jpg", "two.jpg", "29.5,106.5"]


async def test_a_photo_after(luo: Talk) -> None:
    """It can be attached to what was just handed in, or not."""
    await luo.say(CHARGER)
    await luo.press("交上去")
    await luo.send("photo", {"file": "after.jpg"})
    await luo.press("附在刚才的建议里")
    assert "S2026-0001" in luo.text
    assert files(luo, "S2026-0001") == ["after.jpg"]
    await luo.send("photo", {"file": "wrong.jpg"})
    await luo.press("发错了")
    assert "没有交给任何人" in luo.text
    assert files(luo, "S2026-0001") == ["after.jpg"]

    luo.clock.forward(hours=1)
    await luo.send("photo", {"file": "other.jpg"})
    assert "附在刚才的建议里" not in luo.buttons


# In between


async def test_points_in_between(luo: Talk) -> None:
    """Answered; then the proposal is asked for again."""
    await luo.say("我想提个建议")
    await luo.say("我还有多少分")
    assert "0 积分" in luo.last[0].text
    assert "您请讲" in luo.last[-1].text
    await luo.say(LAMP)
    await luo.say("我还有多少分")
    assert "0 积分" in luo.last[0].text
    assert LAMP in luo.last[-1].text
    await luo.say("是的")
    assert handed_in() == [LAMP]


@pytest.mark.parametrize("words", ["谢谢", "您好", "好的"])
async def test_courtesies_are_no_suggestion(luo: Talk, words: str) -> None:
    """They are answered, and the proposal is asked for again."""
    await luo.say("我想提个建议")
    await luo.say(words)
    assert f"“{words}”" not in luo.text
    assert "您请讲" in luo.last[-1].text


async def test_said_anew(luo: Talk) -> None:
    """By word; the photo stays."""
    await luo.send("photo", {"file": "road.jpg", "caption": CHARGER})
    await luo.say("重新说")
    assert "您请讲" in luo.text
    assert "一张照片" in luo.text
    await luo.say("我建议在小区门口装两个充电桩")
    assert "两个充电桩" in luo.text
    await luo.say("嗯")
    assert handed_in() == ["我建议在小区门口装两个充电桩"]
    assert files(luo, "S2026-0001") == ["road.jpg"]


async def test_the_process_starts_anew_in_the_middle(luo: Talk) -> None:
    """All that was said is in the database: another agent goes on from there."""
    await luo.say("我想提个建议")
    await luo.send("photo", {"file": "lamp.jpg"})
    anew = Talk(RasaAgent(training.fitting_model(), actions()), luo.clock).as_person("骆春生")
    await anew.say(LAMP)
    assert LAMP in anew.text
    await anew.press("交上去")
    assert handed_in() == [LAMP]
    assert files(anew, "S2026-0001") == ["lamp.jpg"]


# Afterwards


async def test_followed_and_taken_back(luo: Talk) -> None:
    """Its state, then withdrawn, then its state again."""
    said = await luo.say(CHARGER)
    said = await luo.press("交上去")
    await luo.say("我的建议办得怎么样了")
    assert luo.text.startswith("S2026-0001 已收到")
    await luo.press_token(said[-1].buttons[0].token)
    assert "S2026-0001 已经撤回" in luo.text
    await luo.say("我的建议办得怎么样了")
    assert luo.text.startswith("S2026-0001 已撤回")


async def test_too_late_to_take_back(luo: Talk) -> None:
    """Passed on already: the reason, and who can still help."""
    await luo.say(CHARGER)
    await luo.press("交上去")
    tian, unit = desk()
    forward("S2026-0001", unit, DUE, luo.clock(), staff=tian)
    await luo.press("撤回这条建议")
    assert "撤不回来" in luo.text
    assert "找工作人员" in luo.text


async def test_old_buttons(luo: Talk) -> None:
    """Pressed twice, or after having said it anew, they hand in nothing more."""
    first = await luo.say(CHARGER)
    yes, no, anew, _ = first[-1].buttons
    await luo.press_token(anew.token)
    await luo.press_token(yes.token)
    assert "这个按钮已经用过" in luo.text
    await luo.say(LAMP)
    (second, *_) = luo.last[-1].buttons
    await luo.press_token(second.token)
    await luo.press_token(second.token)
    await luo.press_token(no.token)
    assert handed_in() == [LAMP]
    assert len(recent(luo.chat)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "😀👍🎉 路灯装亮一点 ❤️",
        "<b>加路灯</b><script>alert(1)</script>",
        "'; DROP TABLE people; --",
        "{name} %s {{x}} {0}",
    ],
)
async def test_stored_as_said(luo: Talk, words: str) -> None:
    """Signs of every kind are words like any others."""
    await luo.say("我想提个建议")
    await luo.say(words)
    assert f"“{words}”" in luo.text
    await luo.press("交上去")
    assert "S2026-0001" in luo.text
    assert handed_in() == [words]
    assert by_name("骆春生")
    await luo.say("我的建议办得怎么样了")
    assert words in luo.text
