"""Suggestions: told in one message or asked for, with photos, read back, handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions import check_in, entries
from actions.cases import things
from actions.handler import Handler
from actions.suggestion_asides import is_aside, proposal_in
from actions.suggestion_feedback import ask_reopening, rate_it
from actions.suggestion_read_back import campaign_choices, past_alike, read_back, waiting_details
from actions.turn import Choice, Turn
from service import wording
from service.clock import day_words, local
from service.people.models import Person
from service.suggestions import submitting
from service.suggestions.campaigns import running


class SubmitSuggestion(Handler):
    """Takes the proposal out of the message, or asks for it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_submit_suggestion"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if turn.is_press and _pressed(turn, person):
            return
        media = _kept_media(turn) + turn.media
        turn.set("suggestion_media", media)
        proposal = "" if turn.is_press else proposal_in(turn.text)
        turn.set("suggestion_text", None)
        if proposal:
            if turn.open_form == "suggestion_form":
                turn.drop_form()
            read_back(turn, proposal, media)
        else:
            turn.start_form("suggestion_form")


def _pressed(turn: Turn, person: Person) -> bool:
    """Do what a button under a suggestion means.

    Returns:
        Whether it was one of those, rather than one that asks for a proposal.
    """
    if receipt_no := turn.entity("withdraw"):
        submitting.withdraw(person, receipt_no, turn.now)
        turn.say("suggestion_withdrawn", receipt_no=receipt_no)
    elif receipt_no := turn.entity("attach_to"):
        media = turn.slot("suggestion_media") or []
        submitting.add_media(person, receipt_no, media, turn.now)
        turn.set("suggestion_media", None)
        turn.say("media_attached", receipt_no=receipt_no, things=things(media))
    elif receipt_no := turn.entity("rate"):
        rate_it(turn, receipt_no, int(turn.entity("stars") or 0))
    elif receipt_no := turn.entity("reopen"):
        ask_reopening(turn, receipt_no)
    elif (choice := turn.entity("unnamed")) and (waiting := waiting_details(turn)) is not None:
        read_back(turn, **{**waiting, "unnamed": choice == "yes"}, anyway=True)
    elif (campaign := turn.entity("campaign")) and (waiting := waiting_details(turn)) is not None:
        read_back(turn, **{**waiting, "campaign": int(campaign)}, anyway=True)
    elif campaign := turn.entity("campaign"):
        turn.set("suggestion_campaign", int(campaign))
        turn.start_form("suggestion_form")
    elif turn.entity("kept") and (draft := turn.slot("suggestion_draft")):
        turn.set("suggestion_draft", None)
        read_back(turn, **draft, anyway=True)
    else:
        return False
    return True


class AskSuggestion(Handler):
    """Asks for the proposal."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_suggestion_form_suggestion_text"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        media = turn.slot("suggestion_media")
        kept = wording.phrase("suggestion_media_kept", things=things(media)) if media else ""
        open_now = [
            wording.phrase(
                "suggestion_campaign_named",
                title=each.title,
                closes=day_words(each.closes_on, local(turn.now).date()),
            )
            for each in running(turn.now)
        ]
        titles = "、".join(open_now)
        calling = "\n\n" + wording.phrase("suggestion_campaigns", titles=titles) if titles else ""
        turn.say("ask_suggestion", campaign_choices(turn), kept=kept, campaigns=calling)


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
        if tracker.get_slot("requested_slot") != "suggestion_text" or not text or is_aside(message):
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
        read_back(turn, str(turn.slot("suggestion_text")), media)


class ShareMedia(Handler):
    """Keeps a photo, voice or place with the suggestion under way, or asks what it is for."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_share_media"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if entries.take_media(turn) or check_in.take_place(turn):
            return
        waiting = waiting_details(turn)
        if turn.open_form == "suggestion_form":
            turn.set("suggestion_media", (turn.slot("suggestion_media") or []) + turn.media)
            turn.say("media_kept", things=things(turn.media))
        elif waiting is not None:
            waiting["media"] = waiting["media"] + turn.media
            read_back(turn, **waiting, anyway=past_alike(turn))
        else:
            turn.set("suggestion_media", turn.media)
            latest = submitting.just_submitted(turn.person, turn.now) if turn.person else None
            choices = (
                [Choice("附在刚才的建议里", "submit_suggestion", {"attach_to": latest})] if latest else []
            )
            misread = turn.keep_for_later()
            turn.say("ask_what_media", choices, things=things(turn.media), misread=misread)


def _kept_media(turn: Turn) -> list[dict[str, Any]]:
    """What came before these words and belongs to them; said anew, a suggestion keeps its photos."""
    if turn.open_form == "suggestion_form" or turn.entity("with_media"):
        return list(turn.slot("suggestion_media") or [])
    return list((waiting_details(turn) or {"media": []})["media"])


def _submit(turn: Turn, details: dict[str, Any]) -> None:
    matter = submitting.submit(
        turn.require_person(),
        turn.chat,
        details["text"],
        details["media"],
        turn.now,
        unnamed=bool(details.get("unnamed")),
        campaign_id=details.get("campaign"),
    )
    turn.set("suggestion_draft", None)
    turn.say("suggestion_submitted", receipt_no=matter.receipt_no)


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"submit_suggestion": _submit}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [SubmitSuggestion(), AskSuggestion(), ValidateSuggestionForm(), ReadBackSuggestion(), ShareMedia()]
