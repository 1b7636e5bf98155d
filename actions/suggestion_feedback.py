"""What the author says to an answer: how they like it, and, once, that it is not solved."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import cn2an
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.handler import Handler
from actions.suggestion_asides import is_aside
from actions.turn import Choice, Turn
from service.suggestions.feedback import can_reopen, check_reopening, rate, reopen, waiting_for_rating
from service.suggestions.records import find
from service.wording import phrase, say

_COUNTED = re.compile(r"[1-5一二两三四五]")
# The first that occurs decides; what is doubted before what is praised.
_IN_WORDS = (
    ("很不满意", 1),
    ("非常不满意", 1),
    ("不", 2),
    ("非常", 5),
    ("特别", 5),
    ("十分", 5),
    ("很", 5),
    ("挺", 5),
)
_SATISFIED = 4


class Rate(Handler):
    """Takes a rating that was said by itself for the answer that waits for one."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_rate"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        rating = rating_of(turn.entity("rating") or turn.text)
        number = waiting_for_rating(turn.person) if turn.person is not None else None
        if number is not None:
            rate_it(turn, number, rating)
            turn.ask_form_again()
        elif rating < _SATISFIED and "满意" in turn.text:
            turn.follow_with("action_complain")
        else:
            turn.say("rating_of_nothing")


def rating_of(words: str) -> int:
    """The rating, from 1 to 5, that words such as 很满意, 4分 or 五星 mean."""
    if "满意" not in words and (count := _COUNTED.search(words)):
        return int(cn2an.cn2an(count.group().replace("两", "二"), "smart"))
    return next((rating for word, rating in _IN_WORDS if word in words), _SATISFIED)


def rate_it(turn: Turn, number: str, rating: int) -> None:
    """Note a rating, and leave the way open to say that it is not solved."""
    record = rate(turn.require_person(), number, rating, turn.now)
    choices = []
    if can_reopen(record.suggestion):
        buttons = say("suggestion_not_solved", receipt_no=number).buttons
        choices = [Choice.of(button.title, button.payload) for button in buttons]
    turn.say("suggestion_rated", choices, receipt_no=number, rating=phrase(f"rating_{rating}"))


def ask_reopening(turn: Turn, number: str) -> None:
    """Ask what is not solved, if it may be looked into once more."""
    check_reopening(turn.require_person(), number)
    turn.set("reopening", number)
    turn.set("reopen_reason", None)
    turn.start_form("reopen_form")


class AskReopenReason(Handler):
    """Asks what is not solved."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_reopen_form_reopen_reason"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_reopening", receipt_no=turn.slot("reopening"))


class ValidateReopenForm(FormValidationAction):
    """Takes what is said for what is not solved, unless it is plainly something else."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_reopen_form"

    async def extract_reopen_reason(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The words of the message."""
        text = str(tracker.latest_message.get("text") or "").strip()
        if (
            tracker.get_slot("requested_slot") != "reopen_reason"
            or not text
            or is_aside(tracker.latest_message)
        ):
            return {}
        return {"reopen_reason": text}


class ReadBackReopening(Handler):
    """Reads back what is said not to be solved."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_read_back_reopening"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        details = {"number": turn.slot("reopening"), "reason": str(turn.slot("reopen_reason"))}
        turn.confirm(
            "reopen_suggestion",
            "reopening_read_back",
            details,
            receipt_no=details["number"],
            reason=details["reason"],
        )
        turn.set("reopening", None)
        turn.set("reopen_reason", None)


def _reopen(turn: Turn, details: dict[str, Any]) -> None:
    reopen(turn.require_person(), details["number"], details["reason"], turn.now)
    turn.say("suggestion_reopened", receipt_no=find(details["number"]).receipt_no)


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"reopen_suggestion": _reopen}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [Rate(), AskReopenReason(), ValidateReopenForm(), ReadBackReopening()]
