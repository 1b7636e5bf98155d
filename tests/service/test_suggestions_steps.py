"""Whatever staff and author try in whatever order: only legal paths, and the author told exactly once a hop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import db
from service.errors import Refusal
from service.models import metadata
from service.organisations.units import Unit
from service.people.models import Person
from service.staff.models import Staff
from service.suggestions.feedback import rate, reopen
from service.suggestions.hops import hops_of
from service.suggestions.path import decide, forward, instruct, record_outcome, start
from service.suggestions.replying import draft_reply, publish_reply
from service.suggestions.states import ADOPTED, DECLINED, PARTLY
from service.suggestions.submitting import withdraw
from tests.service.suggestion_world import DUE, NOW, desk, hand_in, person, suggestion, told

# What services.md allows, written out once more and not taken from the code.
AFTER = {
    "已收到": {"已转办", "已撤回", "批示"},
    "已转办": {"已转办", "办理中", "批示"},
    "办理中": {"已转办", "已答复", "批示"},
    "已答复": {"已采纳", "部分采纳", "未采纳", "重新办理", "批示"},
    "已采纳": {"已有成果", "重新办理", "批示"},
    "部分采纳": {"已有成果", "重新办理", "批示"},
    "未采纳": {"重新办理", "批示"},
    "已有成果": {"已有成果", "重新办理", "批示"},
    "重新办理": {"已转办", "批示"},
    "已撤回": set(),
}
BY_AUTHOR = ("已收到", "已撤回", "重新办理")

_ACTS = st.sampled_from(
    [
        "forward",
        "start",
        "instruct",
        "draft",
        "publish",
        "adopt",
        "partly",
        "decline",
        "outcome",
        "rate",
        "reopen",
        "withdraw",
    ]
)
# Most steps are likely ones, so that long paths are walked as well.
_LIKELY = ["forward", "start", "draft", "publish", "adopt", "outcome", "reopen", "forward", "start"]


@pytest.fixture(scope="module")
def one_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A database for all examples, each with a suggestion of its own."""
    engine = db.connect(f"sqlite:///{tmp_path_factory.mktemp('steps')}/test.db")
    metadata.create_all(engine)
    db.use(engine)
    yield
    db.use(None)
    engine.dispose()


@pytest.fixture(scope="module")
def office(one_database: None) -> tuple[Staff, Unit]:
    """田小满 and the unit."""
    return desk()


@given(
    acts=st.one_of(
        st.lists(_ACTS, max_size=14), st.integers(0, len(_LIKELY)).map(lambda count: _LIKELY[:count])
    ),
    extra=st.lists(_ACTS, max_size=4),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_legal_paths_and_each_hop_told_once(
    office: tuple[Staff, Unit], acts: list[str], extra: list[str]
) -> None:
    """Every step is tried twice, as by a click that was sent twice."""
    he = person("何长根")
    number = hand_in(he)

    for place, act in enumerate(acts + extra):
        steps = all_steps(number, he, office, f"第{place}步", NOW + timedelta(hours=place))
        for _ in range(2):
            before = len(hops_of(suggestion(number).id)), len(told(he.id))
            try:
                steps[act]()
            except Refusal:
                assert (len(hops_of(suggestion(number).id)), len(told(he.id))) == before

    kinds = [hop.kind for hop in hops_of(suggestion(number).id)]
    state = kinds[0]
    for kind in kinds[1:]:
        assert kind in AFTER[state], kinds
        state = state if kind == "批示" else kind
    assert suggestion(number).state == state
    assert kinds.count("重新办理") <= 1
    assert len(told(he.id)) == sum(kind not in BY_AUTHOR for kind in kinds)


def all_steps(
    number: str, he: Person, office: tuple[Staff, Unit], words: str, now: datetime
) -> dict[str, Callable[[], object]]:
    """Everything that staff and author can try, by its name."""
    tian, unit = office
    return {
        "forward": lambda: forward(number, unit, DUE, now, staff=tian),
        "start": lambda: start(number, now, staff=tian),
        "instruct": lambda: instruct(number, "负责同志", words, DUE, now, staff=tian),
        "draft": lambda: draft_reply(number, words, now, staff=tian),
        "publish": lambda: publish_reply(number, now, staff=tian),
        "adopt": lambda: decide(number, ADOPTED, now, staff=tian, words=words),
        "partly": lambda: decide(number, PARTLY, now, staff=tian, words=words),
        "decline": lambda: decide(number, DECLINED, now, staff=tian, words=words),
        "outcome": lambda: record_outcome(number, words, now, staff=tian),
        "rate": lambda: rate(he, number, 3, now),
        "reopen": lambda: reopen(he, number, words, now),
        "withdraw": lambda: withdraw(he, number, now),
    }
