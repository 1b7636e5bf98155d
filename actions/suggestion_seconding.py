"""Seconding a suggestion and taking that back: by number, by place in the list shown, by what it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from actions.handler import Handler
from actions.suggestion_browsing import about
from actions.suggestion_read_back import waiting_details
from actions.suggestion_words import by_words, choice_of, line_of
from actions.turn import Choice, Turn
from service.people.models import Person
from service.suggestions.browsing import PAGE, Public, Sought, browse, public_view
from service.suggestions.seconding import check_seconding, second, seconded_by, take_back_second
from service.suggestions.states import UNDECIDED
from service.wording import phrase

_TAKE_BACK = re.compile(r"撤回|撤销|取消|收回|不附议|莫附议|不支持了|不赞成了")
_SECONDING = re.compile(
    r"附议|支持|赞成|同意|赞同|点个?赞|顶|算我?一个|加我一个|举双手|举手|给|一票|投|他|她|心坎|英雄所见略同|想的?一样|意见一致|也是这么想"
)


class SupportSuggestion(Handler):
    """Finds the suggestion that is meant, reads it back, and seconds it; or takes that back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_support_suggestion"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if number := turn.entity("take_back"):
            _take_back(turn, person, number)
        elif not turn.is_press and _TAKE_BACK.search(turn.text):
            self._which_to_take_back(turn, person)
        elif turn.points_outside("suggestions"):
            turn.say_outside()
        elif number := _number_meant(turn):
            self._one(turn, person, str(number))
        else:
            self._by_words(turn, person)

    @staticmethod
    def _one(turn: Turn, person: Person, number: str) -> None:
        """Second at once what has just been read; read back everything else."""
        if turn.entity("shown") or waiting_details(turn) is not None:
            _say_seconded(turn, person, number)
            return
        record = check_seconding(person, number)
        each, _ = public_view(record.receipt_no)
        _read_back(turn, each)

    @staticmethod
    def _by_words(turn: Turn, person: Person) -> None:
        words = _SECONDING.sub("", about(turn))
        if not words and waiting_details(turn) is not None:
            # The open question, asked again below this, lists them with a button for each.
            turn.say("which_of_these_to_second")
            return
        found = browse(Sought(words=words)).page if words else _just_listed(turn)
        found = [each for each in found if each.state in UNDECIDED]
        if len(found) == 1:
            check_seconding(person, found[0].receipt_no)
            _read_back(turn, found[0])
        elif found:
            numbered = list(enumerate(found, 1))
            turn.show("suggestions", [each.receipt_no for each in found])
            choices = [choice_of(place, each, "support_suggestion") for place, each in numbered]
            lines = "\n".join(line_of(place, each) for place, each in numbered)
            turn.say("which_to_second", choices, lines=lines)
        else:
            turn.say("nothing_to_second")

    @staticmethod
    def _which_to_take_back(turn: Turn, person: Person) -> None:
        mine = seconded_by(person)
        if (number := turn.entity("matter_no")) or (number := turn.slot("suggestion")) in mine:
            _take_back(turn, person, str(number))
        elif len(mine) == 1:
            _take_back(turn, person, mine[0])
        elif mine:
            shown = [public_view(number)[0] for number in mine[:PAGE]]
            choices = [
                Choice(f"{place}. {each.receipt_no}", "support_suggestion", {"take_back": each.receipt_no})
                for place, each in enumerate(shown, 1)
            ]
            lines = "\n".join(line_of(place, each) for place, each in enumerate(shown, 1))
            turn.say("which_to_take_back", choices, lines=lines)
        else:
            turn.say("nothing_seconded")


def _number_meant(turn: Turn) -> str | None:
    """The number said, pressed, or pointed at in the list shown; else, when nothing is named, the one just read."""
    number = turn.entity("number") or turn.entity("matter_no") or turn.chosen("suggestions")
    if number is not None or len(_SECONDING.sub("", about(turn))) > 1:
        return number
    return turn.slot("suggestion")


def _just_listed(turn: Turn) -> list[Public]:
    """What the list just shown holds."""
    shown = turn.slot("shown") or {}
    return [public_view(number)[0] for number in shown["ids"]] if shown.get("kind") == "suggestions" else []


def _read_back(turn: Turn, each: Public) -> None:
    turn.set("suggestion", each.receipt_no)
    turn.confirm(
        "second",
        "second_read_back",
        {"number": each.receipt_no},
        words=each.words,
        by=by_words(each),
        receipt_no=each.receipt_no,
    )


def _say_seconded(turn: Turn, person: Person, number: str) -> None:
    done = second(person, number, turn.now)
    choices, kept = [], ""
    if (draft := waiting_details(turn)) is not None:
        # What was written stays: it may still be handed in by itself.
        turn.set("suggestion_draft", draft)
        turn.drop_form()
        choices = [Choice(phrase("button_hand_in_draft"), "submit_suggestion", {"kept": "yes"})]
        kept = phrase("suggestion_draft_kept")
    turn.set("suggestion", done.record.receipt_no)
    turn.say("seconded", choices, receipt_no=done.record.receipt_no, count=done.supporters, draft=kept)


def _take_back(turn: Turn, person: Person, number: str) -> None:
    done = take_back_second(person, number, turn.now)
    turn.say("second_taken_back", receipt_no=done.record.receipt_no, count=done.supporters)


def _second(turn: Turn, details: dict[str, Any]) -> None:
    _say_seconded(turn, turn.require_person(), details["number"])


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"second": _second}


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [SupportSuggestion()]
