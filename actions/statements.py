"""A year's statement of points and hours, and what somebody was given besides."""

from __future__ import annotations

import re
from datetime import date

from actions.turn import Turn
from service import clock
from service.ledger.hours import hours_words
from service.ledger.posting import MINUTES, POINTS
from service.ledger.statement import Line, statement
from service.rewards.recognising import recognitions_of, words_of
from service.wording import phrase

_STATEMENT = re.compile(r"账单|帐单|賬單|对账|对帐|结单|年报")
_RECOGNITIONS = re.compile(r"(?:我|咱).{0,8}(?:表扬|证书|奖状|补贴|津贴)")
# What else these words may be understood as; a question of policy about allowances is none of them.
_MISTAKEN_FOR = {
    "points_history",
    "check_points",
    "my_schedule",
    "my_profile",
    "nlu_fallback",
    "out_of_scope",
}
_LINES = 8


def takes(turn: Turn) -> bool:
    """Whether the words ask for one's praise, certificates and allowances, whatever they were understood as."""
    return turn.intent in _MISTAKEN_FOR and _RECOGNITIONS.search(turn.text) is not None


def tell(turn: Turn) -> bool:
    """Tell the statement or the recognitions, when one of them was asked for."""
    which = turn.entity("which")
    if which == "recognitions" or takes(turn):
        tell_recognitions(turn)
    elif which == "statement" or _STATEMENT.search(turn.text):
        _tell_statement(turn)
    else:
        return False
    return True


def tell_recognitions(turn: Turn) -> None:
    """What the person was given, the latest first."""
    person, today = turn.require_person(), clock.local(turn.now).date()
    found = recognitions_of(person.id)
    if not found:
        turn.say("recognitions_none")
        return
    lines = "\n".join(
        phrase(
            "recognition_line",
            day=clock.day_words(each.given_on, today),
            what=words_of(each),
            earned_by=each.earned_by,
        )
        for each in found
    )
    turn.say("recognitions", count=len(found), lines=lines)


def _tell_statement(turn: Turn) -> None:
    person, year = turn.require_person(), _year(turn)
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    points, hours = (statement(person.id, currency, start, end) for currency in (POINTS, MINUTES))
    lines = [_line(each) for each in points.lines[:_LINES]]
    if rest := len(points.lines) - _LINES:
        lines += [phrase("statement_more", count=rest)] if rest > 0 else []
    turn.say(
        "points_statement",
        name=person.name,
        year=year,
        left=points.left,
        before=points.before,
        came=points.came,
        went=points.went,
        lines="\n".join(lines),
        hours_came=hours_words(hours.came),
        hours_went=hours_words(hours.went),
        hours_left=hours_words(hours.left),
    )


def _year(turn: Turn) -> int:
    """The year asked about; this one by default."""
    start = (turn.time or {}).get("start")
    return clock.local(clock.parse(start) if start else turn.now).year


def _line(line: Line) -> str:
    amount = f"{line.amount:+d}"
    if line.entries == 1:
        return phrase("statement_line", words=line.words, amount=amount)
    return phrase("statement_line_many", words=line.words, count=line.entries, amount=amount)
