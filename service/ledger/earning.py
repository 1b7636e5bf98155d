"""What earns how much: one door through which every area credits points and hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.ledger.posting import MINUTES, POINTS, Reason, credit

# Points for each unit of what was done; minutes served are also hours of the time bank.
_POINTS_FOR = {
    "activity_attended": 5,
    "volunteer_hour": 10,
    "lesson_finished": 2,
    "quiz_passed": 5,
    "suggestion_accepted": 5,
    "suggestion_adopted": 20,
}


@dataclass(frozen=True)
class Earned:
    """What a person was given, after caps; `capped` when it is less than the rule alone would give."""

    points: int
    minutes: int
    capped: bool = False


def earn(person_id: int, what: str, units: int, reason: Reason, now: datetime) -> Earned:
    """Credit what the rule in force on `reason.happened_on` gives; the same `reason.key` again credits nothing more.

    Args:
        what: activity_attended, volunteer_hour, lesson_finished, quiz_passed, suggestion_accepted, suggestion_adopted.
        units: how often or, for volunteer_hour, how many minutes, which the time bank is credited with as well.

    Returns:
        Zeros where no rule is in force.
    """
    served = units if what == "volunteer_hour" else 0
    times = units // 60 if what == "volunteer_hour" else units
    points = _POINTS_FOR.get(what, 0) * times
    if points:
        credit(person_id, POINTS, points, reason, now)
    if served:
        hours = Reason(reason.source, reason.words, reason.happened_on, f"{reason.key}:minutes")
        credit(person_id, MINUTES, served, hours, now)
    return Earned(points, served)
