"""How many and how long, in the words people use: 两袋, 两个半小时, 半个钟头."""

from __future__ import annotations

import re
import unicodedata

import cn2an

from actions.turn import Turn

_NUMBER = r"[0-9]+(?:\.[0-9]+)?|[零〇一二两俩兩三四五六七八九十百]+"
_HOURS = re.compile(
    rf"(?P<number>{_NUMBER}|半)\s*[个個]?(?P<half>半)?\s*(?:小时|小時|钟头|鐘頭|钟(?!头)|时辰)(?P<and_half>半)?"
    rf"(?:\s*(?:零|又)?\s*(?P<rest>{_NUMBER})\s*(?:分钟|分鐘|分))?"
)
_MINUTES = re.compile(rf"(?P<number>{_NUMBER})\s*(?:分钟|分鐘)")
# Not points and not hours: those are no pieces of anything.
_NO_PIECES = re.compile(r"分|积|小时|钟|点|号|元|块|%")
_MOST = 99


def minutes_in(words: str) -> int | None:
    """The length of time that the words say, in minutes; None when they say none."""
    plain = unicodedata.normalize("NFKC", words)
    if found := _HOURS.search(plain):
        minutes = 30 if found["number"] == "半" else round(60 * _value(found["number"]))
        minutes += 30 * bool(found["half"] or found["and_half"])
        return minutes + (round(_value(found["rest"])) if found["rest"] else 0)
    if found := _MINUTES.search(plain):
        return round(_value(found["number"]))
    return None


def without_hours(words: str) -> str:
    """The words without the first length of time in them."""
    return _HOURS.sub("", words, count=1) if _HOURS.search(words) else _MINUTES.sub("", words, count=1)


def bare_hours(words: str) -> int | None:
    """The minutes, when the words are no more than a number, which is then meant in hours."""
    plain = unicodedata.normalize("NFKC", words).strip(" 。,，个")
    return round(60 * _value(plain)) if re.fullmatch(_NUMBER, plain) else None


def pieces_in(turn: Turn, unit: str) -> int:
    """How many pieces the message asks for; one by default, and never more than anybody can mean."""
    said = [each for each in turn.entities("quantity") if not _NO_PIECES.search(each)]
    if not said and (found := re.search(rf"(?:{_NUMBER})\s*{re.escape(unit)}", turn.text)):
        said = [found.group()]
    number = re.search(_NUMBER, unicodedata.normalize("NFKC", said[0])) if said else None
    return min(_MOST, max(1, round(_value(number.group())))) if number else 1


def _value(number: str) -> float:
    plain = number.replace("两", "二").replace("俩", "二").replace("兩", "二").replace("〇", "零")
    return float(cn2an.cn2an(plain, "smart"))
