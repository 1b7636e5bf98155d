"""How Chinese text sounds to an ear that does not tell neighbouring sounds apart.

Older speakers of Sichuan, Guangdong and Zhejiang write with pinyin and voice keyboards, and the mergers of
their own speech end up in the text: zh/z, ch/c, sh/s, n/l, f/h before u, in/ing, en/eng, an/ang. Tones are
dropped. The mergers are those described for Southwestern Mandarin, Cantonese-accented and Wu-accented
Mandarin.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_MERGERS = [
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n"), "l"),
    (re.compile(r"^hu$"), "fu"),
    (re.compile(r"^hui$"), "fei"),
    (re.compile(r"^hun$"), "fen"),
    (re.compile(r"^hu(?=[ao])"), "f"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
]


@lru_cache(maxsize=4096)
def merge(syllable: str) -> str:
    """Return the toneless `syllable` with the sounds above merged: `merge("zhang") == merge("zan")`."""
    for pattern, merged in _MERGERS:
        syllable = pattern.sub(merged, syllable)
    return syllable


@lru_cache(maxsize=16384)
def syllables(word: str) -> tuple[str, ...]:
    """Return the merged syllables of the Chinese characters in `word`, in order; other characters have none.

    The whole word is read at once, so characters with several readings get the one they have in it.
    """
    return tuple(
        merge(syllable)
        for run in _HAN.findall(word)
        for syllable in lazy_pinyin(run, style=Style.NORMAL, errors=lambda unknown: list(unknown))
    )
