"""Yes or no to what was read back: the one form that every area's writes wait in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions import activities, reminders, suggestions
from actions.handler import Handler
from actions.turn import Turn

ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    **activities.ACTS,
    **reminders.ACTS,
    **suggestions.ACTS,
}


class AskConfirmed(Handler):
    """Reads back what waits for a yes."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_confirm_form_confirmed"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        pending = turn.slot("pending")
        turn.say(pending["key"], **pending["parameters"])


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
        if turn.slot("set_aside"):
            turn.say("set_aside_offer")


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [AskConfirmed(), Confirmed()]
