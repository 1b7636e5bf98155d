"""The suggestions of the sample world: each with its seconders and as much of its way as it has behind it."""

from __future__ import annotations

import random
from typing import Any

_FIRST = "陈秀兰"
_FRESH, _APART = 3, 4


def suggestions(
    templates: list[dict[str, Any]], people: list[dict[str, Any]], chance: random.Random
) -> list[dict[str, Any]]:
    """The suggestions; the first is 陈秀兰's, so that whoever tries the assistant as her has one on its way.

    Args:
        people: those who propose and second, each by name.
    """
    names = [person["name"] for person in people if person["name"] != _FIRST]
    authors = [_FIRST, *chance.sample(names, len(templates) - 1)]
    return [
        _suggestion(template, author, _FRESH + _APART * number + 30 * (template["so_far"] > 0), names, chance)
        for number, (template, author) in enumerate(zip(templates, authors, strict=True))
    ]


def _suggestion(
    template: dict[str, Any], author: str, days: int, names: list[str], chance: random.Random
) -> dict[str, Any]:
    seconding = chance.sample([name for name in names if name != author], template["seconds"])
    return {
        "person": author,
        "words": template["words"],
        "when": f"-{days}d 10:20",
        "unnamed": template.get("unnamed", False),
        "campaign": template.get("campaign", ""),
        "seconded": seconding,
        "path": _path(template, days)[: template["so_far"]],
    }


def _path(template: dict[str, Any], days: int) -> list[dict[str, Any]]:
    """The steps of a suggestion handed in so many days ago; one that is overdue was due a week ago."""
    due = "-7d" if template.get("overdue") else "+10d"
    return [
        {"step": "转办", "unit": template.get("unit", ""), "due": due, "when": f"-{days - 1}d 9:30"},
        {"step": "办理", "when": f"-{days - 3}d 15:00"},
        {"step": "答复", "words": template.get("reply", ""), "when": f"-{days - 12}d 10:00"},
        {
            "step": template.get("decision", "采纳"),
            "words": template.get("decided", ""),
            "when": f"-{days - 15}d 16:00",
        },
        {"step": "成果", "words": template.get("outcome", ""), "when": f"-{days - 28}d 9:00"},
    ]
