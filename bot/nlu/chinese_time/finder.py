"""Go through a text from left to right and mark its times."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.nlu.chinese_time.lexicon import (
    DAY_OFFSETS,
    FESTIVAL_OF_WORD,
    PART_OF_WORD,
    RELATIVE_YEARS,
    SHIFTS,
    SHORT_PARTS,
)
from bot.nlu.chinese_time.numerals import NUMERAL_CHARACTERS
from bot.nlu.chinese_time.phrases import Phrase, read_in_context, read_joined, read_phrase
from bot.nlu.chinese_time.slips import mend
from bot.nlu.chinese_time.spans import Context
from bot.nlu.normalise import normalise

SHANGHAI = ZoneInfo("Asia/Shanghai")


class TimeMatch(NamedTuple):
    """A time in a text.

    `start` and `end` are code points. `resolved` has `start` and `end` (Asia/Shanghai time to the minute,
    half-open; equal for a clock time), `grain` (minute, hour, day, week, month, year), and for a recurrence
    `rrule` (RFC 5545), its first occurrence after now being `start`.
    """

    start: int
    end: int
    resolved: dict[str, str]


# No time begins with any other character; most characters of a message need no closer look.
_FIRST_CHARACTERS = NUMERAL_CHARACTERS | set(
    "每隔逢周星礼拜双工上班天日初农阴古旧老夏闰正冬腊元大年月中下第最再过近未今接往将这那本头差欠缺春秋暑寒开"
).union(
    word[0]
    for words in (DAY_OFFSETS, RELATIVE_YEARS, SHIFTS, PART_OF_WORD, SHORT_PARTS, FESTIVAL_OF_WORD)
    for word in words
)
_JOINED = re.compile(r"\s?(?:和|跟|与|及|以及|或者?|还是|要么|、|，|,|还有|再|或者是)\s?")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_SAME_SENTENCE = 12  # code points between a day and the hour that belongs to it: 明天能不能下午三点来

# Characters that make something else of the one after them: 目前天气, 以后天天, 早上周三, 证明天.
_OTHER_WORD_BEFORE = {
    "前": "目以之眼年月日期饭午节此从先提空当生", "后": "以之然今随饭午最日年月期先前",
    "上": "晚早以加楼马路网身车赶遇", "下": "楼乡地",
    "今": "如当至而现", "明": "证声聪黎清透光", "年": "今明去前后几多些每当往常近年青成少老",
    "月": "个蜜岁", "来": "十百千几二三四五六七八九后", "本": "基根日书", "过": "通不经超", "近": "附靠走接",
}  # fmt: skip
_ADDRESS_BEFORE = re.compile(r"(?:[路街巷弄栋楼]|[大小]道|街道)$")


def find_times(text: str, now: datetime) -> list[TimeMatch]:
    """Return the times in `text`, left to right, not overlapping, each as long as a person would mark it.

    `now` is aware; what is said relative to it is counted in Asia/Shanghai. Raises ValueError if it is naive.
    """
    if now.utcoffset() is None:
        raise ValueError("now must be aware of its time zone")
    local = now.astimezone(SHANGHAI).replace(tzinfo=None)
    plain, ctx = mend(normalise(text)), Context(local, local)
    matches: list[TimeMatch] = []
    before: Phrase | None = None
    at = since = 0
    while at < len(plain):
        begins = plain[at] in _FIRST_CHARACTERS and not _belongs_to_another_word(plain, at, since)
        phrase = _read(plain, at, since, ctx, before) if begins else None
        if phrase is None:
            at += 1
            continue
        if phrase.span:
            matches.append(TimeMatch(at, phrase.end, _resolved(phrase)))
        before = phrase if phrase.span else None
        at = since = phrase.end
    return matches


def _read(text: str, at: int, since: int, ctx: Context, before: Phrase | None) -> Phrase | None:
    """Read a phrase at `at`, given the one before, which ended at `since`."""
    try:
        if before and at - since <= _SAME_SENTENCE:
            if _JOINED.fullmatch(text, since, at):
                return read_joined(text, at, ctx, before)
            if before.days and before.days.end > ctx.now and not _SENTENCE_END.search(text, since, at):
                return read_in_context(text, at, ctx, before)
        return read_phrase(text, at, ctx)
    except (OverflowError, ValueError):  # beyond the years that datetime knows
        return None


def _belongs_to_another_word(text: str, at: int, since: int) -> bool:
    here, previous = text[at], text[at - 1] if at else ""
    if not previous or at == since:
        return False
    if here in NUMERAL_CHARACTERS:
        if (
            previous in NUMERAL_CHARACTERS
            or previous in ".:-/第"
            or (here.isdecimal() and previous.isascii() and previous.isalnum())
        ):
            return True
        if previous in "选投给勾撑持票":  # number three on the ballot
            return True
        return bool(_ADDRESS_BEFORE.search(text, max(0, at - 2), at))
    if (
        text.startswith("下下", at) and previous in "睇看查问一试听讲念等"
    ):  # 看下下周: have a look at next week
        return True
    return previous in _OTHER_WORD_BEFORE.get(here, "")


def _resolved(phrase: Phrase) -> dict[str, str]:
    assert phrase.span is not None
    start, end, grain = phrase.span
    resolved = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}", "grain": str(grain)}
    return resolved | {"rrule": phrase.rrule} if phrase.rrule else resolved
