"""The one way an action runs: in a savepoint, with every refusal and fault turned into a plain answer."""

from __future__ import annotations

import logging
import secrets
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import context
from actions.forms import SLOTS
from actions.turn import Turn
from service.db import is_infrastructure, savepoint, unit_of_work
from service.errors import NotBound, Refusal

logger = logging.getLogger(__name__)


class Handler(Action, ABC):
    """A custom action that answers one turn through use cases.

    Under the assistant the turn's unit of work is open already and is joined; under stock `rasa run actions`
    each call is a unit of work of its own.
    """

    @abstractmethod
    def name(self) -> str:
        """Its name in the domain."""

    @abstractmethod
    def handle(self, turn: Turn) -> None:
        """Call use cases and answer; whatever is raised undoes what this action wrote.

        Raises:
            Refusal: told to the person in the words of `refused_<code>`.
        """

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Run in Rasa's way; see `handle`."""
        with unit_of_work():
            turn = Turn(dispatcher, tracker)
            said = len(dispatcher.messages)
            try:
                with savepoint():
                    if not (self._answers_words(turn) and context.taken(turn)):
                        self.handle(turn)
            except NotBound:
                return self._bind_first(dispatcher, said, turn)
            except Refusal as refusal:
                self._unsay(dispatcher, said, turn)
                turn.say(f"refused_{refusal.code}", **refusal.reasons)
            except Exception as error:
                if is_infrastructure(error):
                    raise
                self._unsay(dispatcher, said, turn)
                failure_id = secrets.token_hex(3).upper()
                # The message of an exception may hold what the person wrote; its kind and place are enough.
                logger.error("action %s failed, id %s: %s", self.name(), failure_id, _where(error))
                turn.say("apology", failure_id=failure_id)
            if not turn.goes_on and (tracker.get_slot("deferred") or self._ends_the_turn(turn)):
                # Every rule would say the same, at the price of asking all of them; and no rule knows of an action
                # that was put off to another turn.
                turn.listen()
            for passing in ("deferred", "misses"):
                if tracker.get_slot(passing) and not turn.has_set(passing):
                    turn.set(passing, None)
            return turn.events

    def _ends_the_turn(self, turn: Turn) -> bool:
        """Whether nothing follows this answer: no form is open that would ask again, or has called this action."""
        return turn.open_form is None and not any(form in self.name() for form in SLOTS)

    def _answers_words(self, turn: Turn) -> bool:
        """Whether this action was chosen for what the message was understood as, not by a form or another action."""
        return self.name() in (f"action_{turn.intent}", "action_not_yet", "action_fallback")

    @staticmethod
    def _unsay(dispatcher: CollectingDispatcher, said: int, turn: Turn) -> None:
        """Take back what was answered and decided before the failure; none of it happened."""
        del dispatcher.messages[said:]
        turn.events.clear()

    def _bind_first(self, dispatcher: CollectingDispatcher, said: int, turn: Turn) -> list[dict[str, Any]]:
        """Keep the question, and ask who is writing."""
        self._unsay(dispatcher, said, turn)
        kept = {name: turn.message.get(name) for name in ("text", "intent", "entities")}
        kept |= {"media": turn.media, "pressed": turn.is_press}
        turn.set("after_binding", {"action": self.name(), "message": kept})
        # Which asks for a name, or which of the people of one phone it is.
        turn.follow_with("action_bind_account")
        return turn.events


def _where(error: BaseException) -> str:
    """The kind of an exception and the lines it came through, without its message."""
    steps = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(steps[-4:])}"
