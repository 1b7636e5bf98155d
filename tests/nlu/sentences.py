"""Read the sentences that models are measured with. Format and sets are described in README.md beside this file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

HELD_OUT = Path(__file__).parent / "heldout"
VALIDATION = Path(__file__).parent / "validation"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI)
_MARK = re.compile(r"\[(?P<value>[^\[\]]+)\]\((?P<entity>[a-z_]+)(?:=(?P<meaning>[^()]+))?\)")


@dataclass(frozen=True)
class Marked:
    """An entity as marked: where it stands in the plain text, and for a time perhaps what it means."""

    entity: str
    start: int
    end: int
    meaning: str | None = None


@dataclass(frozen=True)
class Sentence:
    """One sentence with what should be understood, and when it is said."""

    text: str
    intent: str
    style: str
    entities: tuple[Marked, ...]
    now: datetime = NOW


def read_sentences(folder: Path) -> list[Sentence]:
    """Return the sentences of every file in `folder`, in order."""
    sentences = []
    for path in sorted(folder.glob("*.yml")):
        intents: dict[str, list[Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for intent, items in intents.items():
            sentences += [_sentence(item, intent, path.stem) for item in items]
    return sentences


def parse_marks(marked: str) -> tuple[str, tuple[Marked, ...]]:
    """Return the plain text of an annotated sentence, and its entities with offsets in that text."""
    text = ""
    entities = []
    last = 0
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        start = len(text)
        text += mark["value"]
        entities.append(Marked(mark["entity"], start, len(text), mark["meaning"]))
        last = mark.end()
    return text + marked[last:], tuple(entities)


def _sentence(item: str | dict[str, Any], intent: str, style: str) -> Sentence:
    if isinstance(item, dict):
        now = datetime.fromisoformat(str(item["now"])).replace(tzinfo=SHANGHAI)
        text, entities = parse_marks(str(item["text"]))
        return Sentence(text, intent, style, entities, now)
    text, entities = parse_marks(str(item))
    return Sentence(text, intent, style, entities)
