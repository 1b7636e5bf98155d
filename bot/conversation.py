"""The conversation: takes the oldest waiting message, lets Rasa answer it, and commits the turn as one transaction."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.nlu.decision import FALLBACK, decide
from bot.payloads import parse_data_of
from service import clock, wording
from service.db import savepoint, unit_of_work
from service.errors import TurnAborted
from service.messages import buttons, chats, dialogues, inbox, outbox
from service.messages.holders import this_holder
from service.messages.models import ButtonToken, Chat, Incoming
from service.wording import Button, Utterance

logger = logging.getLogger(__name__)

# What Rasa reads of a very long message; the whole of it is kept.
_READ_AT_MOST = 1000
_PAUSE = timedelta(days=1)


class Agent(Protocol):
    """What the conversation needs of Rasa; see `bot.rasa_agent.RasaAgent`."""

    async def parse(self, text: str, now: str) -> dict[str, Any]:
        """Understand words."""

    async def turn(
        self,
        sender_id: str,
        text: str,
        parse_data: dict[str, Any],
        metadata: dict[str, Any],
        before: dict[str, Any] | None,
    ) -> Any:
        """Answer a message."""


@dataclass
class _Said:
    """A message as Rasa is handed it."""

    text: str
    parse_data: dict[str, Any]
    metadata: dict[str, Any] = field(default_factory=dict)
    pressed: ButtonToken | None = None


class Conversation:
    """One worker: one turn at a time, in order within each chat.

    Args:
        agent: a loaded Rasa model.
        now: the clock.
        on_apology: called inside the turn that apologises, with the chat and the failure's id, to alert staff.
    """

    def __init__(
        self,
        agent: Agent,
        now: Callable[[], datetime],
        on_apology: Callable[[Chat, str, datetime], None],
    ) -> None:
        self._agent = agent
        self._now = now
        self._on_apology = on_apology
        self._holder = this_holder()

    async def handle_one(self, chat_id: int | None = None, channels: tuple[str, ...] = ()) -> bool:
        """Answer the next waiting message, of this chat or these channels alone where given.

        Returns:
            Whether there was one.

        Raises:
            TurnAborted: the database failed; nothing was changed and the message still waits.
        """
        if not inbox.is_anybody_waiting():
            return False
        with unit_of_work():
            row = inbox.claim(self._holder, self._now(), chat_id, channels)
            shown = self._shown(row) if row is not None else None
        if row is None:
            return False
        if row.attempts > inbox.ATTEMPTS:
            self._apologise(row)
            return True
        try:
            said = await self._read(row, shown)
            with unit_of_work():
                chat = inbox.lock(row, self._holder)
                if chat is not None:
                    await self._turn(chat, row, said)
        except TurnAborted:
            raise
        except Exception as error:
            # The words of an exception may be the person's; its kind is enough to look for.
            logger.error("turn failed at attempt %d: %s", row.attempts, type(error).__name__)
        return True

    def _shown(self, row: Incoming) -> ButtonToken | None:
        """The button that a message means, by its token or its words; whether it still counts is asked in the turn."""
        payload, now = row.payload or {}, self._now()
        if row.kind == "press":
            words, token = str(payload.get("words") or ""), str(payload.get("token") or "")
            return buttons.shown_with_words(row.chat_id, words, now) or buttons.find(row.chat_id, token)
        words = _words(payload)
        return buttons.shown_with_words(row.chat_id, words, now) if len(words) <= 64 else None

    async def _read(self, row: Incoming, shown: ButtonToken | None) -> _Said:
        """Understand the message before the transaction starts.

        Args:
            shown: the button that it means, if it means one.
        """
        payload = row.payload or {}
        metadata: dict[str, Any] = {
            "now": clock.local(self._now()).isoformat(),
            "inbox_id": row.id,
            "chat_id": row.chat_id,
        }
        if row.kind == "press":
            return _Said("", {}, metadata, shown)
        if row.kind == "contact":
            phone = {"entity": "phone", "value": payload["phone"], "start": 0, "end": 0}
            intent = {"name": "bind_account", "confidence": 1.0}
            metadata["contact"] = payload["phone"] if payload.get("own") else None
            return _Said(payload["phone"], {"text": "", "intent": intent, "entities": [phone]}, metadata)
        words = _words(payload)
        if row.kind == "command":
            return _Said(words, parse_data_of(payload["means"], words), metadata, shown)
        if row.kind != "words":
            first = {name: value for name, value in payload.items() if name != "more"}
            metadata["media"] = [{"kind": row.kind, **first}, *payload.get("more", [])]
            if not words.strip():
                return _Said("", parse_data_of("/share_media", ""), metadata)
        if shown is not None:
            return _Said(words, {}, metadata, shown)
        return _Said(words, await self._understand(words, metadata["now"]), metadata)

    async def _understand(self, words: str, now: str) -> dict[str, Any]:
        if not words.strip():
            return {"text": words, "intent": {"name": "nlu_fallback", "confidence": 0.0}, "entities": []}
        if buttons.is_which_one(words):
            which = {"entity": "ordinal", "value": words, "start": 0, "end": len(words)}
            return {"text": words, "intent": {"name": "nlu_fallback", "confidence": 0.0}, "entities": [which]}
        parsed = await self._agent.parse(words[:_READ_AT_MOST], now)
        parsed["text"] = words
        decision = decide(parsed)
        if any(entity["entity"] == "rating" for entity in parsed["entities"]):
            # 满意 or 5分 and no more: what it rates is for the conversation to know, not for the model to guess.
            parsed["intent"] = {"name": FALLBACK, "confidence": 0.0}
            return parsed
        if decision.intent == FALLBACK:
            parsed["intent"] = {"name": FALLBACK, "confidence": decision.confidence}
        if decision.second is not None:
            parsed["between"] = [decision.intent, decision.second]
        return parsed

    async def _turn(self, chat: Chat, row: Incoming, said: _Said) -> None:
        now = self._now()
        if row.kind == "press" or said.pressed is not None:
            try:
                said = self._press(chat, said, now)
            except buttons.ButtonExpired:
                outbox.reply(chat.id, wording.say("refused_button_expired"), now, answers=row)
                inbox.settle(row, now)
                return
        before = dialogues.load(chat.id)
        snapshot = before.snapshot if before else None
        switched: list[dict[str, Any]] = []
        if said.pressed is not None and said.pressed.person_id not in (None, chat.person_id):
            # On the phone of a couple, the button was for the other one of them.
            whose = parse_data_of(
                f'/bind_account{{"person_id":"{said.pressed.person_id}","by_button":"yes"}}', ""
            )
            other = await self._agent.turn(chat.sender_id, "", whose, said.metadata, snapshot)
            switched, snapshot = other.messages, other.snapshot
        offered: list[dict[str, Any]] = []
        if before is not None and now - before.updated_at > _PAUSE:
            back = parse_data_of("/come_back", "")
            away = await self._agent.turn(chat.sender_id, "", back, said.metadata, snapshot)
            offered, snapshot = away.messages, away.snapshot
        answered = await self._agent.turn(chat.sender_id, said.text, said.parse_data, said.metadata, snapshot)
        # Binding may have told us in this very turn who is writing.
        person_id = chats.get_chat(chat.id).person_id
        answers = answered.messages or [{"text": wording.phrase("not_understood")}]
        # What was set aside may have been taken up or dropped by the very message that came back.
        offers = offered if _has_set_aside(answered.snapshot) else []
        for message in switched + answers + offers:
            outbox.reply(chat.id, _utterance(message), now, person_id=person_id, answers=row)
        dialogues.store(chat.id, answered.snapshot, now)
        inbox.settle(row, now)

    def _press(self, chat: Chat, said: _Said, now: datetime) -> _Said:
        """Use the button, show on its message what was chosen, and read it as what it means."""
        if said.pressed is None:
            raise buttons.ButtonExpired()
        button = buttons.press(chat, said.pressed.token, now)
        shown = outbox.get(button.outbox_id)
        chosen = wording.phrase("you_chose", text=(shown.payload or {})["text"], title=button.title)
        outbox.edit(shown, chosen, now)
        metadata = {**said.metadata, "pressed": True}
        return _Said(button.title, parse_data_of(button.payload, button.title), metadata, button)

    def _apologise(self, row: Incoming) -> None:
        """Answer a message that could not be handled with an id and no more, and alert staff."""
        now = self._now()
        failure_id = secrets.token_hex(3).upper()
        with unit_of_work():
            chat = inbox.lock(row, self._holder)
            if chat is None:
                return
            outbox.reply(chat.id, wording.say("apology", failure_id=failure_id), now, answers=row)
            try:
                with savepoint():
                    self._on_apology(chat, failure_id, now)
            except Exception as error:
                # Whoever waits for the apology, and everybody behind them, must not wait for the alert.
                logger.error("no alert for id %s: %s", failure_id, type(error).__name__)
            inbox.settle(row, now, failure_id)
        logger.error("message %d given up, id %s", row.id, failure_id)


def _words(payload: dict[str, Any]) -> str:
    """What a message says: its words, or those written under a picture."""
    return str(payload.get("text") or payload.get("caption") or "")


def _has_set_aside(snapshot: dict[str, Any]) -> bool:
    """Whether a form waits to be taken up; see `bot.snapshot` for the form of a snapshot."""
    for event in reversed(snapshot.get("events", [])):
        if event["event"] == "slot" and event["name"] == "set_aside":
            return event["value"] is not None
    return snapshot.get("slots", {}).get("set_aside") is not None


def _utterance(message: dict[str, Any]) -> Utterance:
    shown = [Button(button["title"], button["payload"]) for button in message.get("buttons") or []]
    return Utterance(str(message.get("text") or ""), shown)
