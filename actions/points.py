"""Points and time-bank hours: how many, and where from."""

from __future__ import annotations

from datetime import date

from actions.handler import Handler
from actions.turn import Turn
from service import clock, wording
from service.ledger import queries
from service.ledger.posting import MINUTES, POINTS
from service.ledger.queries import Movement


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
        start, end = _period(turn)
        found = queries.history(person.id, POINTS, start=start, end=end)
        points = queries.balance(person.id, POINTS)
        if not found:
            turn.say("points_history_none", points=points, period=turn.entity("time") or "到现在")
            return
        today = clock.local(turn.now).date()
        turn.say("points_history", points=points, lines="\n".join(_line(each, today) for each in found))


def _period(turn: Turn) -> tuple[date | None, date | None]:
    if turn.time is None:
        return None, None
    return clock.parse(turn.time["start"]).date(), clock.parse(turn.time["end"]).date()


def _line(movement: Movement, today: date) -> str:
    return wording.phrase(
        "points_line",
        day=clock.day_words(movement.happened_on, today),
        words=movement.words,
        amount=f"{movement.amount:+d}",
    )


def hours_words(minutes: int) -> str:
    """Minutes as people say them: 2小时, 1小时30分钟, 0小时."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}小时" + (f"{rest}分钟" if rest else "")


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [CheckPoints(), PointsHistory()]
