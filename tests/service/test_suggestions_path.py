"""The path of a suggestion: only legal steps, the author told of each, once, however often it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service import clock, wording
from service.db import reading
from service.errors import NotFound, Refusal
from service.ledger.posting import POINTS
from service.ledger.queries import balance
from service.matters.models import matters
from service.messages.models import Outgoing, outbox
from service.messages.verdicts import SEND
from service.suggestions import news
from service.suggestions.hops import hops_of
from service.suggestions.path import decide, forward, instruct, record_outcome, start
from service.suggestions.refusals import (
    DueInThePast,
    MergedAlready,
    NothingDrafted,
    ReasonNeeded,
    SuggestionUnderWay,
)
from service.suggestions.replying import draft_reply, publish_reply, published_reply, replies_of
from service.suggestions.states import ADOPTED, DECLINED, PARTLY, MoveNotAllowed
from service.suggestions.submitting import withdraw
from tests.service.suggestion_world import DUE, NOW, answered, desk, hand_in, person, suggestion, told

pytestmark = pytest.mark.usefixtures("database")


def hops(number: str) -> list[str]:
    """The kinds of a suggestion's hops, oldest first."""
    return [hop.kind for hop in hops_of(suggestion(number).id)]


def matter_state(number: str) -> tuple[str, date | None]:
    """How the matter stands, and by when it is due."""
    with reading() as session:
        query = select(matters.c.state, matters.c.due_on).where(matters.c.receipt_no == number)
        return tuple(session.execute(query).one())


def test_the_whole_path_is_told_to_the_author() -> None:
    """何长根 proposes a bench, and hears of each step until it stands there."""
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)

    forward(number, unit, DUE, NOW, staff=tian)
    assert matter_state(number) == ("已转办", DUE)
    instruct(number, "县委组织部负责同志", "请尽快落实", date(2026, 11, 24), NOW, staff=tian)
    start(number, NOW, staff=tian, words="已到现场看过")
    draft_reply(number, "长椅本月装好。", NOW, staff=tian)
    publish_reply(number, NOW, staff=tian)
    decide(number, ADOPTED, NOW, staff=tian)
    record_outcome(number, "装了两条长椅，一条带扶手", NOW, staff=tian)

    assert hops(number) == ["已收到", "已转办", "批示", "办理中", "已答复", "已采纳", "已有成果"]
    assert matter_state(number)[0] == "已有成果"
    heard = told(he.id)
    assert len(heard) == 6
    assert all(number in each for each in heard)
    assert "已转给清溪县住建局办理，12月7日（周一）前答复" in heard[0]
    assert "11月24日（周二），县委组织部负责同志：请尽快落实" in heard[1]
    assert "正在办理。\n已到现场看过" in heard[2]
    assert "有答复了：\n长椅本月装好。\n您满意吗？" in heard[3]
    assert "被采纳了" in heard[4]
    assert "装了两条长椅" in heard[5]


def test_every_command_told_twice_changes_nothing() -> None:
    """A click that was sent twice, at every step of the way."""
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)
    leader = "县委组织部负责同志"
    steps: list[Callable[[], Any]] = [
        lambda: forward(number, unit, DUE, NOW, staff=tian),
        lambda: instruct(number, leader, "请尽快落实", date(2026, 11, 24), NOW, staff=tian),
        lambda: start(number, NOW, staff=tian),
        lambda: draft_reply(number, "长椅本月装好。", NOW, staff=tian),
        lambda: publish_reply(number, NOW, staff=tian),
        lambda: decide(number, PARTLY, NOW, staff=tian, words="先装一条"),
        lambda: record_outcome(number, "装了一条", NOW, staff=tian),
    ]
    for step in steps:
        step()
        before = hops(number), told(he.id), balance(he.id, POINTS), len(replies_of(suggestion(number).id))

        step()

        assert (
            hops(number),
            told(he.id),
            balance(he.id, POINTS),
            len(replies_of(suggestion(number).id)),
        ) == before


def test_what_the_state_does_not_allow_is_refused_by_name() -> None:
    """Nothing is answered before it is under way, decided before it is answered, or comes of what was declined."""
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)

    def refused(step: Callable[[], Any]) -> tuple[str, str]:
        with pytest.raises(MoveNotAllowed) as refusal:
            step()
        return refusal.value.reasons["state"], refusal.value.reasons["to"]

    assert refused(lambda: start(number, NOW, staff=tian)) == ("已收到", "办理中")
    assert refused(lambda: draft_reply(number, "好", NOW, staff=tian)) == ("已收到", "已答复")
    assert refused(lambda: decide(number, ADOPTED, NOW, staff=tian)) == ("已收到", "已采纳")
    forward(number, unit, DUE, NOW, staff=tian)
    draft_reply(number, "好", NOW, staff=tian)
    assert refused(lambda: publish_reply(number, NOW, staff=tian)) == ("已转办", "已答复")
    start(number, NOW, staff=tian)
    publish_reply(number, NOW, staff=tian)
    assert refused(lambda: forward(number, unit, DUE, NOW, staff=tian)) == ("已答复", "已转办")
    decide(number, DECLINED, NOW, staff=tian, words="路面太窄")
    assert refused(lambda: record_outcome(number, "装了", NOW, staff=tian)) == ("未采纳", "已有成果")
    assert refused(lambda: decide(number, ADOPTED, NOW, staff=tian)) == ("未采纳", "已采纳")
    assert len(told(he.id)) == 4
    assert "现在是“未采纳”" in wording.phrase(
        "refused_move_not_allowed", receipt_no=number, state="未采纳", to="已采纳"
    )


