"""Points and time-bank hours: how many, and where from."""

from __future__ import annotations

import re
from datetime import date

from actions import statements
from actions.handler import Handler
from actions.points_rules import AskPointsRules
from actions.turn import Choice, Turn
from service import clock, wording
from service.ledger import queries
from service.ledger.hours import hours_words
from service.ledger.posting import MINUTES, POINTS
from service.ledger.queries import Movement

_HOURS = re.compile(r"时间银行|时间币|小时|钟头|工时|时长")
_PAGE = 10


class CheckPoints(Handler):
    """Tells both balances."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_points"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        turn.say(
            "points_balance",
            points=queries.balance(person.id, POINTS),
            hours=hours_words(queries.balance(person.id, MINUTES)),
        )


class PointsHistory(Handler):
    """Tells where points came from and went, of the time asked about if one was; by the year as a statement."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_points_history"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if not statements.tell(turn):
            self._movements(turn)

    @staticmethod
    def _movements(turn: Turn) -> None:
        person = turn.require_person()
        of_hours = _HOURS.search(turn.text) is not None and "积分" not in turn.text
        currency = MINUTES if of_hours or turn.entity("which") == "hours" else POINTS
        held = _amount_words(currency, queries.balance(person.id, currency))
        start, end, said = _period(turn)
        before = int(turn.entity("before") or 0) or None
        found = queries.history(person.id, currency, start=start, end=end, before=before, limit=_PAGE + 1)
        if not found:
            none = "hours_history_none" if currency == MINUTES else "points_history_none"
            turn.say(none, held=held, period=said or "到现在")
            return
        today = clock.local(turn.now).date()
        shown = found[:_PAGE]
        lines = "\n".join(_line(each, currency, today) for each in shown)
        older = {"which": "hours" if currency == MINUTES else "points", "before": shown[-1].entry_id}
        # A period that was asked about is not known to a button any more.
        more = len(found) > _PAGE and start is None
        turn.say(
            "hours_history" if currency == MINUTES else "points_history",
            [Choice(wording.phrase("button_older"), "points_history", older)] if more else [],
            held=held,
            period=said or ("更早" if before else "最近"),
            lines=lines,
        )


def _period(turn: Turn) -> tuple[date | None, date | None, str | None]:
    """The half-open period asked about, and how it was called; from the first time said to the last."""
    found = [e for e in turn.message.get("entities") or [] if e["entity"] == "time" and e.get("resolved")]
    if not found:
        return None, None, None
    start, last = found[0]["resolved"]["start"], found[-1]["resolved"]["end"]
    words = "到".join(str(each["value"]) for each in found)
    return clock.parse(start).date(), clock.parse(last).date(), words


def _line(movement: Movement, currency: str, today: date) -> str:
    sign = "+" if movement.amount > 0 else "-"
    return wording.phrase(
        "points_line",
        day=clock.day_words(movement.happened_on, today),
        words=movement.words,
        amount=sign + _amount_words(currency, abs(movement.amount)),
    )


def _amount_words(currency: str, amount: int) -> str:
    return hours_words(amount) if currency == MINUTES else str(amount)


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [CheckPoints(), PointsHistory(), AskPointsRules()]
