"""What others propose: read, looked for, seconded; similar ones before handing in; merged ones; campaigns."""

from __future__ import annotations

from datetime import date

import pytest

from service.organisations.units import Unit, unit_called
from service.staff.models import Staff
from service.staff.queries import by_name
from service.suggestions.campaigns import close_campaign, open_campaign
from service.suggestions.merging import merge
from service.suggestions.path import decide
from service.suggestions.queries import latest
from service.suggestions.records import supporters_of
from service.suggestions.states import ADOPTED
from tests.service.suggestion_world import answered, desk, hand_in, suggestion
from tests.support.talk import Talk, enrol

CHARGER = "我建议在小区门口装一个充电桩"
LIFT = "老年大学没有电梯，建议加装电梯"
LIGHTS = "公园晚上路灯太暗，建议多装几盏"


@pytest.fixture
def luo(talk: Talk) -> Talk:
    """骆春生, who reads what others propose."""
    enrol("骆春生")
    return talk.as_person("骆春生")


@pytest.fixture
def proposed(luo: Talk) -> list[str]:
    """What 苏文秀 and 韩厚朴 proposed: a charger, a lift (adopted), lights (unnamed)."""
    tian, unit = desk()
    su, han = enrol("苏文秀"), enrol("韩厚朴")
    numbers = [hand_in(su, CHARGER), hand_in(su, LIFT), hand_in(han, LIGHTS, unnamed=True)]
    answered(numbers[1], tian, unit, "明年加装。")
    decide(numbers[1], ADOPTED, luo.clock(), staff=tian)
    return numbers


def supporters(number: str) -> int:
    """How many stand behind a suggestion besides its author."""
    return supporters_of(suggestion(number))


async def test_read_with_the_adopted_first(luo: Talk, proposed: list[str]) -> None:
    """The list, one of it by its place, and nobody's name where it is not wished."""
    charger, lift, lights = proposed
    await luo.say("看看大家都提了什么建议")
    assert "共3条" in luo.text
    assert luo.text.index(lift) < luo.text.index(charger)
    assert luo.buttons[-1] == "我来提一条"
    await luo.say("第一个")
    assert luo.text.startswith(f"{lift} 已采纳")
    assert "苏文秀" in luo.text
    assert "答复：明年加装。" in luo.text
    await luo.say(f"{lights}怎么样了")
    assert "一位老同志" in luo.text
    assert "韩厚朴" not in luo.text


async def test_page_by_page(luo: Talk) -> None:
    """Nine of them, four at a time, by button and by word; after the last page the first."""
    su = enrol("苏文秀")
    for word in "甲乙丙丁戊己庚辛壬":
        hand_in(su, f"建议{word}号楼装扶手")
    await luo.say("看看大家都提了什么建议")
    assert "共9条" in luo.text
    assert "壬号楼" in luo.text
    await luo.press("再看几条")
    assert "戊号楼" in luo.text
    await luo.say("下一页")
    assert "甲号楼" in luo.text
    await luo.press("再看几条")
    assert "壬号楼" in luo.text


async def test_looked_for_by_words(luo: Talk, proposed: list[str]) -> None:
    """What it is about, what was adopted, and what nobody proposed."""
    charger, lift, lights = proposed
    await luo.say("有没有人提过路灯的建议")
    assert lights in luo.text
    assert charger not in luo.text
    await luo.say("有哪些建议被采纳了")
    assert lift in luo.text
    assert charger not in luo.text
    await luo.say("有没有人提过噪音的建议")
    assert "没有找到" in luo.text
    assert "我来提一条" in luo.buttons


