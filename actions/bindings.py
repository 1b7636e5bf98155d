"""Who is writing: linking the chat to a person, and taking up the question that was left open by it."""

from __future__ import annotations

import re
import unicodedata
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
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_CHINESE = "\u3400-\u9fff\U00020000-\U000323af"
_NAME = re.compile(
    r"^(?P<said>我的?(?:名字)?(?:叫|是|名叫)|姓名[:：]?|本人)?"
    rf"(?P<name>[{_CHINESE}]+(?:[·•・.．][{_CHINESE}]+)*?)(?:啊|呀|嘛)?[。.!！]?$"
)
_LONGEST_NAME = 20
# What is said to register is no name, though it stands alone as one does.
_REGISTERING = re.compile(r"登记|注册|绑定?|认证|身份|换[个一]?人|手机号|验证码|我")
# The answer that was asked for, even where people are warned of saying such a thing to others.
_CODE_ALONE = re.compile(r"\W*(?:我的?)?(?:登记)?(?:验证码|号码|码)?(?:是|为)?\W*\d{6}\W*")
# A name alone may sound like anything; a request is recognised with more confidence than this.
_SURE = 0.9
_NO_REQUEST = frozenset(
    ("bind_account", "nlu_fallback", "affirm", "my_profile", "out_of_scope", "small_talk")
)
_SHORT_NAME = 3
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
        several = chats.people_of(turn.chat)
        if turn.intent == "bind_account":
            self._as_said(turn, several)
        elif several:
            # Another action needs a person, and the phone is that of a couple who have not said who is writing.
            _ask_which(turn, several)
        else:
            _ask_name(turn, turn.slot("bind_name") if turn.open_form == "bind_form" else None)

    @staticmethod
    def _as_said(turn: Turn, several: list[Person]) -> None:
        named, number = turn.entity("person_name"), turn.entity("person_id")
        one = [person for person in several if number == str(person.id) or named == person.name]
        if contact := turn.metadata.get("contact"):
            _by_contact(turn, contact)
        elif len(one) == 1:
            chats.speak_for(turn.chat, one[0].id)
            _welcome(turn, one[0], "speaking_for")
        elif turn.entity("another") or not several:
            _ask_name(turn, named or turn.entity("phone"))
        elif len(several) > 1:
            _ask_which(turn, several)
        else:
            turn.say("already_bound", name=several[0].name)


class AskBindName(Handler):
    """Asks for name or phone."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_bind_form_bind_name"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_bind_name")


class AskBindCode(Handler):
    """Asks for the one-time code of the name that was given, so that a wrong name is seen."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_bind_form_bind_code"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_bind_code", name=turn.slot("bind_name"))


