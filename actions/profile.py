"""One's own details: shown in plain words, and changed through staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.handler import Handler
from actions.profile_words import field_of, fixed_of, value_of, wants_change
from actions.reminders import quiet_words
from actions.turn import Choice, Turn
from service.messages import chats
from service.people.profile import FIELDS, Profile, masked, profile_of
from service.profiles import changes
from service.profiles.changes import ChangeNotUsable
from service.wording import phrase

_FORM = "profile_form"
# Said while the new value is asked for, these are requests of their own and no value.
_ASIDE = frozenset(
    ("cancel", "deny", "talk_to_staff", "emergency", "report_scam", "repeat", "main_menu", "ask_help", "greet",
     "thank", "goodbye", "check_points", "find_activity", "my_schedule", "share_media", "complain")
)  # fmt: skip
_SURE = 0.8


class MyProfile(Handler):
    """Shows what is stored of the person, or reads back what they want changed."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_my_profile"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if receipt_no := turn.entity("withdraw"):
            changes.withdraw(person.id, receipt_no, turn.now)
            turn.say("profile_withdrawn", receipt_no=receipt_no)
            return
        if self._may_be_the_others(turn):
            self._ask_for_whom(turn)
            return
        what = turn.entity("what") or (field_of(turn.text) if wants_change(turn.text) else None)
        if what in FIELDS:
            value = "" if turn.is_press else value_of(turn.text, what, turn.message.get("entities") or [])
            if value:
                if turn.open_form == _FORM:
                    turn.drop_form()
                _read_back(turn, str(what), value)
            else:
                turn.set("profile_what", what)
                turn.set("profile_value", None)
                turn.start_form(_FORM)
        elif wants_change(turn.text) and (fixed := fixed_of(turn.text)):
            turn.say("profile_fixed", what=fixed, misread=turn.keep_for_later())
        elif turn.entity("change"):
            turn.say("profile_change_what")
        else:
            _show(turn, profile_of(person.id))

    @staticmethod
    def _may_be_the_others(turn: Turn) -> bool:
        """Whether nobody has said in this turn whose details are meant, on a phone that two people share."""
        return not turn.is_press and turn.slot("deferred") is None and len(chats.people_of(turn.chat)) > 1

    def _ask_for_whom(self, turn: Turn) -> None:
        kept = {name: turn.message.get(name) for name in ("text", "intent", "entities")}
        turn.set("after_binding", {"action": self.name(), "message": {**kept, "media": [], "pressed": False}})
        choices = [
            Choice(each.name, "bind_account", {"person_id": each.id}) for each in chats.people_of(turn.chat)
        ]
        turn.say("profile_for_whom", choices)


class AskProfileValue(Handler):
    """Asks for the new value."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_profile_form_profile_value"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_profile_value", what=phrase(f"profile_{turn.slot('profile_what')}"))


class ValidateProfileForm(FormValidationAction):
    """Takes what is said for the new value, unless it is plainly something else."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_profile_form"

    async def extract_profile_value(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The words of the message, or the number in them."""
        message = tracker.latest_message
        intent = message.get("intent") or {}
        if tracker.get_slot("requested_slot") != "profile_value":
            return {}
        if (message.get("metadata") or {}).get("pressed"):
            return {}
        if intent.get("name") in _ASIDE and float(intent.get("confidence") or 0) >= _SURE:
            return {}
        what, text = str(tracker.get_slot("profile_what")), str(message.get("text") or "").strip()
        value = value_of(text, what, message.get("entities") or [], asked=True)
        return {"profile_value": value} if value else {}


class ReadBackProfile(Handler):
    """Reads back the value that the form asked for, or asks again when it cannot be one."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_read_back_profile"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        what, value = str(turn.slot("profile_what")), str(turn.slot("profile_value"))
        turn.set("profile_value", None)
        try:
            _read_back(turn, what, value)
        except ChangeNotUsable as refused:
            turn.say("refused_change_not_usable", **refused.reasons)
            turn.start_form(_FORM)


def _read_back(turn: Turn, what: str, value: str) -> None:
    value = changes.check(what, value)
    before = profile_of(turn.require_person().id).value(what)
    turn.confirm(
        "change_profile",
        "profile_read_back" if before else "profile_read_back_new",
        {"what": what, "value": value},
        what=phrase(f"profile_{what}"),
        before=masked(before) if what == "phone" else before,
        value=value,
    )


def _change(turn: Turn, details: dict[str, Any]) -> None:
    asked = changes.ask(turn.chat, details["what"], details["value"], turn.now)
    undo = [Choice("撤回", "my_profile", {"withdraw": asked.receipt_no})]
    turn.say("profile_asked", undo, what=phrase(f"profile_{asked.what}"), receipt_no=asked.receipt_no)


def _show(turn: Turn, held: Profile) -> None:
    """Everything stored, a line each; what is not stored is said to be missing."""
    person = held.person
    missing = phrase("profile_missing")
    quiet = phrase("profile_no_quiet")
    if (
        person.quiet_from is not None
        and person.quiet_until is not None
        and person.quiet_from != person.quiet_until
    ):
        quiet = quiet_words(person.quiet_from, person.quiet_until)
    waiting = "".join(
        phrase("profile_waiting_line", what=phrase(f"profile_{each.what}"), receipt_no=each.receipt_no)
        for each in changes.open_changes(person.id)
    )
    turn.say(
        "profile",
        name=person.name,
        phone="、".join(masked(number) for number in held.phones) or missing,
        branch=held.branch or missing,
        activity_class=person.activity_class,
        quiet=quiet,
        waiting=waiting,
        **{what: held.value(what) or missing for what in FIELDS if what != "phone"},
    )


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"change_profile": _change}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [MyProfile(), AskProfileValue(), ValidateProfileForm(), ReadBackProfile()]
