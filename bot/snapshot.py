"""What is kept of a dialogue between turns: the state before the last turn, and that turn.

Rasa's cost a turn grows with its tracker's events, so older turns are folded into the state that they led to: slots,
active loop and requested slot. A tracker restored from it predicts as the full one would, since rules look at no more
than the state and the present turn.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# 重复一遍 needs the last answer; nothing looks further back.
TURNS = 1
_LISTEN = "action_listen"
_BULKY = ("intent_ranking", "response_selector", "text_tokens")


def condense(tracker: DialogueStateTracker, domain: Domain, turns: int = TURNS) -> dict[str, Any]:
    """The snapshot of a tracker whose turn has ended, as JSON.

    Returns:
        {"slots": slots that differ from their start, "loop": active loop or None, "events": the last turns}.
    """
    events = list(tracker.events)
    starts = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    cut = starts[-turns] if len(starts) > turns else 0
    before = restore_events(tracker.sender_id, events[:cut], domain)
    initial = {slot.name: slot.initial_value for slot in domain.slots}
    return {
        "slots": {
            name: value for name, value in before.current_slot_values().items() if value != initial.get(name)
        },
        "loop": before.active_loop_name,
        "events": [_slim(event) for event in events[cut:]],
    }


def restore(sender_id: str, snapshot: dict[str, Any] | None, domain: Domain) -> DialogueStateTracker:
    """A tracker that stands where the snapshot was taken; an empty one without a snapshot."""
    if snapshot is None:
        return restore_events(sender_id, [ActionExecuted(_LISTEN)], domain)
    state: list[Event] = [
        SlotSet(name, value) for name, value in snapshot["slots"].items() if name in _names(domain)
    ]
    if snapshot["loop"] in domain.form_names:
        state.append(ActiveLoop(snapshot["loop"]))
    state.append(ActionExecuted(_LISTEN))
    known = _names(domain)
    turns = [
        event
        for raw in snapshot["events"]
        if (event := Event.resolve_by_type(raw["event"])._from_parameters(raw))
        and not (isinstance(event, SlotSet) and event.key not in known)
    ]
    return restore_events(sender_id, state + turns, domain)


def restore_events(sender_id: str, events: list[Event], domain: Domain) -> DialogueStateTracker:
    """A tracker with just these events."""
    return DialogueStateTracker.from_events(sender_id, events, slots=domain.slots, domain=domain)


def _names(domain: Domain) -> set[str]:
    return {slot.name for slot in domain.slots}


def _slim(event: Event) -> dict[str, Any]:
    """An event as JSON, without what the classifier thought of every other intent."""
    raw = event.as_dict()
    if isinstance(event, UserUttered):
        raw["parse_data"] = {k: v for k, v in raw["parse_data"].items() if k not in _BULKY}
    return raw
