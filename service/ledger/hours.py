"""Hours in words."""

from __future__ import annotations


def hours_words(minutes: int) -> str:
    """Minutes as people say them: 2小时, 1小时30分钟, 30分钟, 0小时."""
    hours, rest = divmod(minutes, 60)
    if rest and not hours:
        return f"{rest}分钟"
    return f"{hours}小时" + (f"{rest}分钟" if rest else "")
