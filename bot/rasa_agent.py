"""Rasa in this process: one agent, whose actions and memory are ours."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rasa
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot import quick_rasa, snapshot
from bot.graph import InOrder
from service.errors import OperatorError

_RASA_VERSION = "3.6.21"


class InProcessActions(EndpointConfig):
    """Runs custom actions in this process where stock Rasa would call an action server."""

    def __init__(self, actions: Iterable[Action]) -> None:
        # Without the selective domain every call would serialise the whole domain anew.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def request(self, method: str = "post", **request: Any) -> Any:  # type: ignore[override]
        """Run the action that Rasa asks for; answers and errors are those of an action server."""
        call = request["json"]
        try:
            return await self._executor.run(call)
        except ActionExecutionRejection as rejection:
            body = json.dumps({"error": rejection.message, "action_name": rejection.action_name})
            raise ClientResponseError(400, "rejected", body) from rejection
        except ActionNotFoundException as missing:
            raise ClientResponseError(404, "no such action", "") from missing


class TurnMemory(TrackerStore):
    """Holds the tracker of the turn under way and stores nothing; the turn's transaction does that."""

    def __init__(self, domain: Any) -> None:
        super().__init__(domain)
        self._tracker: DialogueStateTracker | None = None

    def begin(self, tracker: DialogueStateTracker) -> None:
        """Stage the tracker for the turn that comes."""
        self._tracker = tracker

    def end(self) -> DialogueStateTracker:
        """The tracker as the turn left it."""
        tracker, self._tracker = self._tracker, None
        if tracker is None:
            raise RuntimeError("no turn was begun")
        return tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The staged tracker."""
        if self._tracker is None or self._tracker.sender_id != sender_id:
            raise RuntimeError("Rasa asked for another conversation than the one under way")
        return self._tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker for `end`."""
        self._tracker = tracker

    async def keys(self) -> list[str]:
        """No conversation is kept here."""
        return []


class _Collected(OutputChannel):
    """Keeps what Rasa says until the turn has ended."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa."""
        return "assistant"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep a message."""
        self.messages.append(message)


@dataclass
class Answered:
    """What a turn of the agent led to: messages in Rasa's format, and the snapshot to keep."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    snapshot: dict[str, Any] = field(default_factory=dict)


class RasaAgent:
    """A loaded model, answering one turn at a time.

    Args:
        model: the model archive.
        actions: every custom action of the domain.

    Raises:
        OperatorError: the model cannot be loaded.
    """

    def __init__(self, model: Path, actions: Iterable[Action]) -> None:
        if rasa.__version__ != _RASA_VERSION:
            raise OperatorError(f"This needs rasa {_RASA_VERSION}; install from requirements.lock.")
        quick_rasa.prepare()
        try:
            self._agent = Agent.load(model, action_endpoint=InProcessActions(actions))
        except Exception as error:
            raise OperatorError(
                f"The model {model.name} cannot be loaded ({type(error).__name__}). Train it anew: make train."
            ) from error
        assert self._agent.processor is not None
        self._memory = TurnMemory(self._agent.domain)
        # Rasa wraps every store in one that hides failures and keeps trackers in memory; ours goes in bare.
        self._agent.tracker_store = self._agent.processor.tracker_store = self._memory
        self._agent.processor.graph_runner = InOrder(self._agent.processor.graph_runner)

    async def parse(self, text: str, now: str) -> dict[str, Any]:
        """What Rasa understands of the words; a leading slash is never taken for a payload.

        Args:
            now: ISO 8601, for words such as 明天.
        """
        assert self._agent.processor is not None
        harmless = "／" + text[1:] if text.startswith("/") else text
        message = UserMessage(harmless, metadata={"now": now})
        parsed = await self._agent.processor.parse_message(message)
        parsed["text"] = text
        return dict(parsed)

    async def turn(
        self,
        sender_id: str,
        text: str,
        parse_data: dict[str, Any],
        metadata: dict[str, Any],
        before: dict[str, Any] | None,
    ) -> Answered:
        """Answer one message from where the snapshot stands; writes nothing itself."""
        domain = self._agent.domain
        assert domain is not None
        assert self._agent.processor is not None
        self._memory.begin(snapshot.restore(sender_id, before, domain))
        collected = _Collected()
        await self._agent.processor.handle_message(
            UserMessage(
                text,
                output_channel=collected,
                sender_id=sender_id,
                parse_data=parse_data,
                metadata=metadata,
                input_channel="assistant",
            )
        )
        return Answered(collected.messages, snapshot.condense(self._memory.end(), domain))
