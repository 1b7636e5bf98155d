"""Reading back what is about to be handed in, with what others have proposed much alike."""

from __future__ import annotations

from typing import Any

from actions.cases import things
from actions.suggestion_words import clipped, line_of
from actions.turn import Choice, Turn
from service import wording
from service.suggestions.alike import like
from service.suggestions.browsing import Public, public_view
from service.suggestions.campaigns import get_campaign, named, running
from service.suggestions.records import number_of

_ALIKE_SHOWN = _CAMPAIGNS_SHOWN = 2
_ON_BUTTON = 15


def read_back(turn: Turn, text: str, media: list[dict[str, Any]], **chosen: Any) -> None:
    """Read back what is about to be handed in, or first show what others have proposed much alike.

    Args:
        **chosen: what was chosen before: unnamed, campaign; with `anyway`, similar ones are not shown again.
    """
    campaign_id = chosen.get("campaign") or _campaign_meant(turn, text)
    unnamed = bool(chosen.get("unnamed"))
    details = {"text": text, "media": media, "unnamed": unnamed, "campaign": campaign_id}
    title = get_campaign(campaign_id).title if campaign_id is not None else ""
    shown = {
        "text": text,
        "media": wording.phrase("suggestion_media", things=things(media)) if media else "",
        "campaign": wording.phrase("suggestion_in_campaign", title=title) if title else "",
    }
    if alike := [] if chosen.get("anyway") else _alike(turn, text):
        lines = [line_of(number, each, "suggestion_alike_line") for number, each in enumerate(alike, 1)]
        choices = _second_these(turn, alike)
        turn.confirm(
            "submit_suggestion", "suggestion_alike", details, choices, lines="\n".join(lines), **shown
        )
    else:
        key = "suggestion_read_back_unnamed" if unnamed else "suggestion_read_back"
        turn.confirm("submit_suggestion", key, details, [] if title else campaign_choices(turn), **shown)
    turn.set("suggestion_text", None)
    turn.set("suggestion_media", None)
    turn.set("suggestion_campaign", None)


def _second_these(turn: Turn, alike: list[Public]) -> list[Choice]:
    """A button to second each instead; shown as a list, so that 第二条 means its second."""
    turn.show("suggestions", [each.receipt_no for each in alike])
    # 附议 and no more means the one that is shown, not one that was read before.
    turn.set("suggestion", alike[0].receipt_no if len(alike) == 1 else None)
    return [
        Choice(
            wording.phrase("button_second_this", number=number),
            "support_suggestion",
            {"number": each.receipt_no},
        )
        for number, each in enumerate(alike, 1)
    ]


def campaign_choices(turn: Turn) -> list[Choice]:
    """A button for each of the campaigns that a suggestion could belong to, when there are several."""
    open_now = running(turn.now)
    return [
        Choice(clipped(each.title, _ON_BUTTON), "submit_suggestion", {"campaign": each.id})
        for each in open_now[:_CAMPAIGNS_SHOWN]
        if len(open_now) > 1
    ]


def _alike(turn: Turn, text: str) -> list[Public]:
    """What others have proposed that is much the same."""
    mine = turn.require_person().id
    numbers = [number_of(each.suggestion) for each in like(text, 6) if each.suggestion.person_id != mine]
    return [public_view(number)[0] for number in numbers[:_ALIKE_SHOWN]]


def _campaign_meant(turn: Turn, text: str) -> int | None:
    """The campaign that a proposal belongs to: the one pressed or named, else the only one there is."""
    if (pressed := turn.slot("suggestion_campaign")) is not None:
        return int(pressed)
    open_now = running(turn.now)
    meant = named(f"{turn.text} {text}", open_now) or (open_now[0] if len(open_now) == 1 else None)
    return meant.id if meant is not None else None


def past_alike(turn: Turn) -> bool:
    """Whether what waits was read back after any similar ones were shown."""
    return (turn.slot("pending") or {}).get("key") != "suggestion_alike"


def waiting_details(turn: Turn) -> dict[str, Any] | None:
    """What has been read back and waits for a yes."""
    pending = turn.slot("pending") or {}
    waits = turn.open_form == "confirm_form" and pending.get("act") == "submit_suggestion"
    return dict(pending["details"]) if waits else None
