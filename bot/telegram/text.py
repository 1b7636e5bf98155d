"""Long texts: cut where a sentence ends, into as many messages as Telegram needs."""

from __future__ import annotations

MESSAGE, CAPTION = 4096, 1024
# The best places to cut first. Each stays with the part it ends.
_ENDS = ("\n\n", "\n", "。！？!?；;…", "，、,：: ")


def units(text: str) -> int:
    """Length as Telegram counts it: characters outside the basic plane count twice."""
    return len(text) + sum(char > "\uffff" for char in text)


def parts(text: str, limit: int = MESSAGE) -> list[str]:
    """The text in parts of at most `limit` units; together they say all of it."""
    found = []
    rest = text
    while units(rest) > limit:
        end = _fitting(rest, limit)
        cut = next((place for marks in _ENDS if (place := _last(rest[:end], marks)) > end // 2), end)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest or not found else found


def _fitting(text: str, limit: int) -> int:
    """How many characters from the start fit."""
    size = 0
    for place, char in enumerate(text):
        size += 2 if char > "\uffff" else 1
        if size > limit:
            return place
    return len(text)


def _last(text: str, marks: str) -> int:
    """The place after the last of these marks; a line break is looked for as it stands."""
    if marks.startswith("\n"):
        return text.rfind(marks) + len(marks) if marks in text else 0
    return max((text.rfind(mark) + 1 for mark in marks), default=0)
