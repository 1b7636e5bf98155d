"""What the assistant makes of a message: act on it, ask which of two is meant, or say it did not understand.

The thresholds are those of the FallbackClassifier in config.yml and travel in the model. They reach this
module in the parse itself: when that component refuses, it puts `nlu_fallback` first in the ranking, with its
threshold as confidence. A likeliest intent at or above the threshold was then refused only because another
came too close.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Decision:
    """`intent` to act on, or `nlu_fallback`; `second` when the person is to be asked which of two is meant.

    `confidence` is that of the likeliest intent, also where it was not enough; 0.0 where there was none.
    """

    intent: str
    confidence: float
    second: str | None = None


# What has hardly a word in it (numbers, a slip of the keyboard, sighs like 呃 and 哼哼哈嘿) resembles nothing that was
# learned, and whichever intent it falls to then is chance; a few such are known well, like ok, 嗯嗯 or 好.
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]{2,}")
_SIGHS = frozenset("啊阿呵哈嘿嗨哼呃额嗯唔哦噢喔哎唉诶欸呀哟呦哇嘻嘎咦咳呜哩啦喽咯嘛呢吧吗嗒嘟咚")
# Of the sighs these alone say something by themselves: 嗯嗯, 哦, 哈哈哈.
_TELLING = frozenset("嗯唔哦噢喔哎哈嘻")
_FEW, _KNOWN_WELL = 2, 0.9


def _is_wordless(text: str) -> bool:
    """Whether `text` has hardly a word: a Chinese character other than a sigh counts as one, repeated or not."""
    return len(set(_WORD.findall(text)) - _SIGHS) < _FEW


def _is_noise(text: str) -> bool:
    """Whether `text` is nothing but sighs that say nothing, or several different ones: 呃呃, 哼哼哈嘿."""
    words = set(_WORD.findall(text))
    return bool(words) and words <= _SIGHS and (len(words) > 1 or not words <= _TELLING)


def decide(parse_data: dict[str, Any]) -> Decision:
    """Return the decision for a parse in Rasa's format (`intent`, `intent_ranking`)."""
    intent = parse_data.get("intent") or {}
    if intent.get("name") is None:
        return Decision(FALLBACK, 0.0)
    guesses = [guess for guess in parse_data.get("intent_ranking", []) if guess["name"] != FALLBACK]
    first = intent if intent["name"] != FALLBACK else next(iter(guesses), None)
    if first is None:
        return Decision(FALLBACK, 0.0)
    has_number = any(entity["entity"] == "matter_no" for entity in parse_data.get("entities") or [])
    text = str(parse_data.get("text") or "")
    if _is_noise(text):
        return Decision(FALLBACK, first["confidence"])
    if _is_wordless(text) and not has_number and first["confidence"] < _KNOWN_WELL:
        return Decision(FALLBACK, first["confidence"])
    if first is intent:
        return Decision(first["name"], first["confidence"])
    if first["confidence"] < intent["confidence"] or len(guesses) < 2:
        return Decision(FALLBACK, first["confidence"])
    return Decision(first["name"], first["confidence"], guesses[1]["name"])
