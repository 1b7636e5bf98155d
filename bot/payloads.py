"""Rasa payloads, /intent{"entity": "value"}: what our own buttons mean, never what anybody typed."""

from __future__ import annotations

import json
import re
from typing import Any

_PAYLOAD = re.compile(r"/(?P<intent>\w+)(?P<entities>\{.*\})?", re.DOTALL)


def parse_data_of(payload: str, words: str) -> dict[str, Any]:
    """What pressing a button means, as Rasa would have parsed it.

    Args:
        payload: the button's payload.
        words: what stands on the button, kept as the text of the message.

    Raises:
        ValueError: not a payload.
    """
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        raise ValueError("not a payload")
    entities = json.loads(found["entities"] or "{}")
    return {
        "text": words,
        "intent": {"name": found["intent"], "confidence": 1.0},
        "entities": [
            {"entity": name, "value": value, "start": 0, "end": 0} for name, value in entities.items()
        ],
    }
