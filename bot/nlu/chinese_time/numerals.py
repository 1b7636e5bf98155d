"""Numbers as they are said in dates: 五, 十五, 廿三, 一百二十, 15."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"

# A number inside a pattern. It is wider than what is valid on purpose: 25点 must be read whole and refused,
# rather than have 5点 found in it.
NUMBER = r"(?:[0-9]{1,4}|[零〇一二两俩三四五六七八九十廿卅百]{1,5})"

NUMERAL_CHARACTERS = frozenset("0123456789零〇一二两俩三四五六七八九十百千万亿廿卅半几")

_SAME = str.maketrans({"〇": "零", "两": "二", "俩": "二", "廿": "二十", "卅": "三十"})


def _spell(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    tens, units = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and units:
        text += "零"
    return text + (_DIGITS[units] if units else "")


_VALUES = {"零": 0} | {_spell(value): value for value in range(1, 1000)}
_VALUES |= {f"零{_DIGITS[value]}": value for value in range(1, 10)}  # 三点零五
_VALUES |= {f"一十{_spell(value)}": 10 + value for value in range(10)} | {"一十": 10}
_VALUES["百"] = 100


def number(text: str) -> int | None:
    """Return the number that `text` spells in digits or characters (up to 999), or None if it spells none."""
    return int(text) if text.isdecimal() else _VALUES.get(text.translate(_SAME))


def year_number(text: str) -> int:
    """Return the year that four digits or characters spell one by one: 2026, 二〇二六, 二零二六."""
    return int(
        "".join(
            character if character.isdecimal() else str(_DIGITS.index(character.translate(_SAME)))
            for character in text
        )
    )