async def test_seconded_by_number_place_and_topic(luo: Talk, proposed: list[str]) -> None:
    """Each read back; then yes, the number and how many."""
    charger, _, lights = proposed
    await luo.say("看看大家都提了什么建议")
    await luo.say("我附议")
    assert "您要附议哪一条" in luo.text
    await luo.say(f"附议{charger}")
    assert f"“{CHARGER}”" in luo.text
    assert supporters(charger) == 0
    await luo.say("好")
    assert f"附议好了：建议 {charger}，现在有 1 人附议" in luo.text
    await luo.press("撤回附议")
    assert "附议撤回了" in luo.text
    assert supporters(charger) == 0

    await luo.say("有没有人提过路灯的建议")
    await luo.say("附议第一条")
    await luo.say("是的")
    assert supporters(lights) == 1

    await luo.say("我赞成装充电桩那条")
    assert f"“{CHARGER}”" in luo.text
    await luo.press("不了")
    assert supporters(charger) == 0
    await luo.say(f"附议{lights}")
    assert "已经附议过" in luo.text


async def test_seconded_while_it_is_read(luo: Talk, proposed: list[str]) -> None:
    """The button under the one just read, or the word alone; taken back by word."""
    charger = proposed[0]
    await luo.say(f"看一下别人提的建议{charger}")
    await luo.say("我也附议")
    assert "附议好了" in luo.text
    assert supporters(charger) == 1
    await luo.say("撤回附议")
    assert supporters(charger) == 0


async def test_not_ones_own_and_not_too_late(luo: Talk, proposed: list[str]) -> None:
    su = luo.as_person("苏文秀")
    await su.say(f"附议{proposed[0]}")
    assert "是您自己提的" in su.text
    await luo.say(f"附议{proposed[1]}")
    assert "已经有结果了（已采纳）" in luo.text


# Similar ones


async def test_a_similar_one_is_seconded_instead(luo: Talk, proposed: list[str]) -> None:
    """By button; what was written stays, and can still be handed in."""
    charger = proposed[0]
    mine = "希望小区门口能装个充电桩"
    await luo.say(f"我想提个建议，{mine}")
    assert "有人提过差不多的" in luo.text
    assert charger in luo.text
    assert mine in luo.text
    assert luo.buttons == ["附议第1条", "照样交上去", "不交了", "重新说"]
    await luo.press("附议第1条")
    assert f"附议好了：建议 {charger}" in luo.text
    assert supporters(charger) == 1
    assert len(latest()) == 3
    await luo.press("我写的也交上去")
    assert mine in luo.text
    await luo.press("交上去")
    assert latest()[0].suggestion.words == mine


async def test_a_similar_one_is_seconded_by_words_or_not_at_all(luo: Talk, proposed: list[str]) -> None:
    """附议第一条, and 还是交我的, are as good as the buttons."""
    mine = "我建议小区门口装个充电桩吧"
    await luo.say(mine)
    await luo.say("附议第一条")
    assert "附议好了" in luo.text
    await luo.say(mine)
    await luo.say("还是交我的")
    assert "收到了，编号" in luo.text
    assert "充电桩吧" in latest()[0].suggestion.words


async def test_of_several_it_is_asked_which(luo: Talk, proposed: list[str]) -> None:
    """附议 alone: the one just read is not meant once others are shown."""
    second = hand_in(enrol("柳青山"), "希望小区门口装几个充电桩")
    await luo.say(f"{proposed[2]}怎么样了")
    await luo.say("我建议小区门口装个充电桩吧")
    await luo.say("我也附议")
    assert "您要附议哪一条" in luo.text
    assert luo.buttons[:2] == ["附议第1条", "附议第2条"]
    await luo.say("附议第2条")
    assert "附议好了" in luo.text
    assert supporters(proposed[2]) == 0
    assert supporters(proposed[0]) + supporters(second) == 1


async def test_what_was_written_survives_a_question_in_between(luo: Talk, proposed: list[str]) -> None:
    """The similar one is looked at, points are asked for; then it is handed in all the same."""
    await luo.say("我建议小区门口装个充电桩吧")
    await luo.say("我有多少积分")
    assert "充电桩吧" in luo.last[-1].text
    await luo.say("第一个")
    assert "充电桩吧" in luo.last[-1].text
    await luo.say("照样交上去")
    assert "收到了，编号" in luo.text


async def test_misspelt_by_sound(luo: Talk) -> None:
    """建意 is a proposal, and 积粉 finds 积分."""
    hand_in(enrol("苏文秀"), "积分可以换大米就好了")
    await luo.say("我想提个建意")
    await luo.say("积粉可以换大米就好勒")
    assert "有人提过差不多的" in luo.text


