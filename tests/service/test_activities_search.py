"""Finding: what the person may attend and asked for, the best first, five at a time."""

from __future__ import annotations

import pytest

from service.activities.search import Wanted, like, named, next_best, search
from tests.service.activity_world import NOW, activity, at, person, places


@pytest.fixture(autouse=True)
def week(database: object) -> None:
    """A week in two communities."""
    places()
    activity("书法提高班", "26 15:00", topics=["书法", "毛笔字"], venue="双桥书画院", capacity=20)
    activity("楷书入门", "27 09:00", topics=["书法", "楷书"], venue="南华活动室")
    activity("二十四式太极拳", "25 08:00", topics=["太极拳"], kind="文体", venue="南华活动室")
    activity("防诈骗讲座", "28 09:00", topics=["反诈"], kind="讲座", venue="南华活动室")
    activity("红岩故里走访", "28 08:00", kind="参观走访", eligible_classes=["正常活动"])
    activity("内部通报会", "30 09:00", kind="讲座", public=False)
    activity("还没定的书法展", "29 09:00", topics=["书法"], draft=True)


def titles(wanted: Wanted, who: str | None = "正常活动") -> list[str]:
    """What is found for somebody of that class, or for a stranger."""
    somebody = person("陈桂香", who) if who else None
    return [listing.activity.title for listing in search(wanted, somebody, NOW).listings]


def test_what_was_asked_for_is_found() -> None:
    """By topic, by sound, by place, by time, out of a sentence."""
    expected = {
        Wanted(topics=("书法",)): ["书法提高班", "楷书入门"],
        Wanted(topics=("书法课",)): ["书法提高班", "楷书入门"],
        Wanted(topics=("书法提高班",)): ["书法提高班"],
        Wanted(topics=("太积拳",)): ["二十四式太极拳"],
        Wanted(topics=("书法",), place="南华社区"): ["楷书入门"],
        Wanted(topics=("书法",), place="双桥书画院"): ["书法提高班"],
        Wanted(topics=("书法",), start=at("26 00:00"), end=at("27 00:00")): ["书法提高班"],
        Wanted(start=at("25 00:00"), end=at("26 00:00")): ["二十四式太极拳"],
        Wanted(sentence="周六的防诈骗讲座还有吗"): ["防诈骗讲座"],
        Wanted(sentence="想出去走走"): ["红岩故里走访"],
        Wanted(sentence="双桥书画院有什么活动"): ["书法提高班"],
        Wanted(sentence="报名参加志愿活动"): [],
        Wanted(topics=("油画",)): [],
        Wanted(topics=("书法",), place="望江社区"): [],
    }

    assert {wanted: titles(wanted) for wanted in expected} == expected


def test_without_a_wish_everything_comes_the_soonest_first() -> None:
    """活动 names nothing; the sixth is only counted."""
    found = search(Wanted(topics=("活动",)), person("陈桂香"), NOW)

    assert [listing.activity.title for listing in found.listings] == [
        "二十四式太极拳",
        "书法提高班",
        "楷书入门",
        "红岩故里走访",
        "防诈骗讲座",
    ]
    assert found.rest == 1


def test_only_what_the_person_may_attend() -> None:
    """适当参加 is not offered the trip, and 不能参加 none of it."""
    assert "红岩故里走访" not in titles(Wanted(), "适当参加")
    assert titles(Wanted(), "不能参加") == []


def test_a_stranger_sees_what_is_public() -> None:
    """A member sees the briefing too; a draft is seen by nobody."""
    briefing = Wanted(start=at("30 00:00"))
    assert titles(briefing, None) == []
    assert titles(briefing) == ["内部通报会"]
    assert "还没定的书法展" not in titles(Wanted(topics=("书法",)), None)


def test_what_is_past_its_cut_off_is_named_but_not_offered() -> None:
    """One may still ask where it is."""
    late = activity("国画沙龙", "24 09:00", topics=["国画"], booking_closes_at=at("23 09:00"))
    somebody = person("陈桂香")

    assert search(Wanted(topics=("国画",)), somebody, NOW).listings == []
    assert [listing.id for listing in named(Wanted(topics=("国画",)), somebody, NOW)] == [late.id]


def test_the_next_best_thing() -> None:
    """The same at another time, something like it, something else then, anything."""
    wednesday = {"start": at("25 00:00"), "end": at("26 00:00")}
    friday = {"start": at("27 00:00"), "end": at("28 00:00")}
    expected = {
        Wanted(topics=("书法",), **wednesday): ("other_time", "书法提高班"),
        Wanted(topics=("书法",), place="望江社区"): ("other_time", "书法提高班"),
        Wanted(topics=("太极拳",), place="双桥社区", sentence="双桥社区的太极拳"): (
            "other_time",
            "二十四式太极拳",
        ),
        Wanted(topics=("太极剑",)): ("similar", "二十四式太极拳"),
        Wanted(topics=("油画",), **friday): ("same_time", "楷书入门"),
        Wanted(topics=("油画",)): ("anything", "二十四式太极拳"),
    }
    chen = person("陈桂香")

    nearest = {wanted: next_best(wanted, chen, NOW) for wanted in expected}

    assert {
        wanted: (best.how, best.found.listings[0].activity.title) for wanted, best in nearest.items()
    } == expected


def test_nothing_at_all() -> None:
    """Said plainly."""
    assert next_best(Wanted(), person("吴静安", "不能参加"), NOW).how == "nothing"


def test_like_what_is_gone() -> None:
    """Another lesson on the same subject."""
    somebody = person("陈桂香")
    (gone, other) = search(Wanted(topics=("书法",)), somebody, NOW).listings

    assert [listing.id for listing in like(gone, somebody, NOW).listings] == [other.id]
