"""What a custom action works with: who speaks, what they said, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import SLOTS
from service import clock, wording
from service.errors import NotBound
from service.messages.chats import chat_of_sender, person_of
from service.messages.models import Chat
from service.ordinals import place_of
from service.people.models import Person

# Of how many messages the buttons that take them up again still find the words.
_KEPT_MESSAGES = 5


@dataclass(frozen=True)
class Choice:
    """A button: its words, and the intent with entities that pressing it means."""

    title: str
    intent: str
    entities: Mapping[str, Any] = field(default_factory=dict)

    def as_button(self) -> dict[str, str]:
        """The button in Rasa's format."""
        values = {name: str(value) for name, value in self.entities.items()}
        tail = json.dumps(values, ensure_ascii=False) if values else ""
        return {"title": self.title, "payload": f"/{self.intent}{tail}"}

    @classmethod
    def of(cls, title: str, payload: str) -> Choice:
        """A button of the wording, from its payload."""
        intent, brace, entities = payload.lstrip("/").partition("{")
        return cls(title, intent, json.loads(brace + entities) if brace else {})


class Turn:
    """One action's view of the turn: reads the tracker, collects replies and events."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self._dispatcher = dispatcher
        self._tracker = tracker
        self.events: list[dict[str, Any]] = []
        taken_up = self._taken_up()
        self.message: dict[str, Any] = taken_up or tracker.latest_message or {}
        self.metadata: dict[str, Any] = (tracker.latest_message or {}).get("metadata") or {}
        metadata = self.metadata
        self.now: datetime = clock.parse(metadata["now"]) if metadata.get("now") else clock.now()
        self.chat: Chat = chat_of_sender(tracker.sender_id, self.now, metadata.get("chat_id"))
        self.person: Person | None = person_of(self.chat)
        self.media: list[dict[str, Any]] = metadata.get("media") or self.message.get("media") or []
        self.open_form: str | None = (tracker.active_loop or {}).get("name")
        # A button that takes up a message gives the person's own words back.
        self.is_press: bool = bool((metadata if taken_up is None else taken_up).get("pressed"))

    def _taken_up(self) -> dict[str, Any] | None:
        """The earlier message that this turn is about: one that waited for binding, or that could mean two things."""
        if deferred := self._tracker.get_slot("deferred"):
            return dict(deferred)
        latest = self._tracker.latest_message or {}
        said = (e["value"] for e in latest.get("entities") or [] if e["entity"] == "misread")
        kept = (self._tracker.get_slot("misread") or {}).get(next(said, None))
        return {**latest, **kept} if kept else None

    # What was said

    @property
    def text(self) -> str:
        """The words as they were written; a pressed button's words for a button."""
        return str(self.message.get("text") or "")

    @property
    def intent(self) -> str:
        """The intent that the turn is taken for."""
        return str((self.message.get("intent") or {}).get("name") or "")

    def entity(self, name: str) -> str | None:
        """The first value of an entity in the message: a slice of the text, or what a button carries."""
        return next(iter(self.entities(name)), None)

    def entities(self, name: str) -> list[str]:
        """Every value of an entity in the message, in order."""
        return [str(e["value"]) for e in self.message.get("entities") or [] if e["entity"] == name]

    @property
    def time(self) -> dict[str, Any] | None:
        """The first time in the message that could be resolved: start, end, grain, and rrule if it recurs."""
        found = (e.get("resolved") for e in self.message.get("entities") or [] if e["entity"] == "time")
        return next((time for time in found if time), None)

    def slot(self, name: str) -> Any:
        """A slot, as set so far in this turn."""
        for event in reversed(self.events):
            if event["event"] == "slot" and event["name"] == name:
                return event["value"]
        return self._tracker.get_slot(name)

    def keep_for_later(self) -> str:
        """Keep the message for a button whose payload says {"misread": number}; the latest few are kept.

        Returns:
            The number.
        """
        kept = dict(self.slot("misread") or {})
        number = str(max((int(each) for each in kept), default=0) + 1)
        entities = self.message.get("entities") or []
        kept[number] = {
            "text": self.text,
            "entities": entities,
            "media": self.media,
            "pressed": self.is_press,
        }
        self.set("misread", {each: kept[each] for each in sorted(kept, key=int)[-_KEPT_MESSAGES:]})
        return number

    def has_set(self, name: str) -> bool:
        """Whether this action has set the slot."""
        return any(event["event"] == "slot" and event["name"] == name for event in self.events)

    @property
    def said_before(self) -> list[dict[str, Any]]:
        """The assistant's messages of the turn before this one, in Rasa's event format."""
        events = list(self._tracker.events)
        users = [place for place, event in enumerate(events) if event["event"] == "user"]
        if not users:
            return []
        start = users[-2] if len(users) > 1 else 0
        return [event for event in events[start : users[-1]] if event["event"] == "bot"]

    @property
    def has_answered(self) -> bool:
        """Whether the assistant has said something since the message came."""
        kinds = [event["event"] for event in self._tracker.events]
        return "bot" in kinds[len(kinds) - kinds[::-1].index("user") :] if "user" in kinds else "bot" in kinds

    def require_person(self) -> Person:
        """The person the chat speaks for.

        Raises:
            NotBound: the chat is a stranger's.
        """
        if self.person is None:
            raise NotBound()
        return self.person

    # What is answered

    def say(self, key: str, choices: list[Choice] | None = None, **parameters: Any) -> None:
        """Answer with the wording of that key; buttons given here come before those of the wording."""
        said = wording.say(key, **parameters)
        buttons = [choice.as_button() for choice in choices or []]
        buttons += [{"title": button.title, "payload": button.payload} for button in said.buttons]
        self._dispatcher.utter_message(text=said.text, buttons=buttons or None)

    def say_again(self, message: dict[str, Any]) -> None:
        """Say once more what was said, given in Rasa's event format."""
        buttons = (message.get("data") or {}).get("buttons")
        self._dispatcher.utter_message(text=message.get("text"), buttons=buttons)

    def set(self, name: str, value: Any) -> None:
        """Set a slot."""
        self.events.append(SlotSet(name, value))

    def show(self, kind: str, ids: list[Any]) -> None:
        """Remember the list just shown, so that 第二个 means its second."""
        self.set("shown", {"kind": kind, "ids": ids})

    def chosen(self, kind: str) -> Any | None:
        """The id in the list just shown that the message's ordinal points at; None without either."""
        shown = self.slot("shown") or {}
        ordinal = self.entity("ordinal")
        if ordinal is None or shown.get("kind") != kind:
            return None
        place = place_of(ordinal, len(shown["ids"]))
        return None if place is None else shown["ids"][place]

    def points_outside(self, kind: str) -> bool:
        """Whether the message's ordinal points outside the list just shown: 第九个 of three."""
        shown = self.slot("shown") or {}
        return self.entity("ordinal") is not None and shown.get("kind") == kind and self.chosen(kind) is None

    def say_outside(self) -> None:
        """Say that the list just shown is not that long."""
        shown = self.slot("shown")
        self.say("no_such_one", count=len(shown["ids"]))

    def confirm(
        self,
        act: str,
        key: str,
        details: dict[str, Any],
        choices: list[Choice] | None = None,
        **parameters: Any,
    ) -> None:
        """Read back what is about to be done and wait for yes or no.

        Args:
            act: the name under which `actions.confirmation` knows what to do on yes.
            key: the read-back, with its two buttons.
            details: what the act needs, as JSON.
            choices: buttons for what else can be done, before those of the read-back.
        """
        self.set("confirmed", None)
        pending = {"act": act, "details": details, "key": key, "parameters": parameters}
        others = [[each.title, each.intent, dict(each.entities)] for each in choices or []]
        self.set("pending", {**pending, "choices": others} if others else pending)
        self.start_form("confirm_form")

    def ask_form_again(self) -> None:
        """Ask the open question again after an answer that the fallback led to, where no rule does."""
        if self.open_form is not None and self.intent == "nlu_fallback":
            self.follow_with(self.open_form)

    def start_form(self, name: str) -> None:
        """Open a form, which asks its first open question itself; one that is open already is set aside.

        A question that waits for yes or no is dropped instead: it belongs to what was said just before it.
        """
        if (self.slot("set_aside") or {}).get("form") == name != "confirm_form":
            # Begun anew, it needs no taking up.
            self.set("set_aside", None)
        if self.open_form not in (None, name):
            self.drop_form() if self.open_form == "confirm_form" else self.set_form_aside()
        self.follow_with(name)

    @property
    def goes_on(self) -> bool:
        """Whether this action has named the one that follows it."""
        return any(event["event"] == "followup" for event in self.events)

    def follow_with(self, action: str) -> None:
        """Run this action next, whatever the rules say."""
        self.events.append(FollowupAction(action))

    def listen(self) -> None:
        """End the turn here."""
        self.follow_with("action_listen")

    def drop_form(self) -> None:
        """Close the open form and forget what it had gathered."""
        if self.open_form is not None:
            for slot in SLOTS[self.open_form]:
                self.set(slot, None)
        self.open_form = None
        self.events += [ActiveLoop(None), SlotSet("requested_slot", None)]

    def set_form_aside(self) -> None:
        """Close the open form, keeping what it had gathered for `take_form_up`."""
        if self.open_form is None:
            return
        gathered = {name: self.slot(name) for name in SLOTS[self.open_form]}
        form = self.open_form
        self.drop_form()
        self.set("set_aside", {"form": form, "slots": gathered})

    def offer_set_aside(self) -> None:
        """Offer to go on with the form that was set aside, if one was."""
        if kept := self.slot("set_aside"):
            self.say("set_aside_offer", what=wording.phrase(f"aside_{kept['form']}"))

    def take_form_up(self) -> None:
        """Open again the form that was set aside, where it stood."""
        kept = self.slot("set_aside")
        if kept is None:
            return
        self.set("set_aside", None)
        for name, value in kept["slots"].items():
            self.set(name, value)
        self.start_form(kept["form"])
