"""The wording: responses in Rasa's format under wording/, read by every sender."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from service.settings import ROOT

FOLDER = ROOT / "wording"


@dataclass(frozen=True)
class Button:
    """A button: the words on it and the Rasa payload that pressing it means."""

    title: str
    payload: str


@dataclass(frozen=True)
class Utterance:
    """One message to a person, ready to be sent."""

    text: str
    buttons: list[Button] = field(default_factory=list)


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """Every response by its key, read once a process from all files under wording/."""
    found: dict[str, list[dict[str, Any]]] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(FOLDER.glob("*.yml")):
        found.update(yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["responses"])
    return found


def say(key: str, **parameters: Any) -> Utterance:
    """The response of that key with its {parameters} filled in.

    Raises:
        KeyError: no such response, or a parameter that it needs is missing.
    """
    variation = responses()[key][0]
    buttons = [
        Button(button["title"].format(**parameters), button["payload"].format(**parameters))
        for button in variation.get("buttons", [])
    ]
    # A piece left empty at the end leaves no empty line behind.
    return Utterance(variation["text"].format(**parameters).strip(), buttons)


@lru_cache(maxsize=1)
def equivalents() -> dict[str, frozenset[str]]:
    """By the words on a button, the everyday words that stand for it while it is shown.

    They are `also` of a button in the wording, or of a phrase that the code puts on one.
    """
    found: dict[str, set[str]] = {}
    for (variation,) in responses().values():
        named = [(variation["text"], variation), *((b["title"], b) for b in variation.get("buttons", []))]
        for title, button in named:
            found.setdefault(title, set()).update(map(str, button.get("also", [])))
    return {title: frozenset(words) for title, words in found.items() if words}


def phrase(key: str, **parameters: Any) -> str:
    """The text alone of a response, for a piece of a longer sentence."""
    return say(key, **parameters).text