async def test_without_a_name(luo: Talk) -> None:
    """By button and by word; one may change one's mind before it is handed in."""
    await luo.say(CHARGER)
    await luo.press("不写名字")
    assert "别人看时不写您的名字" in luo.text
    await luo.press("写上名字")
    assert "不写您的名字" not in luo.text
    await luo.say("匿名")
    await luo.press("交上去")
    assert suggestion("S2026-0001").unnamed is True
    other = luo.as_person(enrol("苏文秀").name)
    await other.say("看看大家都提了什么建议")
    await other.say("第一个")
    assert "一位老同志" in other.text


# Merged, and campaigns


async def test_a_merged_one_is_still_found_by_its_number(luo: Talk, proposed: list[str]) -> None:
    """骆春生's own number leads to what it is dealt with in, whose steps he hears."""
    tian, unit = desk_again()
    await luo.say("我建议小区门口装个充电桩吧")
    await luo.say("还是交我的")
    merge("S2026-0004", proposed[0], luo.clock(), staff=tian)
    await luo.delivered()
    assert f"和 {proposed[0]} 说的是一件事" in luo.text
    answered(proposed[0], tian, unit, "下月安装。")
    await luo.delivered()
    assert "S2026-0004（并入" in luo.text
    await luo.say("S2026-0004怎么样了")
    assert luo.text.startswith("S2026-0004 已合并办理")
    assert "答复：下月安装。" in luo.text


def desk_again() -> tuple[Staff, Unit]:
    """田小满 and the unit, who are there already."""
    return by_name("田小满"), unit_called("清溪县住建局")


async def test_a_campaign(luo: Talk) -> None:
    """It is mentioned, what is handed in belongs to it, it can be looked through, and it ends."""
    open_campaign("我为银溪出份力", "环境", date(2026, 11, 1), date(2026, 11, 30))
    await luo.say("我想提个建议")
    assert "正在征集：“我为银溪出份力”（到11月30日（周一））" in luo.text
    await luo.say("河边多放几个垃圾桶")
    assert "算在“我为银溪出份力”征集里" in luo.text
    await luo.press("交上去")
    await luo.say("我为银溪出份力有哪些建议")
    assert "“我为银溪出份力”征集到的建议（共1条）" in luo.text
    assert "垃圾桶" in luo.text

    luo.clock.set("2026-12-01T00:00")
    await luo.say("我想提个建议")
    assert "征集" not in luo.text
    await luo.say("先不提了")
    luo.clock.set("2026-11-29T09:00")
    close_campaign("我为银溪出份力", luo.clock())
    await luo.say("我想提个建议")
    assert "征集" not in luo.text


async def test_of_two_campaigns_one_is_chosen(luo: Talk) -> None:
    """Named in the words, or by button before or after; else it belongs to none."""
    river = open_campaign("我为清溪河出份力", "", date(2026, 11, 1), date(2026, 11, 30))
    school = open_campaign("我为教育出份力", "", date(2026, 11, 1), date(2026, 11, 30))
    await luo.say("我想提个建议")
    await luo.press("我为教育出份力")
    await luo.say("四点半课堂多请几位老师")
    assert "算在“我为教育出份力”征集里" in luo.text
    await luo.press("交上去")
    await luo.say("我建议河边多放几个垃圾桶")
    assert "征集里" not in luo.text
    await luo.press("我为清溪河出份力")
    assert "算在“我为清溪河出份力”征集里" in luo.text
    await luo.press("交上去")
    await luo.say("我建议食堂的菜少放一点盐")
    await luo.press("交上去")
    belongs = [suggestion(f"S2026-000{place}").campaign_id for place in (1, 2, 3)]
    assert belongs == [school.id, river.id, None]


async def test_a_stranger_says_who_they_are_first(talk: Talk) -> None:
    """What members propose is not for everybody."""
    hand_in(enrol("苏文秀"), CHARGER)
    stranger = talk.as_stranger()
    await stranger.say("看看大家都提了什么建议")
    assert "充电桩" not in stranger.text