def test_declining_needs_a_reason_and_a_due_date_lies_ahead() -> None:
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)
    with pytest.raises(DueInThePast):
        forward(number, unit, date(2026, 11, 22), NOW, staff=tian)
    answered(number, tian, unit)

    with pytest.raises(ReasonNeeded):
        decide(number, DECLINED, NOW, staff=tian, words="  ")
    assert suggestion(number).state == "已答复"

    decide(number, DECLINED, NOW, staff=tian, words="那里要改道")
    assert "原因：\n那里要改道" in told(he.id)[-1]


def test_a_draft_is_seen_by_nobody_and_every_version_is_kept() -> None:
    """田小满 writes, rewrites, and publishes; 何长根 reads the last version alone."""
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)
    forward(number, unit, DUE, NOW, staff=tian)
    start(number, NOW, staff=tian)
    with pytest.raises(NothingDrafted):
        publish_reply(number, NOW, staff=tian)
    draft_reply(number, "不好办。", NOW, staff=tian)
    draft_reply(number, "长椅本月装好。", NOW + timedelta(hours=1), staff=tian)
    record = suggestion(number)
    assert published_reply(record.id) is None
    assert not any("不好办" in each or "长椅本月" in each for each in told(he.id))

    publish_reply(number, NOW + timedelta(hours=2), staff=tian)

    versions = replies_of(record.id)
    assert [(v.words, v.published_at is None) for v in versions] == [
        ("不好办。", True),
        ("长椅本月装好。", False),
    ]
    assert published_reply(record.id).words == "长椅本月装好。"  # type: ignore[union-attr]
    assert "长椅本月装好" in told(he.id)[-1]


def test_points_come_once_for_acceptance_and_once_for_adoption() -> None:
    """Passed on to a second unit, nothing more is credited; adopted, the rest."""
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)
    assert balance(he.id, POINTS) == 0
    forward(number, unit, DUE, NOW, staff=tian)
    accepted = balance(he.id, POINTS)
    assert accepted > 0
    assert f"给您记了 {accepted} 积分" in told(he.id)[0]
    forward(number, unit, DUE + timedelta(days=3), NOW, staff=tian)
    assert balance(he.id, POINTS) == accepted
    assert "积分" not in told(he.id)[1]

    start(number, NOW, staff=tian)
    draft_reply(number, "好。", NOW, staff=tian)
    publish_reply(number, NOW, staff=tian)
    decide(number, ADOPTED, NOW, staff=tian)
    assert balance(he.id, POINTS) > accepted


def test_what_is_passed_on_is_not_taken_back() -> None:
    (tian, unit), he = desk(), person("何长根")
    number, other = hand_in(he), hand_in(he, "建议图书馆周一也开门")
    assert withdraw(he, other, NOW).state == "已撤回"
    withdraw(he, other, NOW)
    assert hops(other) == ["已收到", "已撤回"]
    forward(number, unit, DUE, NOW, staff=tian)
    with pytest.raises(SuggestionUnderWay):
        withdraw(he, number, NOW)
    with pytest.raises(NotFound):
        withdraw(person("吕静安"), number, NOW)


def test_quiet_hours_put_the_news_off() -> None:
    """At ten in the evening 何长根 sleeps; it comes at seven, though it is still the same news."""
    (tian, unit), he = desk(), person("何长根", quiet_from=21, quiet_until=7)
    late = clock.parse("2026-11-23T22:00")
    forward(hand_in(he), unit, DUE, late, staff=tian)
    with reading() as session:
        row = session.execute(select(Outgoing).where(outbox.c.kind == news.KIND)).scalars().one()

    assert news.recheck(row, late).until == clock.parse("2026-11-24T07:00")
    assert news.recheck(row, clock.parse("2026-11-24T07:00")) == SEND


def test_every_refusal_has_words_for_whoever_hears_it() -> None:
    """Those of the path are filled with what they carry."""
    for refusal in (MoveNotAllowed, ReasonNeeded, DueInThePast, NothingDrafted, MergedAlready):
        assert issubclass(refusal, Refusal)
        said = wording.phrase(
            f"refused_{refusal.code}", receipt_no="S2026-0001", state="已收到", to="已答复", into="S2026-0002"
        )
        assert "S2026-0001" in said
