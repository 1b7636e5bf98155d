"""The activities of the sample world: every title on each of its days, with people who can be there."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

_CLASSES = {
    "fit": ["正常活动"],
    "usual": ["正常活动", "适当参加"],
    "all": ["正常活动", "适当参加", "不能参加"],
}
_COPIED = (
    "title", "kind", "topics", "venue", "meeting_point", "bring", "about", "capacity", "hosts", "entries_close",
    "works", "skill", "draw", "health_note", "unfit_for", "team",
)  # fmt: skip
# Without a limit of its own, an activity is as well attended as one with so many places.
_USUAL_SIZE = 12


class Calendar:
    """Who is where when: spans of minutes from midnight today, by person."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def is_free(self, name: str, start: float, end: float) -> bool:
        """Whether a person has nothing else then."""
        return all(other_end <= start or other_start >= end for other_start, other_end in self._spans[name])

    def take(self, name: str, start: float, end: float) -> None:
        """Note that a person has something then."""
        self._spans[name].append((start, end))


def activities(
    templates: list[dict[str, Any]], people: list[dict[str, Any]], calendar: Calendar, chance: random.Random
) -> list[dict[str, Any]]:
    """An activity for each day of each template, the soonest first.

    Args:
        people: those who book, but for a template's `first`, who do so in any case.
    """
    dated = [(day, template) for template in templates for day in template["days"]]
    dated.sort(key=lambda pair: (pair[0], pair[1]["at"]))
    return [_activity(template, day, people, calendar, chance) for day, template in dated]


def _activity(
    template: dict[str, Any],
    day: int,
    people: list[dict[str, Any]],
    calendar: Calendar,
    chance: random.Random,
) -> dict[str, Any]:
    classes = _CLASSES[template.get("classes", "usual")]
    hour, minute = map(int, template["at"].split(":"))
    start = (day * 24 + hour) * 60 + minute
    end = start + 60 * template["hours"]
    size: int = template.get("capacity", _USUAL_SIZE)
    if not template.get("full"):
        size = max(1, int(size * chance.uniform(0.1, 0.35)))
    waiting = template.get("waiting", 0) if day > 0 else 0
    free = [
        person["name"]
        for person in chance.sample(people, len(people))
        if person["activity_class"] in classes and calendar.is_free(person["name"], start, end)
    ]
    # Who can do what is not drawn, so a post that needs a skill is left to those named.
    names = [*template.get("first", []), *([] if "skill" in template else free)][: size + waiting]
    booked, queue = names[: len(names) - waiting], names[len(names) - waiting :]
    for name in booked:
        calendar.take(name, start, end)
    before = template.get("closes", 0)
    over = day < 0
    came = {"came": booked[: max(1, len(booked) - 1)]} if over and template.get("settled") else {}
    return {
        **{key: template[key] for key in _COPIED if key in template},
        "starts": f"{day:+d}d {template['at']}",
        "ends": f"{day:+d}d {int(end // 60 % 24):02d}:{int(end % 60):02d}",
        **({"booking_closes": f"{day - before:+d}d 17:00"} if before else {}),
        "eligible_classes": classes,
        "public": not template.get("private", False),
        "booked": booked,
        "waiting": queue,
        "booked_at": f"{min(day - before, 0) - chance.randrange(1, 6):+d}d {chance.randrange(9, 17)}:10",
        **({**came, "state": "settled"} if came else {}),
        **({"results": template["results"]} if over and "results" in template else {}),
        **({"state": "cancelled", "cancel_reason": template["cancelled"]} if "cancelled" in template else {}),
    }
