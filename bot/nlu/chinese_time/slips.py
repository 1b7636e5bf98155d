"""Put right what pinyin and voice keyboards commonly get wrong in times, character for character."""

from __future__ import annotations

import re

from bot.nlu.chinese_time.lexicon import SLIPS

_RULES = [(wrong, right, re.compile(before + wrong + after)) for before, wrong, right, after in SLIPS]


def mend(text: str) -> str:
    """Return `text` (normalised) with 下州三 as 下周三 and the like; its length never changes."""
    for wrong, right, pattern in _RULES:
        if wrong in text:
            text = pattern.sub(right, text)
    return text
