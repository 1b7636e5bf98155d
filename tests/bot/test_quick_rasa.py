"""What is left out of Rasa's work changes none of its predictions."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy

from bot import quick_rasa
from tests.support.talk import Talk, enrol

SAID = (
    "您好",
    "我想提个建议",
    "我有多少积分",
    "门口多装几盏路灯，晚上太黑",
    "好",
    "每天早上八点提醒我学习",
    "算了",
    "谢谢",
)


async def test_the_rules_that_rasa_finds(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A talk with forms, an answer in the middle of one, and a cancel: each time the rules are those Rasa would find."""
    enrol("秦月娥", "13900000301")
    compared: list[int] = []

    def both(policy: RulePolicy, lookup: dict[str, str], states: list[Any]) -> set[str]:
        remembered = quick_rasa._remembered_keys(policy, lookup, states)
        assert remembered == quick_rasa._possible_keys(policy, lookup, states)
        compared.append(len(remembered))
        return remembered

    def by_text_too(policy: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input:
            action, _, interrupted = quick_rasa._find(policy, tracker, domain, True)
            assert (action, interrupted) == (None, False)
        return quick_rasa._find_if_any_could(policy, tracker, domain, use_text_for_last_user_input)

    monkeypatch.setattr(RulePolicy, "_get_possible_keys", both)
    monkeypatch.setattr(RulePolicy, "_find_action_from_rules", by_text_too)
    hers = talk.as_person("秦月娥")
    for words in SAID * 2:
        await hers.say(words)
    assert len(compared) >= len(SAID) * 2
    assert any(compared)
