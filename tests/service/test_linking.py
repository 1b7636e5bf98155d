"""What people write, and which name they mean by it."""

from __future__ import annotations

import pytest

from service.linking import MATCH, SIMILAR, mentions, says_nothing, score


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("书法", "书法"),
        ("书法课", "书法"),
        ("书法", "迎新春书法比赛"),
        ("太积拳", "太极拳"),
        ("抬鸡拳", "太极拳"),
        ("蓝华社区", "南华社区"),
        ("智能手鸡", "智能手机"),
        ("红歌合唱", "红歌大合唱"),
        ("健身汽功", "健身气功"),
        ("Word入门", "word 入门"),
    ],
)
def test_what_was_meant_is_found(said: str, name: str) -> None:
    """By part, by sound, with a slip."""
    assert score(said, [name]) >= MATCH


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("书法", "书画展"),
        ("智能手机", "智能电视"),
        ("健康讲座", "法治讲座"),
        ("双桥社区", "南华社区"),
        ("象棋", "合唱"),
        ("", "书法"),
        ("。。", "书法"),
    ],
)
def test_what_was_not_meant_is_not(said: str, name: str) -> None:
    """Sharing a character or an ending is not enough."""
    assert score(said, [name]) < MATCH


def test_something_like_it_is_worth_offering() -> None:
    """A sword is not a fist, but the same people like it."""
    assert SIMILAR <= score("太极拳", ["太极剑"]) < MATCH


def test_the_closer_name_scores_higher() -> None:
    """The very name beats a name that contains it, and that beats one that only sounds like it."""
    assert score("合唱", ["合唱"]) > score("合唱", ["合唱比赛"]) > score("合唱", ["河畅比赛"]) >= MATCH


def test_a_sentence_mentions_a_name() -> None:
    """Also with a slip of three characters; two characters must be there as written."""
    assert mentions("周四的书法给我报个名", ["书法"]) >= MATCH
    assert mentions("想去打太积拳", ["太极拳"]) >= MATCH
    assert mentions("我想起来了", ["象棋"]) == 0
    assert mentions("有什么活动", ["书法", "太极拳"]) == 0


def test_activity_is_no_topic() -> None:
    """活动 alone names nothing; 书法活动 does."""
    assert says_nothing("活动")
    assert says_nothing("讲座活动")
    assert not says_nothing("书法活动")
