"""Yes or no to what was read back: the one form that every area's writes wait in."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions import (
    activities,
    class_places,
    help_form,
    helping,
    hour_gifts,
    lessons_done,
    profile,
    reminders,
    rewards,
    suggestion_feedback,
    suggestion_seconding,
    suggestions,
)
from actions.handler import Handler
from actions.turn import Choice, Turn

ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    **activities.ACTS,
    **reminders.ACTS,
    **suggestions.ACTS,
    **suggestion_seconding.ACTS,
    **suggestion_feedback.ACTS,
    **class_places.ACTS,
    **lessons_done.ACTS,
    **profile.ACTS,
    **rewards.ACTS,
    **help_form.ACTS,
    **helping.ACTS,
    **hour_gifts.ACTS,
}


class AskConfirmed(Handler):
    """Reads back what waits for a yes."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_confirm_form_confirmed"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        pending = turn.slot("pending")
        choices = [Choice(*each) for each in pending.get("choices", [])]
        turn.say(pending["key"], choices, **pending["parameters"])


class ValidateConfirmForm(FormValidationAction):
    """Reads the shortest answers by themselves: at an open question 好 is a yes, whatever it is elsewhere."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_confirm_form"

    async def extract_confirmed(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Yes or no, when the message is one of the everyday words for it."""
        if tracker.get_slot("requested_slot") != "confirmed":
            return {}
        answer = yes_or_no(str(tracker.latest_message.get("text") or ""))
        return {} if answer is None else {"confirmed": answer}


def yes_or_no(words: str) -> bool | None:
    """Whether the words alone are a yes or a no; None when they are neither."""
    normal = unicodedata.normalize("NFKC", words).lower()
    bare = "".join(char for char in normal if unicodedata.category(char)[0] in "LN")
    return _answers().get(bare)


@lru_cache(maxsize=1)
def _answers() -> dict[str, bool]:
    known = yaml.safe_load(Path(__file__).with_name("yes_no.yml").read_text(encoding="utf-8"))
    return {str(word): answer for key, answer in (("yes", True), ("no", False)) for word in known[key]}


class Confirmed(Handler):
    """Does what waited, or leaves it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_confirmed"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        pending, agreed = turn.slot("pending"), turn.slot("confirmed")
        turn.set("pending", None)
        turn.set("confirmed", None)
        if agreed and pending:
            ACTS[pending["act"]](turn, pending["details"])
        else:
            turn.say("not_done")
        turn.offer_set_aside()


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [AskConfirmed(), ValidateConfirmForm(), Confirmed()]
