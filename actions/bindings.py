"""Who is writing: linking the chat to a person, and taking up the question that was left open by it."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.handler import Handler
from actions.turn import Choice, Turn
from service.db import savepoint
from service.messages import bindings, chats
from service.messages.bindings import BindingLocked, BindingUnknown
from service.people.models import Person

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_NAME = re.compile(
    r"^(?P<said>我的?(?:名字)?(?:叫|是|名叫)|姓名[:：]?|本人)?(?P<name>[\u4e00-\u9fff·]{2,8}?)(?:啊|呀|嘛)?[。.!！]?$"
)
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# A name alone may sound like anything; a request is recognised with more confidence than this.
_SURE = 0.5
_NO_REQUEST = frozenset(("bind_account", "nlu_fallback", "affirm", "my_profile"))
# Said while a form is open, these are no names and no codes.
_ASIDE = frozenset(
    [
        "cancel",
        "talk_to_staff",
        "emergency",
        "report_scam",
        "ask_help",
        "repeat",
        "main_menu",
        "find_activity",
        "find_course",
        "ask_policy",
        "thank",
        "goodbye",
        "greet",
        "complain",
        "deny",
    ]
)


class BindAccount(Handler):
    """Links the chat at once where the messenger vouches for the phone; asks otherwise, or which of several it is."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_bind_account"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        contact, chosen = turn.metadata.get("contact"), turn.entity("person_id")
        several = chats.people_of(turn.chat)
        if contact:
            found = bindings.bind_by_contact(turn.chat, contact, turn.now)
            _welcome(turn, found)
        elif chosen is not None:
            chats.speak_for(turn.chat, int(chosen))
            turn.say("speaking_for", name=next(p.name for p in several if p.id == int(chosen)))
            _go_on(turn)
        elif len(several) > 1:
            _ask_which(turn, several)
        elif turn.person is not None:
            turn.say("already_bound", name=turn.person.name)
        else:
            turn.set("bind_name", turn.entity("person_name") or turn.entity("phone"))
            turn.start_form("bind_form")


class AskBindName(Handler):
    """Asks for name or phone."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_bind_form_bind_name"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_bind_name")


class AskBindCode(Handler):
    """Asks for the one-time code."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_bind_form_bind_code"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_bind_code")


class ValidateBindForm(FormValidationAction):
    """Takes name and code out of what is said while the form is open."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_bind_form"

    async def extract_bind_name(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A phone or a name, from the answer to the question for it."""
        if tracker.get_slot("requested_slot") != "bind_name" or _aside(tracker):
            return {}
        text = str(tracker.latest_message.get("text") or "").strip()
        if phone := _PHONE.search(text):
            return {"bind_name": phone.group()}
        name = _name_in(text, tracker.latest_message)
        return {"bind_name": name} if name else {}

    async def extract_bind_code(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Six digits, wherever they stand."""
        if _aside(tracker):
            return {}
        text = str(tracker.latest_message.get("text") or "").translate(_FULL_WIDTH).replace(" ", "")
        found = _CODE.search(text)
        return {"bind_code": found.group()} if found else {}


class Bind(Handler):
    """Tries name and code, and goes on with what was asked before."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_bind"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        name, code = str(turn.slot("bind_name")), str(turn.slot("bind_code"))
        turn.set("bind_name", None)
        turn.set("bind_code", None)
        try:
            with savepoint():
                person = bindings.bind_by_code(turn.chat, name, code, turn.now)
        except BindingLocked:
            turn.say("refused_binding_locked")
        except BindingUnknown:
            left = bindings.count_wrong(turn.chat, turn.now)
            turn.say("binding_wrong", left=left) if left else turn.say("refused_binding_locked")
        else:
            _welcome(turn, [person])


def _welcome(turn: Turn, found: list[Person]) -> None:
    if len(found) > 1:
        _ask_which(turn, found)
        return
    turn.say("bound", name=found[0].name)
    _go_on(turn)


def _ask_which(turn: Turn, several: list[Person]) -> None:
    """Ask which of the people of one phone is writing."""
    choices = [Choice(person.name, "bind_account", {"person_id": person.id}) for person in several]
    turn.say("bound_several", choices, names="、".join(person.name for person in several))


def _go_on(turn: Turn) -> None:
    """Take up the question that found a stranger."""
    waiting = turn.slot("after_binding")
    if waiting:
        turn.set("after_binding", None)
        turn.set("deferred", waiting["message"])
        turn.follow_with(waiting["action"])


def _name_in(text: str, message: dict[str, Any]) -> str | None:
    """The name that an answer gives: marked as one, said to be one, or standing alone and no request of its own."""
    named = (e["value"] for e in message.get("entities") or [] if e["entity"] == "person_name")
    if marked := next(named, None):
        return str(marked)
    found = _NAME.match(text)
    if found is None:
        return None
    intent = message.get("intent") or {}
    is_request = intent.get("name") not in _NO_REQUEST and float(intent.get("confidence") or 0) >= _SURE
    return None if is_request and found["said"] is None else found["name"]


def _aside(tracker: Tracker) -> bool:
    return (tracker.latest_message.get("intent") or {}).get("name") in _ASIDE


_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [BindAccount(), AskBindName(), AskBindCode(), ValidateBindForm(), Bind()]