class ValidateBindForm(FormValidationAction):
    """Takes name and code out of what is said while the form is open."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_bind_form"

    async def extract_bind_name(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A phone or a name, from the answer to the question for it; one put right while the code is asked for."""
        asked = tracker.get_slot("requested_slot")
        if asked not in ("bind_name", "bind_code") or _aside(tracker):
            return {}
        message = tracker.latest_message
        text = str(message.get("text") or "").strip()
        name = _phone_in(text, message) or _name_in(text, message, put_right=asked == "bind_code")
        return {"bind_name": name} if name else {}

    async def extract_bind_code(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Six digits, wherever they stand."""
        text = unicodedata.normalize("NFKC", str(tracker.latest_message.get("text") or "")).replace(" ", "")
        found = _CODE.search(text)
        if found is None or _tried(tracker) or (_aside(tracker) and not _CODE_ALONE.fullmatch(text)):
            return {}
        return {"bind_code": found.group()}


class Bind(Handler):
    """Tries name and code, and goes on with what was asked before."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_bind"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        name, code = str(turn.slot("bind_name")), str(turn.slot("bind_code"))
        turn.set("bind_code", None)
        try:
            with savepoint():
                person = bindings.bind_by_code(turn.chat, name, code, turn.now)
        except BindingLocked:
            _say_locked(turn)
        except BindingUnknown:
            left = bindings.count_wrong(turn.chat, turn.now)
            if left:
                turn.say("binding_wrong", left=left)
                turn.start_form("bind_form")
            else:
                _say_locked(turn)
        else:
            turn.set("bind_name", None)
            _welcome(turn, person, "bound")


def _by_contact(turn: Turn, phone: str) -> None:
    """Link by the phone that the messenger vouches for."""
    try:
        with savepoint():
            found = bindings.bind_by_contact(turn.chat, phone, turn.now)
    except BindingUnknown:
        turn.say("contact_unknown")
        _ask_name(turn, None)
        return
    if len(found) == 1:
        _welcome(turn, found[0], "bound")
    else:
        _ask_which(turn, found)


def _ask_name(turn: Turn, name: str | None) -> None:
    """Ask who is writing, unless too many codes were wrong of late."""
    if bindings.is_locked(turn.chat, turn.now):
        _say_locked(turn)
    else:
        turn.set("bind_name", name)
        turn.start_form("bind_form")


def _say_locked(turn: Turn) -> None:
    _leave_form(turn)
    turn.set("bind_name", None)
    turn.say("refused_binding_locked")
    turn.listen()


def _welcome(turn: Turn, person: Person, key: str) -> None:
    """Say who is known now, and take up the question that found a stranger."""
    _leave_form(turn)
    if turn.person is not None and turn.person.id != person.id:
        # What was under way or shown was somebody else's.
        for slot in ("pending", "set_aside", "shown", "activity", "misread"):
            turn.set(slot, None)
    turn.say(key, name=person.name)
    by_button, waiting = turn.entity("by_button"), turn.slot("after_binding")
    if waiting and not by_button:
        turn.set("after_binding", None)
        turn.set("deferred", waiting["message"])
        turn.follow_with(waiting["action"])
    else:
        if not by_button:
            turn.say("main_menu")
        turn.listen()


def _leave_form(turn: Turn) -> None:
    """Close whatever form is open, keeping the question that waits for the person to be known."""
    waiting = turn.slot("after_binding")
    turn.drop_form()
    turn.set("after_binding", waiting)


def _ask_which(turn: Turn, several: list[Person]) -> None:
    """Ask which of the people of one phone is writing."""
    _leave_form(turn)
    choices = [Choice(person.name, "bind_account", {"person_id": person.id}) for person in several]
    turn.say("bound_several", choices, names="、".join(person.name for person in several))
    turn.listen()


def _phone_in(text: str, message: dict[str, Any]) -> str | None:
    """A phone number, as it was marked or as eleven digits of a mobile phone."""
    marked = (e["value"] for e in message.get("entities") or [] if e["entity"] == "phone")
    found = _PHONE.search(unicodedata.normalize("NFKC", text))
    return next(marked, None) or (found.group() if found else None)


def _name_in(text: str, message: dict[str, Any], *, put_right: bool) -> str | None:
    """The name that an answer gives: marked as one, said to be one, or standing alone and no request of its own.

    Args:
        put_right: take only what says itself that it is a name, since something else was asked for.
    """
    named = (e["value"] for e in message.get("entities") or [] if e["entity"] == "person_name")
    if marked := next(named, None):
        return str(marked)
    found = _NAME.match("".join(text.split()))
    if found is not None and found["said"]:
        return found["name"]
    if put_right or len(text) > _LONGEST_NAME or _REGISTERING.search(text):
        return None
    if message.get("between") and len(text) > _SHORT_NAME:
        return None
    intent = message.get("intent") or {}
    is_request = intent.get("name") not in _NO_REQUEST and float(intent.get("confidence") or 0) >= _SURE
    if found is not None and ("·" in text or not is_request):
        return found["name"]
    # Letters that are no words of ours, and nothing that was understood: a name from elsewhere.
    is_foreign = intent.get("name") == "nlu_fallback" and any(char.isalpha() for char in text)
    return text if is_foreign and found is None else None


def _aside(tracker: Tracker) -> bool:
    metadata = tracker.latest_message.get("metadata") or {}
    if metadata.get("pressed") or metadata.get("contact") or _tried(tracker):
        return True
    message = tracker.latest_message
    intent, text = message.get("intent") or {}, str(message.get("text") or "").strip()
    named = any(e["entity"] == "person_name" and e["value"] == text for e in message.get("entities") or [])
    unsure = float(intent.get("confidence") or 0) < _SURE
    return intent.get("name") in _ASIDE and not (named and unsure)


def _tried(tracker: Tracker) -> bool:
    """Whether the code in the message was tried already, so that the form asks for another."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action" and event["name"] == "action_bind":
            return True
    return False


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [BindAccount(), AskBindName(), AskBindCode(), ValidateBindForm(), Bind()]
