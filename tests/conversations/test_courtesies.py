"""Small courtesies, being misunderstood, hearing it again, and the ways out of everything."""

from __future__ import annotations

import pytest

from service.cases import questions
from service.matters.queries import recent
from service.people.queries import by_name
from tests.support.hearing import hear, mumble
from tests.support.talk import Talk, enrol

MENU = ["看看活动", "提建议", "我的积分", "学习", "我的安排", "找工作人员"]


@pytest.fixture
def tang(talk: Talk) -> Talk:
    """唐秀珍, with nothing under way."""
    enrol("唐秀珍")
    return talk.as_person("唐秀珍")


async def test_greeted_by_name(tang: Talk) -> None:
    """With what there is to do."""
    await tang.say("您好")
    assert tang.text.startswith("唐秀珍您好")
    assert tang.buttons == MENU


async def test_a_stranger_is_greeted_too(talk: Talk) -> None:
    """Without a name."""
    stranger = talk.as_stranger()
    await stranger.say("您好")
    assert stranger.text.startswith("您好")
    assert stranger.buttons == MENU


@pytest.mark.parametrize("words", ["你能做什么", "看菜单", "今天天气真好"])
async def test_what_there_is_is_never_far(tang: Talk, words: str) -> None:
    """Help, menu and small talk all show it."""
    await tang.say(words)
    assert tang.buttons == MENU


async def test_thanks_and_goodbye(tang: Talk) -> None:
    """Answered in kind."""
    await tang.say("谢谢你")
    assert "不客气" in tang.text
    await tang.say("再见")
    assert "慢走" in tang.text


async def test_what_is_not_done_here(tang: Talk) -> None:
    """Said plainly; staff get the question as it was asked."""
    await tang.say("帮我看看股票怎么买")
    assert "办不了" in tang.text
    await tang.press("找工作人员")
    assert "Q2026-0001" in tang.text
    (said,) = questions.messages_of(questions.get("Q2026-0001"))
    assert said.words == "帮我看看股票怎么买"


# Not understood


async def test_once_and_twice(tang: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the menu, then staff, who get the words that nobody understood."""
    mumble(monkeypatch, tang, "咕噜咕噜")
    mumble(monkeypatch, tang, "叽里呱啦")
    await tang.say("咕噜咕噜")
    assert "没听明白" in tang.text
    assert tang.buttons == MENU
    await tang.say("叽里呱啦")
    assert "还是没听明白" in tang.text
    await tang.press("找工作人员")
    (said,) = questions.messages_of(questions.get("Q2026-0001"))
    assert said.words == "叽里呱啦"


async def test_not_twice_in_a_row(tang: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something understood in between begins the count anew."""
    mumble(monkeypatch, tang, "咕噜咕噜")
    await tang.say("咕噜咕噜")
    await tang.say("我有多少积分")
    await tang.say("咕噜咕噜")
    assert "还是" not in tang.text


async def test_one_of_two(tang: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked which; the button takes what was said along, word for word."""
    words = "楼下的台阶太高，装个扶手吧"
    hear(monkeypatch, tang, words, ("report_issue", 0.55), ("submit_suggestion", 0.5))
    await tang.say(words)
    assert tang.text == "您是想反映问题，还是想提建议？"
    assert tang.buttons == ["反映问题", "提建议"]
    await tang.press("提建议")
    assert f"“{words}”" in tang.text
    await tang.press("交上去")
    assert "S2026-0001" in tang.text


async def test_one_of_two_with_what_was_marked(tang: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The subject that was heard goes along too."""
    topic = {"entity": "topic", "value": "竹编", "start": 0, "end": 2}
    hear(monkeypatch, tang, "竹编", ("find_activity", 0.55), ("find_course", 0.5), entities=[topic])
    await tang.say("竹编")
    await tang.press("找课程")
    assert "“竹编”" in tang.text


async def test_an_older_question_keeps_its_own_words(tang: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two things are asked about; the button of the first still means the first."""
    first = (await tang.say("怎么办理异地就医"))[-1].buttons[0]
    await tang.say("我想请人来家里装个扶手")
    await tang.press_token(first.token)
    (said,) = questions.messages_of(questions.get("Q2026-0001"))
    assert said.words == "怎么办理异地就医"


# Once more


async def test_repeated_with_its_buttons(tang: Talk) -> None:
    """However often it is asked for."""
    first = await tang.say("我有多少积分")
    for _ in range(2):
        await tang.say("再说一遍")
        assert tang.text == first[-1].text
        assert tang.buttons == ["看明细", "能换什么", "请人帮忙", "我能帮谁", "送小时", "看看活动"]
    await tang.press("看明细")
    assert "积分" in tang.text


async def test_a_question_is_repeated_once(tang: Talk) -> None:
    """An open form asks again by itself; it is not asked twice."""
    await tang.say("我想提个建议")
    await tang.say("再说一遍")
    assert len(tang.last) == 1
    assert "您请讲" in tang.text


async def test_nothing_to_repeat(talk: Talk) -> None:
    """At the very beginning."""
    stranger = talk.as_stranger()
    await stranger.say("再说一遍")
    assert "还没说什么" in stranger.text
    assert stranger.buttons == MENU


# Ways out


async def test_out_of_a_form(tang: Talk) -> None:
    """Whatever was under way is dropped, and nothing was written."""
    await tang.say("我想提个建议")
    await tang.say("算了不弄了")
    assert "不办了" in tang.text
    await tang.say("您好")
    assert len(tang.last) == 1
    assert recent(tang.chat) == []


async def test_nothing_under_way(tang: Talk) -> None:
    """Neither a way out nor a yes has anything to act on."""
    await tang.say("算了")
    assert "没有办到一半的事" in tang.text
    for words in ("好的", "不是"):
        await tang.say(words)
        assert "还想办什么" in tang.text
    assert recent(tang.chat) == []
    assert by_name("唐秀珍")
