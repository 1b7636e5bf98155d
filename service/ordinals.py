"""Which one of a list: 第二个, 2, 最后一个, 上面那个."""

from __future__ import annotations

import re

import cn2an

_NUMBER = re.compile(r"[0-9]+|[零一二两三四五六七八九十]+")
_LAST = ("最后", "末", "下面", "底下", "最下", "尾")
_FIRST = ("上面", "最上", "头一", "首", "前面")


def place_of(words: str, length: int) -> int | None:
    """The place, from 0, that the words point at in a list of that length; None when they point outside it."""
    back = re.search(r"倒数", words)
    if number := _NUMBER.search(words):
        if any(word in words for word in _LAST) and "倒数" not in words and "第" not in words:
            return length - 1 if length else None
        if "头一" in words:
            return 0 if length else None
        count = int(cn2an.cn2an(number.group().replace("两", "二"), "smart"))
        place = length - count if back else count - 1
        return place if 0 <= place < length else None
    if not length:
        return None
    if any(word in words for word in _LAST):
        return length - 1
    return 0 if any(word in words for word in _FIRST) else None
