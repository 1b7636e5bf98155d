"""Which choice of a question an answer in words means: B, 选乙, 第二个, or the choice's own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from service.messages.buttons import is_which_one
from service.ordinals import place_of

LETTERS = "ABCD"
_STEMS = "甲乙丙丁"
_BEFORE = re.compile(
    r"^(?:那就|就|嗯|呃|我想|我觉得|我认为|我猜|应该|可能|答案)*(?:我)?(?:选择?|答|填|要|是|应该是|就是|点)?(?:的是|是)?"
)
_AFTER = re.compile(r"(?:那?一?(?:个|项|条)|选项|这个)?(?:吧|嘛|呢|啊|呀|了|对|正确|没错)*$")
_TRUE, _FALSE = ("对", "正确", "是", "是的", "对的", "没错"), ("错", "错误", "不对", "不是", "不正确", "错的")
_LEAST = 2


def choice_of(words: str, choices: Sequence[str]) -> int | None:
    """The place of the choice, from 0, that the words mean; None when they mean none of them, or more than one."""
    said = _bare(words)
    held = [_bare(choice) for choice in choices]
    if not said:
        return None
    for way in (said, _stripped(said)):
        if way in held:
            return held.index(way)
        if (place := _by_sign(way, len(choices))) is not None:
            return place
    if is_which_one(words):
        return place_of(words, len(choices))
    return _judged(said, held) if len(held) == 2 else _part(_stripped(said), held)


def _by_sign(said: str, length: int) -> int | None:
    """By letter or stem: b, 乙."""
    for signs in (LETTERS.lower(), _STEMS):
        if len(said) == 1 and said in signs[:length]:
            return signs.index(said)
    return None


def _judged(said: str, held: list[str]) -> int | None:
    """Right or wrong, however it is put; of other two choices the one of whose words enough was said."""
    for same in (_TRUE, _FALSE):
        if _stripped(said) in same or said in same:
            return next((place for place, choice in enumerate(held) if choice in same), None)
    return _part(_stripped(said), held)


def _part(said: str, held: list[str]) -> int | None:
    """The only choice that at least half of was said, at its beginning or end."""
    fits = [
        place
        for place, choice in enumerate(held)
        if len(said) >= _LEAST
        and 2 * len(said) >= len(choice)
        and (choice.startswith(said) or choice.endswith(said))
    ]
    return fits[0] if len(fits) == 1 else None


def _stripped(said: str) -> str:
    without = _BEFORE.sub("", said, count=1)
    return _AFTER.sub("", without, count=1) or said


def _bare(words: str) -> str:
    normal = unicodedata.normalize("NFKC", words).lower()
    return "".join(char for char in normal if unicodedata.category(char)[0] in "LN")
