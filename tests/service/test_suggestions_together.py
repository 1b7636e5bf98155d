"""Seconding and merging: everybody once, nobody lost, also when many do it at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from service import db
from service.db import reading
from service.errors import NotFound, TurnAborted
from service.suggestions.browsing import Sought, browse, public_view
from service.suggestions.hops import hops_of
from service.suggestions.merging import merge
from service.suggestions.models import suggestion_seconds, suggestions
from service.suggestions.path import forward, start
from service.suggestions.records import supporters_of
from service.suggestions.refusals import (
    AlreadySeconded,
    CannotMerge,
    MergedAlready,
    NotSeconded,
    OwnSuggestion,
    SecondingOver,
    SuggestionUnderWay,
)
from service.suggestions.replying import draft_reply, publish_reply, replies_of
from service.suggestions.seconding import check_seconding, second, seconded_by, take_back_second
from service.suggestions.states import MoveNotAllowed
from service.suggestions.submitting import hide, withdraw
from tests.service.suggestion_world import (
    DUE,
    NOW,
    adopted,
    answered,
    desk,
    hand_in,
    person,
    suggestion,
    told,
)

LIGHTS = "公园晚上路灯太暗，建议多装几盏"


@pytest.mark.usefixtures("database")
def test_one_seconds_once_and_not_ones_own() -> None:
    """郑桂枝 seconds 何长根, once; he himself is counted already."""
    he, zheng, number = person("何长根"), person("郑桂枝"), ""
    number = hand_in(he)

    assert second(zheng, number, NOW).supporters == 1
    with pytest.raises(AlreadySeconded):
        second(zheng, number, NOW)
    with pytest.raises(OwnSuggestion):
        second(he, number, NOW)
    with pytest.raises(NotFound):
        second(zheng, "S2026-0099", NOW)

    assert supporters_of(suggestion(number)) == 1
    assert seconded_by(zheng) == [number]


@pytest.mark.usefixtures("database")
def test_a_second_is_taken_back_and_given_again_until_it_is_decided() -> None:
    (tian, unit), he, zheng = desk(), person("何长根"), person("郑桂枝")
    number = hand_in(he)
    second(zheng, number, NOW)

    assert take_back_second(zheng, number, NOW).supporters == 0
    with pytest.raises(NotSeconded):
        take_back_second(zheng, number, NOW)
    assert second(zheng, number, NOW).supporters == 1

    adopted(number, tian, unit)
    with pytest.raises(NotSeconded):
        take_back_second(zheng, number, NOW)
    with pytest.raises(SecondingOver):
        check_seconding(person("吕静安"), number)


@pytest.mark.usefixtures("database")
def test_seconders_hear_the_reply_and_what_came_of_it_but_not_every_step() -> None:
    (tian, unit), he, zheng = desk(), person("何长根"), person("郑桂枝")
    number = hand_in(he)
    second(zheng, number, NOW)

    adopted(number, tian, unit)

    assert len(told(he.id)) == 4
    reply, decision = told(zheng.id)
    assert reply == f"您附议的建议 {number}（建议在南华社区公交站加一排带扶手…）有答复了：\n长椅本月装好。"
    assert "被采纳了" in decision


@pytest.mark.usefixtures("database")
def test_merging_keeps_the_original_its_author_and_its_seconders() -> None:
    """吕静安 proposed the same as 何长根; 郑桂枝 seconds hers."""
    (tian, unit), he, lv, zheng = desk(), person("何长根"), person("吕静安"), person("郑桂枝")
    first, later = hand_in(he), hand_in(lv, "公交站应该有椅子坐")
    second(zheng, later, NOW)

    merge(later, first, NOW, staff=tian)
    assert merge(later, first, NOW, staff=tian) is None

    original = suggestion(later)
    assert (original.words, original.person_id, original.state) == ("公交站应该有椅子坐", lv.id, "已合并")
    assert [hop.kind for hop in hops_of(original.id)] == ["已收到", "已合并"]
    assert supporters_of(suggestion(first)) == 2
    assert f"和 {first} 说的是一件事" in told(lv.id)[0]
    assert f"您附议的建议 {later}" in told(zheng.id)[0]
    assert told(he.id) == []
    assert [each.receipt_no for each in browse(Sought()).page] == [first]
    assert public_view(later)[0].receipt_no == first

    answered(first, tian, unit)
    assert [len(told(one.id)) for one in (he, lv, zheng)] == [3, 4, 2]
    assert told(lv.id)[-1].startswith(f"您的建议 {later}（并入 {first} 一起办）有答复了")


@pytest.mark.usefixtures("database")
def test_who_is_behind_a_merged_one_counts_once() -> None:
    """郑桂枝 seconds both; 吕静安 seconded what hers is then merged into."""
    (tian, _), he, lv, zheng = desk(), person("何长根"), person("吕静安"), person("郑桂枝")
    first, later = hand_in(he), hand_in(lv, "公交站应该有椅子坐")
    for number in (first, later):
        second(zheng, number, NOW)
    second(lv, first, NOW)

    merge(later, first, NOW, staff=tian)

    assert supporters_of(suggestion(first)) == 2
    with pytest.raises(AlreadySeconded):
        second(zheng, later, NOW)
    with pytest.raises(OwnSuggestion):
        second(lv, first, NOW)
    assert second(person("田大川"), later, NOW).record.receipt_no == first


@pytest.mark.usefixtures("database")
def test_what_was_merged_goes_along_when_its_own_target_is_merged() -> None:
    (tian, unit), he, lv, zheng = desk(), person("何长根"), person("吕静安"), person("郑桂枝")
    first, other, third = hand_in(he), hand_in(lv, "公交站要有椅子"), hand_in(zheng, "车站装长椅")
    merge(third, other, NOW, staff=tian)

    merge(other, first, NOW, staff=tian)

    assert public_view(third)[0].receipt_no == first
    assert supporters_of(suggestion(first)) == 2
    assert len(told(zheng.id)) == 2
    with pytest.raises(MergedAlready) as refused:
        forward(third, unit, DUE, NOW, staff=tian)
    assert refused.value.reasons["into"] == first
    with pytest.raises(SuggestionUnderWay):
        withdraw(he, first, NOW)


@pytest.mark.usefixtures("database")
def test_what_cannot_be_merged() -> None:
    (tian, unit), he, lv = desk(), person("何长根"), person("吕静安")
    first, other, gone = hand_in(he), hand_in(lv, LIGHTS), hand_in(lv, "食堂少放盐")
    withdraw(lv, gone, NOW)
    with pytest.raises(CannotMerge):
        merge(first, first, NOW, staff=tian)
    with pytest.raises(CannotMerge):
        merge(first, gone, NOW, staff=tian)
    forward(other, unit, DUE, NOW, staff=tian)
    start(other, NOW, staff=tian)
    draft_reply(other, "好。", NOW, staff=tian)
    publish_reply(other, NOW, staff=tian)
    with pytest.raises(MoveNotAllowed):
        merge(other, first, NOW, staff=tian)


@pytest.mark.usefixtures("database")
def test_what_staff_hide_is_not_read_or_seconded() -> None:
    he, zheng = person("何长根"), person("郑桂枝")
    number = hand_in(he)
    hide(number, True)
    assert browse(Sought()).page == []
    for step in (lambda: public_view(number), lambda: second(zheng, number, NOW)):
        with pytest.raises(NotFound):
            step()
    hide(number, False)
    assert second(zheng, number, NOW).supporters == 1


# At the same moment


@pytest.mark.usefixtures("postgres")
def test_many_second_at_once() -> None:
    """Twelve people, each with two fingers."""
    number = hand_in(person("何长根"))
    crowd = [person(f"附议人{place}") for place in range(12)]

    def press(place: int) -> str:
        try:
            second(crowd[place % 12], number, NOW)
        except AlreadySeconded:
            return "already"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(press, range(24)))

    assert sorted(results) == ["already"] * 12 + ["done"] * 12
    assert supporters_of(suggestion(number)) == 12


@pytest.mark.usefixtures("postgres")
def test_seconding_while_it_is_merged_away_counts_for_the_one_that_goes_on() -> None:
    tian, _ = desk()
    first, later = hand_in(person("何长根")), hand_in(person("吕静安"), "公交站应该有椅子坐")
    crowd = [person(f"附议人{place}") for place in range(10)]

    def act(place: int) -> None:
        if place == 5:
            merge(later, first, NOW, staff=tian)
        else:
            second(crowd[place], later, NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(10)))

    # Nine who second it and its author.
    assert supporters_of(suggestion(first)) == 10


@pytest.mark.usefixtures("postgres")
def test_one_step_taken_by_several_at_once_is_one_hop_and_one_message() -> None:
    """The same button on four screens: passed on once, answered once."""
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)

    def at_once(step: Callable[[], object]) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: step(), range(4)))

    at_once(lambda: forward(number, unit, DUE, NOW, staff=tian))
    at_once(lambda: start(number, NOW, staff=tian))
    at_once(lambda: draft_reply(number, "好。", NOW, staff=tian))
    at_once(lambda: publish_reply(number, NOW, staff=tian))

    kinds = [hop.kind for hop in hops_of(suggestion(number).id)]
    assert kinds == ["已收到", "已转办", "办理中", "已答复"]
    assert len(told(he.id)) == 3
    assert len(replies_of(suggestion(number).id)) == 1


@pytest.mark.usefixtures("postgres")
def test_two_merged_into_one_another_at_once_leave_one() -> None:
    """Two members of staff have the same thought the other way round, again and again; no ring, nothing lost."""
    tian, _ = desk()
    he, lv = person("何长根"), person("吕静安")
    for round_ in range(6):
        one, other = hand_in(he, f"建议{round_}号楼装扶手"), hand_in(lv, f"{round_}号楼要有扶手")

        def act(pair: tuple[str, str]) -> str:
            try:
                merge(*pair, NOW, staff=tian)
            except (MergedAlready, MoveNotAllowed):
                return "refused"
            except TurnAborted:
                return "aborted"
            return "merged"

        with ThreadPoolExecutor(2) as pool:
            results = sorted(pool.map(act, [(one, other), (other, one)]))

        assert results == ["merged", "refused"]
    with reading() as session:
        merged = select(func.count()).where(suggestions.c.merged_into_id.is_not(None))
        assert session.execute(merged).scalar_one() == 6


@pytest.mark.usefixtures("postgres")
def test_one_row_a_person_is_what_the_database_itself_allows() -> None:
    """Whoever writes past the use case is stopped by the index."""
    number, zheng = hand_in(person("何长根")), person("郑桂枝")
    second(zheng, number, NOW)
    row = {"suggestion_id": suggestion(number).id, "person_id": zheng.id, "seconded_at": NOW}
    with pytest.raises(Exception, match="uq_suggestion_seconds_live"), db.unit_of_work() as session:
        session.execute(suggestion_seconds.insert().values(**row))
