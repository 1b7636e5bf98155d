"""Fold the many ways of writing one character into one, without moving any character.

Full-width letters and digits become ASCII (NFKC), Traditional characters become Simplified (OpenCC `t2s`),
capitals become small. The result has exactly as many code points as the input, so an offset found in the
normalised text is an offset of what the person wrote.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from opencc import OpenCC


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cs"):
        return " "  # control characters and lone surrogates mean nothing, and OpenCC refuses the latter
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


def normalise(text: str) -> str:
    """Return `text` folded as described above; `len(normalise(text)) == len(text)` always holds."""
    folded = "".join(map(_fold, text))
    if folded.isascii():
        return folded
    simplifier = _simplifier()
    simplified = simplifier.convert(folded)
    if len(simplified) == len(folded):
        return simplified
    # A phrase rule changed the length. Character by character the choice is poorer, but offsets hold.
    singles = (simplifier.convert(character) for character in folded)
    return "".join(new if len(new) == 1 else old for new, old in zip(singles, folded, strict=True))
