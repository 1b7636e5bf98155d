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


# What has hardly a Chinese character in it (numbers, a slip of the keyboard, 呃) resembles nothing that was learned, and
# whichever intent it falls to then is chance; a few such are known well, like ok or 好.
_HAN = re.compile(r"[\u3400-\u9fff]")
_FEW, _KNOWN_WELL = 2, 0.9


def decide(parse_data: dict[str, Any]) -> Decision:
    """Return the decision for a parse in Rasa's format (`intent`, `intent_ranking`)."""
    intent = parse_data.get("intent") or {}
    if intent.get("name") is None:
        return Decision(FALLBACK, 0.0)
    if intent["name"] != FALLBACK:
        is_wordless = len(_HAN.findall(str(parse_data.get("text") or ""))) < _FEW
        has_number = any(entity["entity"] == "matter_no" for entity in parse_data.get("entities") or [])
        if is_wordless and not has_number and intent["confidence"] < _KNOWN_WELL:
            return Decision(FALLBACK, intent["confidence"])
        return Decision(intent["name"], intent["confidence"])
    guesses = [guess for guess in parse_data.get("intent_ranking", []) if guess["name"] != FALLBACK]
    if not guesses:
        return Decision(FALLBACK, 0.0)
    first = guesses[0]
    if first["confidence"] < intent["confidence"] or len(guesses) < 2:
        return Decision(FALLBACK, first["confidence"])
    return Decision(first["name"], first["confidence"], guesses[1]["name"])
