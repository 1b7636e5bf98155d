"""Works for contests: told and photographed, read back, handed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.activity_meant import meant
from actions.cases import things
from actions.handler import Handler
from actions.turn import Choice, Turn
from service import wording
from service.activities import contests
from service.activities.contest_models import Entry
from service.activities.listing import get_listing
from service.activities.refusals import EntriesClosed

_HANDING_IN = re.compile(r"交.{0,3}作品|参[赛展]|投稿|送展|报.{0,4}作品|作品.{0,4}(?:交|送|报)")
_ASIDE = frozenset(
    ["cancel", "emergency", "report_scam", "share_media", "talk_to_staff", "main_menu", "repeat"]
)
_SURE, _SHORT = 0.6, 12


def take_up(turn: Turn) -> bool:
    """Ask for the work, where the message means to hand one in to a contest that takes works.

    Returns:
        Whether it does.
    """
    chosen = turn.entity("entry_for")
    if chosen is None:
        if turn.is_press or _HANDING_IN.search(turn.text) is None:
            return False
        taking = [each for each in meant(turn) if contests.takes_entries(each.id, turn.now)]
        if not taking:
            return False
        if len(taking) > 1:
            buttons = [
                Choice(each.activity.title, "book_activity", {"entry_for": each.id}) for each in taking[:5]
            ]
            turn.say("which_contest", buttons)
            return True
        chosen = str(taking[0].id)
    turn.require_person()
    if not contests.takes_entries(int(chosen), turn.now):
        raise EntriesClosed(title=get_listing(int(chosen)).activity.title)
    turn.set("activity", int(chosen))
    turn.set("entry_for", int(chosen))
    turn.set("entry_words", None)
    turn.set("entry_media", turn.media)
    turn.start_form("entry_form")
    return True


def take_media(turn: Turn) -> bool:
    """Keep photos that come while a work is told or read back.

    Returns:
        Whether they belong to a work.
    """
    pending = turn.slot("pending") or {}
    if turn.open_form == "entry_form":
        turn.set("entry_media", (turn.slot("entry_media") or []) + turn.media)
        turn.say("entry_media_kept", things=things(turn.media))
        return True
    if turn.open_form == "confirm_form" and pending.get("act") == "hand_in":
        details = pending["details"]
        _read_back(turn, details["activity_id"], details["words"], details["media"] + turn.media)
        return True
    return False


class AskEntry(Handler):
    """Asks what the work is, and for a photo of it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_entry_form_entry_words"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_entry", title=get_listing(int(turn.slot("entry_for"))).activity.title)


class ValidateEntryForm(FormValidationAction):
    """Takes what is said for the description, unless it is plainly something else."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_entry_form"

    async def extract_entry_words(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The words of the message."""
        message = tracker.latest_message
        text, intent = str(message.get("text") or "").strip(), message.get("intent") or {}
        if tracker.get_slot("requested_slot") != "entry_words" or not text:
            return {}
        if (message.get("metadata") or {}).get("pressed") or intent.get("name") in (
            "emergency",
            "report_scam",
        ):
            return {}
        sure = float(intent.get("confidence") or 0) >= _SURE and len(text) <= _SHORT
        return {} if intent.get("name") in _ASIDE and sure else {"entry_words": text}


class ReadBackEntry(Handler):
    """Reads back what the form gathered."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_read_back_entry"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        media = (turn.slot("entry_media") or []) + turn.media
        _read_back(turn, int(turn.slot("entry_for")), str(turn.slot("entry_words")), media)


def _read_back(turn: Turn, activity_id: int, words: str, media: list[dict[str, Any]]) -> None:
    turn.confirm(
        "hand_in",
        "entry_read_back",
        {"activity_id": activity_id, "words": words, "media": media},
        title=get_listing(activity_id).activity.title,
        words=words,
        media=wording.phrase("entry_media", things=things(media)) if media else "",
    )
    turn.set("entry_words", None)
    turn.set("entry_media", None)


def _hand_in(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: the work is in."""
    person = turn.require_person()
    entry = contests.hand_in(person, details["activity_id"], details["words"], details["media"], turn.now)
    turn.say(
        "entry_handed_in",
        [Choice(wording.phrase("button_withdraw_entry"), "cancel_booking", {"receipt_no": entry.receipt_no})],
        receipt_no=entry.receipt_no,
        title=get_listing(entry.activity_id).activity.title,
    )


def read_back_withdrawing(turn: Turn, entry: Entry) -> None:
    """Ask for a yes to taking a work back."""
    details = {"receipt_no": entry.receipt_no}
    turn.confirm(
        "withdraw_entry", "withdraw_entry_read_back", details, words=entry.words, receipt_no=entry.receipt_no
    )


def _withdraw(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: the work is out."""
    entry = contests.withdraw(turn.require_person(), details["receipt_no"], turn.now)
    turn.say("entry_withdrawn", receipt_no=entry.receipt_no)


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"hand_in": _hand_in, "withdraw_entry": _withdraw}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [AskEntry(), ValidateEntryForm(), ReadBackEntry()]
