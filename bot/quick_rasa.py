"""Work that Rasa does in every turn and whose result is known or unused; together more than half of a turn.

Each is a seam of Rasa 3.6.21 and changes no prediction; `RasaAgent` refuses to start on another version.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot

_REMEMBERED = 4096

_find = RulePolicy._find_action_from_rules
_possible_keys = RulePolicy._get_possible_keys


def prepare() -> None:
    """Leave it out from now on, in this process."""
    # A JSON schema for every action result, nine tenths of a turn. Our actions use rasa_sdk's own events, and Rasa's
    # deserialisation refuses what it does not know.
    RemoteAction._validate_action_result = lambda *_: True  # type: ignore[method-assign]
    # An empty domain built for each message, to warn of what `make check` finds in the language data.
    MessageProcessor._check_for_unseen_features = lambda *_: None  # type: ignore[method-assign]
    # A walk through every class of events for each event.
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[assignment, method-assign]
    # The slots are copied with each tracker, ten times a turn, through what pickling would do.
    Slot.__copy__ = _copy_of_slot  # type: ignore[attr-defined]
    RulePolicy._find_action_from_rules = _find_if_any_could  # type: ignore[method-assign]
    RulePolicy._get_possible_keys = _remembered_keys  # type: ignore[method-assign]


def _copy_of_slot(slot: Slot) -> Slot:
    copied = object.__new__(type(slot))
    copied.__dict__.update(slot.__dict__)
    return copied


def _find_if_any_could(
    policy: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool
) -> tuple[Any, Any, bool]:
    """Rasa asks its rules by text before it asks them by intent; without a rule on a text none can answer."""
    if use_text_for_last_user_input and not _has_text_rules(policy):
        return None, None, False
    return _find(policy, tracker, domain, use_text_for_last_user_input)


def _has_text_rules(policy: RulePolicy) -> bool:
    known: bool | None = policy.__dict__.get("_text_rules")
    if known is None:
        states = (state for key in policy.lookup[RULES] for state in policy._rule_key_to_state(key))
        known = policy.__dict__["_text_rules"] = any("text" in state.get("user", {}) for state in states)
    return known


def _remembered_keys(policy: RulePolicy, lookup: dict[str, str], states: list[Any]) -> set[str]:
    """Which rules fit these states; conversations pass through few different ones."""
    known: dict[Any, set[str]] = policy.__dict__.setdefault("_keys_of_states", {})
    asked = (id(lookup), repr(states))
    if asked not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        known[asked] = _possible_keys(policy, lookup, states)
    return known[asked]
