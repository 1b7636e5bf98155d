"""Asking for help for hours: in one message, or asked for piece by piece; read back, put up."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.handler import Handler
from actions.quantities import bare_hours, minutes_in, without_hours
from actions.turn import Turn
from service import clock
from service.ledger import queries as ledger
from service.ledger.hours import hours_words
from service.ledger.posting import MINUTES
from service.timebank import asking

_TIME_BANK = re.compile(r"时间银行|時間銀行|时间币|互助|存的.{0,4}(?:小时|钟头|时间)")
# What is said of the time bank itself is no part of the help.
_ABOUT_IT = re.compile(
    r"(?:我?(?:想|要|想要|能不能|可以)?(?:用|拿|申请|在)?(?:我的)?(?:时间银行|時間銀行|时间币)(?:里|上|里头|头)?(?:的|存的|里存的)?"
    r"(?:[0-9一二两三四五六七八九十半]+个?半?(?:小时|钟头))?(?:发|挂|申请|来)?个?(?:求助|互助|单子)?(?:换|找|请|喊|帮我找)?(?:个)?(?:人来|人)?)[：:，,\s]*"
)
_SPOKEN = re.compile(
    r"^(?:您好|你好|同志|麻烦|请|我想|我要|想|要|帮我)*(?:找|请|喊)?个?人(?:来)?|[，。！!,\s]+$"
)
_MARKS = " ，,。！!；;：:的"
_SHORTEST, _LONGEST_WORDS = 2, 60
# Said while a piece is asked for, these are requests of their own.
_ASIDE = {
    "cancel",
    "emergency",
    "report_scam",
    "talk_to_staff",
    "main_menu",
    "ask_help",
    "repeat",
    "come_back",
}
_EXACT = ("hour", "minute")


def take(turn: Turn) -> bool:
    """Whether the message asks for help of the time bank; then it is answered."""
    by_button = turn.entity("help") == "ask"
    in_words = turn.intent == "request_service" and not turn.is_press and _TIME_BANK.search(turn.text)
    if not (by_button or in_words):
        return False
    turn.require_person()
    for slot in ("help_what", "help_when", "help_minutes"):
        turn.set(slot, None)
    if in_words:
        turn.set("help_what", _what(turn))
        turn.set("help_when", _when(turn.time))
        turn.set("help_minutes", minutes_in(turn.text))
    turn.start_form("help_form")
    return True


def _what(turn: Turn) -> str | None:
    """The help that the message names: the words of it, without those about the time bank."""
    kinds = turn.entities("service_type")
    rest = _ABOUT_IT.sub("", turn.text, count=1)
    for said in turn.entities("time"):
        rest = rest.replace(said, "", 1)
    rest = _SPOKEN.sub("", without_hours(rest).strip(_MARKS)).strip(_MARKS)
    words = kinds[0] if len(kinds) == 1 and len(rest) > _LONGEST_WORDS else rest
    if kinds and kinds[0] not in words:
        words = "、".join(kinds)
    return words if len(words) >= _SHORTEST else None


def _when(time: dict[str, Any] | None) -> str | None:
    """The beginning of a time that names an hour, as ISO 8601."""
    exact = time is not None and time.get("grain") in _EXACT and time.get("start") and not time.get("rrule")
    return str(time["start"]) if exact and time is not None else None


class AskWhat(Handler):
    """Asks what the help is."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_help_form_help_what"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_help_what")


class AskWhen(Handler):
    """Asks for day and hour."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_help_form_help_when"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_help_when")


class AskMinutes(Handler):
    """Asks how long it takes."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_help_form_help_minutes"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        balance = ledger.balance(turn.require_person().id, MINUTES)
        turn.say("ask_help_minutes", balance=hours_words(balance))


class ValidateHelpForm(FormValidationAction):
    """Reads each answer for what was asked, and for what else it says of it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_help_form"

    async def extract_help_what(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The words, when the help was asked for."""
        text = _answer(tracker).strip()
        asked = tracker.get_slot("requested_slot") == "help_what"
        return {"help_what": text[:_LONGEST_WORDS]} if asked and len(text) >= _SHORTEST else {}

    async def extract_help_when(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A time with its hour, when the help or the time was asked for."""
        if tracker.get_slot("requested_slot") not in ("help_what", "help_when") or not _answer(tracker):
            return {}
        entities = (tracker.latest_message or {}).get("entities") or []
        times = (e.get("resolved") for e in entities if e["entity"] == "time")
        when = _when(next((time for time in times if time), None))
        return {"help_when": when} if when else {}

    async def extract_help_minutes(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A length of time, in any answer; a mere number when the length was asked for."""
        message = tracker.latest_message or {}
        pressed = next((e["value"] for e in message.get("entities") or [] if e["entity"] == "minutes"), None)
        asked, text = tracker.get_slot("requested_slot"), _answer(tracker)
        minutes = int(pressed) if pressed else minutes_in(text)
        if minutes is None and asked == "help_minutes":
            minutes = bare_hours(text)
        return {"help_minutes": minutes} if asked and minutes else {}


def _answer(tracker: Tracker) -> str:
    """The words of the message, unless they are a request of their own."""
    message = tracker.latest_message or {}
    aside = (message.get("intent") or {}).get("name") in _ASIDE
    pressed = (message.get("metadata") or {}).get("pressed")
    return "" if aside or pressed else str(message.get("text") or "")


class ReadBackHelp(Handler):
    """Reads the request back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_read_back_help"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        what, when = str(turn.slot("help_what")), str(turn.slot("help_when"))
        minutes = min(int(turn.slot("help_minutes")), asking.LONGEST)
        for slot in ("help_what", "help_when", "help_minutes"):
            turn.set(slot, None)
        starts_at = clock.parse(when)
        try:
            asking.check(person, starts_at, minutes, turn.now)
        except Exception:
            # What is refused is told, and is not asked for again.
            turn.drop_form()
            raise
        balance = ledger.balance(person.id, MINUTES)
        turn.confirm(
            "ask_for_help",
            "help_read_back",
            {"what": what, "when": when, "minutes": minutes, "request": secrets.token_hex(12)},
            what=what,
            when=clock.moment_words(starts_at, clock.local(turn.now).date()),
            hours=hours_words(minutes),
            before=hours_words(balance),
            after=hours_words(balance - minutes),
        )


def ask_for_help(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: put it up."""
    starts_at = clock.parse(details["when"])
    asked = asking.ask_for_help(
        turn.require_person(), details["what"], starts_at, details["minutes"], details["request"], turn.now
    )
    turn.say(
        "help_asked",
        receipt_no=asked.receipt_no,
        what=asked.what,
        when=clock.moment_words(starts_at, clock.local(turn.now).date()),
        hours=hours_words(asked.minutes),
    )


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"ask_for_help": ask_for_help}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [AskWhat(), AskWhen(), AskMinutes(), ValidateHelpForm(), ReadBackHelp()]
