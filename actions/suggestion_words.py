"""How suggestions are told: one in a list, one as others read it, and the whole way of one's own."""

from __future__ import annotations

from datetime import date
from typing import Any

from actions.turn import Choice, Turn
from service.clock import day_words, local
from service.errors import NotFound
from service.matters.models import Matter
from service.organisations.units import all_units
from service.suggestions.browsing import Public, public_view
from service.suggestions.feedback import can_reopen
from service.suggestions.hops import hops_of
from service.suggestions.models import Hop, Suggestion
from service.suggestions.records import find, root_of
from service.suggestions.states import ANSWERED, RECEIVED, UNDECIDED
from service.wording import phrase, say

_IN_LIST, _ON_BUTTON, _IN_STEP = 36, 10, 200


def clipped(words: str, length: int = _IN_LIST) -> str:
    """Words on one line, cut where they are longer than that."""
    line = " ".join(words.split())
    return line if len(line) <= length else line[:length] + "…"


def line_of(number: int, each: Public, key: str = "suggestion_line") -> str:
    """One of a list."""
    return phrase(
        key,
        number=number,
        state=each.state,
        words=clipped(each.words),
        supporters=each.supporters,
        receipt_no=each.receipt_no,
    )


def choice_of(number: int, each: Public, intent: str) -> Choice:
    """The button that takes one of a list."""
    return Choice(f"{number}. {clipped(each.words, _ON_BUTTON)}", intent, {"number": each.receipt_no})


def by_words(each: Public) -> str:
    """Who a suggestion is from, as others read it."""
    return phrase("suggestion_by", name=each.author) if each.author else phrase("suggestion_by_somebody")


def show_public(turn: Turn, number: str) -> bool:
    """Show a suggestion as others read it, with what came of it.

    Returns:
        Whether there is one of that number that may be read.
    """
    try:
        each, hops = public_view(number)
    except NotFound:
        return False
    today = local(turn.now).date()
    # What happened inside the office on the way is the author's to read.
    told = [hop for hop in hops if hop.kind in ANSWERED]
    turn.set("suggestion", each.receipt_no)
    choices = [Choice(phrase("button_others_suggestions"), "browse_suggestions", {"all": "yes"})]
    if each.state in UNDECIDED:
        second = Choice(
            phrase("button_second"), "support_suggestion", {"number": each.receipt_no, "shown": "yes"}
        )
        choices.insert(0, second)
    turn.say(
        "suggestion_public",
        choices,
        receipt_no=each.receipt_no,
        state=each.state,
        supporters=each.supporters,
        words=each.words,
        by=by_words(each),
        when=day_words(each.submitted_at, today),
        path=_steps(told, today),
    )
    return True


def show_path(turn: Turn, matter: Matter) -> None:
    """Tell how far a suggestion of one's own has got: the conclusion, then every step, the newest first."""
    record = find(matter.receipt_no)
    root = root_of(record)
    suggestion, today = record.suggestion, local(turn.now).date()
    steps = _steps(hops_of(record.id), today)
    if root.id != record.id:
        merged = phrase("suggestion_path_merged", into=root.receipt_no)
        steps = "\n".join([merged, _steps(hops_of(root.id), today), steps])
    turn.say(
        "suggestion_path",
        _next_steps(suggestion, record.receipt_no),
        receipt_no=record.receipt_no,
        conclusion=_conclusion(suggestion, today),
        words=suggestion.words,
        steps=steps,
    )


def _next_steps(suggestion: Suggestion, number: str) -> list[Choice]:
    """What the author may still do: take it back, rate the answer, say that it is not solved."""
    keys = []
    if suggestion.state == RECEIVED:
        keys.append("suggestion_submitted")
    if suggestion.state in ANSWERED and suggestion.rating is None:
        keys.append("suggestion_rate_it")
    if can_reopen(suggestion):
        keys.append("suggestion_not_solved")
    shown = [button for key in keys for button in say(key, receipt_no=number).buttons]
    return [Choice.of(button.title, button.payload) for button in shown]


def _conclusion(suggestion: Suggestion, today: date) -> str:
    known: dict[str, Any] = {
        "unit": _unit(suggestion.unit_id),
        "due": day_words(suggestion.due_on, today) if suggestion.due_on else "",
    }
    return phrase(f"conclusion_{suggestion.state}", **known)


def _steps(hops: list[Hop], today: date) -> str:
    """A line for each hop, the newest first."""
    return "\n".join(
        phrase(
            f"step_{hop.kind}",
            day=day_words(hop.dated or hop.happened_at, today),
            who=hop.who,
            words=clipped(hop.words, _IN_STEP),
            told=f"：{clipped(hop.words, _IN_STEP)}" if hop.words else "",
            unit=_unit(hop.unit_id),
            due=day_words(hop.due_on, today) if hop.due_on else "",
        )
        for hop in reversed(hops)
    )


def _unit(unit_id: int | None) -> str:
    return next((unit.name for unit in all_units() if unit.id == unit_id), "")
