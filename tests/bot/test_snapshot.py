"""What is kept of a dialogue between turns predicts as the whole of it would."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import snapshot
from bot.payloads import parse_data_of
from service import db
from service.messages import chats
from service.organisations.models import Office
from tests.support.talk import MONDAY, enrol

_people = itertools.count(1)

SUGGESTION = "我想提个建议，活动室门口的台阶太高，请加一个扶手"
# What people say: words, and what they mean as a button's payload would put it.
SAYINGS = [
    ("您好", "/greet"),
    ("提建议", "/submit_suggestion"),
    (SUGGESTION, "/submit_suggestion"),
    ("楼下的路灯坏了好几天了，晚上看不见路", "/report_issue"),
    ("每天早上八点提醒我", '/set_study_reminder{"rrule":"FREQ=DAILY;BYHOUR=8;BYMINUTE=0"}'),
    ("提醒我学习", "/set_study_reminder"),
    ("以后都别发了", '/stop_reminders{"which":"all"}'),
    ("是的", "/affirm"),
    ("不要", "/deny"),
    ("算了", "/cancel"),
    ("我有多少积分", "/check_points"),
    ("再说一遍", "/repeat"),
    ("救命", "/emergency"),
    ("嗯那个", "/nlu_fallback"),
    ("绑定", "/bind_account"),
    ("谢谢", "/thank"),
]


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[DialogueStateTracker]:
    """Makes the agent keep every turn, and collects the trackers as turns leave them."""
    trackers: list[DialogueStateTracker] = []
    real = snapshot.condense

    def keep_all(tracker: DialogueStateTracker, domain: Any) -> dict[str, Any]:
        trackers.append(tracker)
        return real(tracker, domain, turns=1000)

    monkeypatch.setattr(snapshot, "condense", keep_all)
    monkeypatch.setattr(snapshot, "condense_really", real, raising=False)
    return trackers


def predicted(agent: Any, tracker: DialogueStateTracker, words: str, payload: str) -> str:
    """The action that the policies choose when this is said next."""
    domain, processor = agent._agent.domain, agent._agent.processor
    copy = snapshot.restore_events(tracker.sender_id, list(tracker.events), domain)
    parsed = parse_data_of(payload, words)
    copy.update(UserUttered(words, parsed["intent"], parsed["entities"], parsed), domain)
    return str(processor._predict_next_with_tracker(copy).max_confidence_index)


def slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Every slot that has a value."""
    return {name: value for name, value in tracker.current_slot_values().items() if value is not None}


def check(agent: Any, full: DialogueStateTracker, restored: DialogueStateTracker) -> None:
    """The restored tracker stands where the whole one does, whatever is said next."""
    assert slots(restored) == slots(full)
    assert restored.active_loop_name == full.active_loop_name
    assert restored.get_slot("requested_slot") == full.get_slot("requested_slot")
    for words, payload in (SAYINGS[0], SAYINGS[2], SAYINGS[7], SAYINGS[12], SAYINGS[13]):
        assert predicted(agent, restored, words, payload) == predicted(agent, full, words, payload), payload


def test_it_predicts_as_the_whole_would(
    agent: Any, sqlite: db.Engine, whole: list[DialogueStateTracker]
) -> None:
    """Random talks of up to eight turns, with forms begun, interrupted, set aside, finished and dropped."""
    with db.unit_of_work() as session:
        session.add(Office(name="银溪县老干部局", region="银溪县", phone="0000-8123456"))

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.sampled_from(SAYINGS), min_size=3, max_size=8))
    def talk(said: list[tuple[str, str]]) -> None:
        asyncio.run(_talk(agent, whole, said, MONDAY))

    talk()


async def _talk(
    agent: Any, whole: list[DialogueStateTracker], said: list[tuple[str, str]], now: datetime
) -> None:
    """Talk through the real agent with its whole memory, and restore from a snapshot of a snapshot at each turn."""
    domain, condense = agent._agent.domain, snapshot.condense_really  # type: ignore[attr-defined]
    person = enrol(f"学员{next(_people)}")
    chat = chats.open_chat("terminal", f"s-{person.id}", now)
    chats.bind(chat, person, "staff", now)
    everything: dict[str, Any] | None = None
    small: dict[str, Any] | None = None
    seen = 0
    for words, payload in said:
        with db.unit_of_work():
            metadata = {"now": now.isoformat(), "chat_id": chat.id}
            answered = await agent.turn(
                chat.sender_id, words, parse_data_of(payload, words), metadata, everything
            )
        everything, full = answered.snapshot, whole[-1]
        new = list(full.events)[seen:]
        before = snapshot.restore(full.sender_id, small, domain)
        if small is None:
            before = snapshot.restore_events(full.sender_id, [], domain)
        chained = snapshot.restore_events(full.sender_id, list(before.events) + new, domain)
        small = condense(chained, domain)
        seen = len(full.events)
        assert len(small["events"]) < 60
        check(agent, full, snapshot.restore(full.sender_id, small, domain))


def test_a_chat_that_is_new(agent: Any) -> None:
    """Without a snapshot there is nothing: no slot, no form."""
    tracker = snapshot.restore("terminal:new", None, agent._agent.domain)
    assert slots(tracker) == {}
    assert tracker.active_loop_name is None


def test_what_the_domain_no_longer_has(agent: Any) -> None:
    """A snapshot of an older version may name slots and forms that are gone; they are let go."""
    domain = agent._agent.domain
    old = {
        "slots": {"gone": 1, "misses": 2},
        "loop": "gone_form",
        "events": [{"event": "slot", "name": "gone", "value": 3, "timestamp": 0.0}],
    }
    tracker = snapshot.restore("terminal:old", old, domain)
    assert slots(tracker) == {"misses": 2}
    assert tracker.active_loop_name is None


def test_it_stays_small(agent: Any) -> None:
    """A thousand turns cost no more to keep than three."""
    domain = agent._agent.domain
    tracker = snapshot.restore("terminal:long", None, domain)
    sizes = []
    for turn in range(1000):
        tracker.update(UserUttered(f"第{turn}句", {"name": "greet", "confidence": 1.0}), domain)
        tracker = snapshot.restore("terminal:long", snapshot.condense(tracker, domain), domain)
        sizes.append(len(tracker.events))
    assert max(sizes[3:]) == sizes[3]
