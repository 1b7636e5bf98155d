"""Points and time-bank hours: how many, and where from."""

from __future__ import annotations

import re
from datetime import date

from actions.handler import Handler
from actions.turn import Turn
from service import clock, wording
from service.ledger import queries
from service.ledger.posting import MINUTES, POINTS
from service.ledger.queries import Movement

_HOURS = re.compile(r"时间银行|小时|钟头|工时|时长")


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
    """Tells where points came from and went, of the time asked about if one was."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_points_history"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        of_hours = _HOURS.search(turn.text) is not None and "积分" not in turn.text
        currency = MINUTES if of_hours or turn.entity("which") == "hours" else POINTS
        held = _amount_words(currency, queries.balance(person.id, currency))
        start, end, said = _period(turn)
        found = queries.history(person.id, currency, start=start, end=end)
        if not found:
            none = "hours_history_none" if currency == MINUTES else "points_history_none"
            turn.say(none, held=held, period=said or "到现在")
            return
        today = clock.local(turn.now).date()
        lines = "\n".join(_line(each, currency, today) for each in found)
        turn.say(
            "hours_history" if currency == MINUTES else "points_history",
            held=held,
            period=said or "最近",
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


def hours_words(minutes: int) -> str:
    """Minutes as people say them: 2小时, 1小时30分钟, 0小时."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}小时" + (f"{rest}分钟" if rest else "")


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [CheckPoints(), PointsHistory()]
