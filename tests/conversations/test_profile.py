"""One's own details: shown to nobody else, changed through staff, with a number and an answer."""

from __future__ import annotations

import pytest

from service import db
from service.messages import chats
from service.organisations.models import Branch, Community
from service.people.profile import PersonDetails, profile_of
from service.people.queries import by_name
from service.profiles import changes
from tests.support.hearing import hear
from tests.support.talk import Talk, enrol


@pytest.fixture
def yin(talk: Talk) -> Talk:
    """殷素琴, of whom much is known."""
    with db.unit_of_work() as session:
        branch, community = Branch(1, "第一支部"), Community(1, "南华社区")
        session.add_all([branch, community])
        session.flush()
        belongs = {"branch_id": branch.id, "community_id": community.id}
    who = enrol("殷素琴", "13900001111", quiet_from=21, quiet_until=7, **belongs)
    with db.unit_of_work() as session:
        session.add(PersonDetails(who.id, "南华街12号", "殷守田", "女儿小燕 13900002222", ["书法", "合唱"]))
    return talk.as_person("殷素琴")


def held(what: str) -> str:
    """How a detail of 殷素琴 stands on the roster."""
    return profile_of(by_name("殷素琴")[0].id).value(what)


async def test_everything_stored_in_plain_words(yin: Talk) -> None:
    """The phone partly hidden; quiet hours in words; what is not stored is said to be missing."""
    await yin.say("我的资料")
    for words in ("139****1111", "南华街12号", "南华社区", "第一支部", "正常活动", "殷守田", "女儿小燕",
                  "书法、合唱", "晚上9点到早上7点"):  # fmt: skip
        assert words in yin.text
    assert "13900001111" not in yin.text


async def test_a_new_phone_is_checked_by_staff(yin: Talk) -> None:
    """Read back; a number; nothing changed until staff apply it; told then."""
    await yin.say("我换手机号了，新号码13900001299")
    assert "139****1111" in yin.text
    assert "13900001299" in yin.text
    assert changes.open_changes() == []
    await yin.press("对，改")
    assert "编号 C2026-0001" in yin.text
    assert held("phone") == "13900001111"
    await yin.say("我的资料")
    assert "要改的电话正在核对，编号 C2026-0001" in yin.text
    changes.apply("C2026-0001", yin.clock())
    assert held("phone") == "13900001299"
    await yin.delivered()
    assert "您的电话改好了：139****1299" in yin.text


async def test_refused_with_a_reason(yin: Talk) -> None:
    """The roster stays, and she hears why."""
    await yin.say("地址改成望江路8号")
    assert "南华街12号" in yin.text
    await yin.press("对，改")
    changes.refuse("C2026-0001", "请带房产证来办", yin.clock())
    await yin.delivered()
    assert "原因：请带房产证来办" in yin.text
    assert held("address") == "南华街12号"


async def test_asked_for_the_value(yin: Talk) -> None:
    """By button; something else in between; what is no number is asked for again."""
    await yin.say("我的资料")
    await yin.press("改电话")
    assert "新的电话是什么" in yin.text
    await yin.say("我有多少积分")
    assert "新的电话是什么" in yin.last[-1].text
    await yin.say("12345")
    assert changes.open_changes() == []
    await yin.say("13900001288")
    assert "13900001288" in yin.text
    await yin.press("不改了")
    assert "什么都没有改动" in yin.text
    assert changes.open_changes() == []


async def test_an_emergency_contact(yin: Talk) -> None:
    """In one sentence, and taken back by its button."""
    await yin.say("紧急联系人改成我儿子王小明")
    assert "我儿子王小明" in yin.text
    await yin.press("对，改")
    await yin.press("撤回")
    assert "撤回了" in yin.text
    assert changes.open_changes() == []


async def test_what_only_the_office_changes(yin: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A birth year needs papers."""
    hear(monkeypatch, yin, "我的出生年份写错了", ("my_profile", 0.95))
    await yin.say("我的出生年份写错了")
    assert "要办公室凭材料来改" in yin.text
    assert "转给工作人员" in yin.buttons


async def test_a_stranger_sees_nothing(yin: Talk, talk: Talk) -> None:
    """Asked who they are."""
    stranger = talk.as_stranger()
    await stranger.say("我的资料")
    assert "姓名" in stranger.text
    assert "139" not in stranger.text


async def test_on_the_phone_of_two(yin: Talk) -> None:
    """Asked for whom, though the chat speaks for one of them; the other's details are shown to the other."""
    other = enrol("沈长河", "13900003333")
    chats.bind(yin.chat, other, "staff", yin.clock())
    await yin.say("我的资料")
    assert "哪一位" in yin.text
    assert yin.buttons == ["殷素琴", "沈长河"]
    assert "南华街12号" not in yin.text
    await yin.press("沈长河")
    assert "139****3333" in yin.text
    assert "南华街12号" not in yin.text
