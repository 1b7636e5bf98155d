"""Suggestions: told in one message or asked for, with photos, read back, handed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions import check_in, entries
from actions.cases import things
from actions.handler import Handler
from actions.turn import Choice, Turn
from service import wording
from service.suggestions import submitting

# What is left of a message without these says whether it already holds the proposal.
_PREAMBLE = re.compile(
    r"^(?:您好|你好|同志|喂|那个|请问|麻烦)*[,，。！! ]*"
    r"(?:我|咱们?|俺|阿拉)?(?:也|还)?(?:想要?|要|来|可以|能不能|能)?"
    r"(?:给|向|跟|对)?(?:社区|街道|区里|县里|局里|你们|组织|单位|政府)?(?:上|里)?"
    r"(?:提|反映|说|讲|写|有)(?:一?[个条点些]|几[个条点])?(?:小)?(?:建议|建意|意见|想法|主意|看法|点子)"
    r"(?:[哈啊嘛呢吧了哦噻嘎行吗可以]|[,，。:：！!？? ])*"
)
_ENOUGH = 6
# Said while a suggestion is asked for, these are requests of their own, whatever their words.
_ASIDE = frozenset(
    [
        "cancel",
        "talk_to_staff",
        "emergency",
        "report_scam",
        "ask_help",
        "repeat",
        "main_menu",
        "share_media",
        "submit_suggestion",
        "come_back",
        "check_points",
        "points_history",
        "my_schedule",
        "track_matter",
        "find_activity",
        "book_activity",
        "cancel_booking",
        "find_course",
        "continue_study",
        "set_study_reminder",
        "stop_reminders",
        "greet",
        "thank",
        "affirm",
        "deny",
        "goodbye",
        "bind_account",
    ]
)
# A proposal may sound like another request; only a short and sure one is taken for that.
_SURE, _SHORT = 0.6, 20


class SubmitSuggestion(Handler):
    """Takes the proposal out of the message, or asks for it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_submit_suggestion"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if receipt_no := turn.entity("withdraw"):
            submitting.withdraw(person, receipt_no, turn.now)
            turn.say("suggestion_withdrawn", receipt_no=receipt_no)
            return
        if receipt_no := turn.entity("attach_to"):
            media = turn.slot("suggestion_media") or []
            submitting.add_media(person, receipt_no, media, turn.now)
            turn.set("suggestion_media", None)
            turn.say("media_attached", receipt_no=receipt_no, things=things(media))
            return
        media = _kept_media(turn) + turn.media
        turn.set("suggestion_media", media)
        proposal = "" if turn.is_press else proposal_in(turn.text)
        turn.set("suggestion_text", None)
        if proposal:
            if turn.open_form == "suggestion_form":
                turn.drop_form()
            _read_back(turn, proposal, media)
        else:
            turn.start_form("suggestion_form")


class AskSuggestion(Handler):
    """Asks for the proposal."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_suggestion_form_suggestion_text"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        media = turn.slot("suggestion_media")
        kept = wording.phrase("suggestion_media_kept", things=things(media)) if media else ""
        turn.say("ask_suggestion", kept=kept)


class ValidateSuggestionForm(FormValidationAction):
    """Takes what is said for the proposal, unless it is plainly something else."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_suggestion_form"

    async def extract_suggestion_text(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The words of the message."""
        message = tracker.latest_message
        text = str(message.get("text") or "").strip()
        if tracker.get_slot("requested_slot") != "suggestion_text" or not text or _is_aside(message):
            return {}
        proposal = proposal_in(text)
        if (message.get("intent") or {}).get("name") == "submit_suggestion":
            return {"suggestion_text": proposal} if proposal else {}
        return {"suggestion_text": proposal or text}


class ReadBackSuggestion(Handler):
    """Reads back what the form gathered."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_read_back_suggestion"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        media = (turn.slot("suggestion_media") or []) + turn.media
        _read_back(turn, str(turn.slot("suggestion_text")), media)


class ShareMedia(Handler):
    """Keeps a photo, voice or place with the suggestion under way, or asks what it is for."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_share_media"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if entries.take_media(turn) or check_in.take_place(turn):
            return
        pending = turn.slot("pending") or {}
        if turn.open_form == "suggestion_form":
            turn.set("suggestion_media", (turn.slot("suggestion_media") or []) + turn.media)
            turn.say("media_kept", things=things(turn.media))
        elif turn.open_form == "confirm_form" and pending.get("act") == "submit_suggestion":
            details = pending["details"]
            _read_back(turn, details["text"], details["media"] + turn.media)
        else:
            turn.set("suggestion_media", turn.media)
            latest = submitting.just_submitted(turn.person, turn.now) if turn.person else None
            choices = (
                [Choice("附在刚才的建议里", "submit_suggestion", {"attach_to": latest})] if latest else []
            )
            misread = turn.keep_for_later()
            turn.say("ask_what_media", choices, things=things(turn.media), misread=misread)


def proposal_in(text: str) -> str:
    """The proposal that a message holds beyond saying that there is one; empty when it holds none."""
    rest = _PREAMBLE.sub("", text.strip(), count=1).strip(" ，,。:：")
    return rest if len(rest) >= _ENOUGH else ""


def _is_aside(message: dict[str, Any]) -> bool:
    intent = message.get("intent") or {}
    if intent.get("name") in ("emergency", "report_scam", "share_media"):
        return True
    if (message.get("metadata") or {}).get("pressed"):
        return True
    sure = float(intent.get("confidence") or 0) >= _SURE and len(str(message.get("text"))) <= _SHORT
    return intent.get("name") in _ASIDE and sure


def _read_back(turn: Turn, text: str, media: list[dict[str, Any]]) -> None:
    shown = wording.phrase("suggestion_media", things=things(media)) if media else ""
    details = {"text": text, "media": media}
    turn.confirm("submit_suggestion", "suggestion_read_back", details, text=text, media=shown)
    turn.set("suggestion_text", None)
    turn.set("suggestion_media", None)


def _kept_media(turn: Turn) -> list[dict[str, Any]]:
    """What came before these words and belongs to them; said anew, a suggestion keeps its photos."""
    pending = turn.slot("pending") or {}
    if turn.open_form == "suggestion_form" or turn.entity("with_media"):
        return list(turn.slot("suggestion_media") or [])
    if turn.open_form == "confirm_form" and pending.get("act") == "submit_suggestion":
        return list(pending["details"]["media"])
    return []


def _submit(turn: Turn, details: dict[str, Any]) -> None:
    matter = submitting.submit(turn.require_person(), turn.chat, details["text"], details["media"], turn.now)
    turn.say("suggestion_submitted", receipt_no=matter.receipt_no)


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"submit_suggestion": _submit}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [SubmitSuggestion(), AskSuggestion(), ValidateSuggestionForm(), ReadBackSuggestion(), ShareMedia()]
