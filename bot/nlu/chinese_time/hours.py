"""Times of day: 下午三点半, 早上, 上午九点到十一点, 差五分九点."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.nlu.chinese_time.lexicon import DAY_PARTS, PART_OF_WORD, SHORT_PARTS, any_of
from bot.nlu.chinese_time.numerals import NUMBER, number
from bot.nlu.chinese_time.spans import Grain, Span

TO = r"\s?(?:一直到|直到|到|至|-|—{1,2}|–|~|～|－)\s?"

_TO = re.compile(TO)
_PART = re.compile(
    any_of(PART_OF_WORD)
    + r"(?!好(?!多|几|像|冷|热|吵|黑|难|容|久|些)|[号耗茶安饭恋]|(?<=晚上)[课堂]|(?<=一早)上)"
)
_SHORT_PART = re.compile(rf"(?:[早晨晚夜](?!一点(?![钟半整]))(?=\s?{NUMBER}[点时:]))")
_SHORT_PART_AFTER_DAY = re.compile(r"[早晨晚夜](?![点会报饭餐些婚年安课班市场归校晚])")
_ABOUT = re.compile(r"(?:\s|的|,|，|大概|大约|差不多|约莫){0,3}")
_COLON = re.compile(r"(?P<hour>\d{1,2})\s?:\s?(?P<minute>\d{2})(?::\d{2})?(?![\d:])")
_LACKING = re.compile(rf"(?:差|欠|缺)(?P<minutes>一刻钟?|{NUMBER}分钟?)(?:就|到)?(?P<hour>{NUMBER})点钟?")
_MINUTE = r"[零〇][一二三四五六七八九]|[二两三四五]?十[一二三四五六七八九]?|\d{2}"
_CLOCK = re.compile(
    rf"(?P<hour>{NUMBER})\s?(?P<unit>点|(?<![一零])时(?![候间段代机刻常期尚光装效事速节局而不令辰]))"
    rf"(?:\s?(?P<tail>钟头?|整(?![个体天])|正(?![月常在式好])|半钟?|[一三]刻|过?(?:[零〇一二两三四五六七八九十]{{1,3}}|\d{{1,2}})分(?![之钟])"
    rf"|差(?:一刻|{NUMBER}分)|过一刻|(?:{_MINUTE})(?![\d一二三四五六七八九十百个元块平亩米斤%])"
    r"|(?:来|把|多)钟))?"
)
_HOUR_OF_RANGE = re.compile(rf"(?P<hour>{NUMBER})(?={TO}{NUMBER}\s?[点时:])")
_NEIGHBOURS = re.compile(r"(?P<first>[一二两三四五六七八九十])(?P<second>[二两三四五六七八九])(?=点)")

# 三点建议 is three suggestions. A bare number before 点 is an hour unless one of these is beside it.
_POINTS_AFTER = re.compile(
    r"\s?(?:建|意[见义思]|想法|要求|希望|看法|问题|体会|好处|原因|感[受想谢]|心[得意]|说明|理由|疑|反映|内容|方面|东西|小|个|儿|不|也不"
    r"|共|补充|期望|经验|做法|措施|不足|诉求|困难|线|以[上下]|成|收获|启|教训|思考|认识|积|忙|力|钱|都[不没]|用|水|油|盐|事|错"
    r"|[0-9零〇一二两三四五六七八九十])"
)
_SCHOOL = re.compile(r"课堂|学校|班")  # 四点半课堂 is a class after school
# 一点 is "a little" far more often than one o'clock: 慢一点, 会一点, 一点都不.
_ONE_BEFORE = re.compile(r"(?:^|[，。、,\s从在到至等约是就和跟])$")
_ONE_AFTER = re.compile(r"$|[，。、,]|开[会始门]|集合|出发|见|[来去到]|[之以]?[前后]")
_LASTING = re.compile(r"[一整半个大]$")  # 一上午, 一个下午: how long, not when
_POINTS_BEFORE = re.compile(
    r"(?:[提谈讲充下第那有共列这差早晚快慢多少大高好点重地低]|百分之|反映|建议|补充)$"
)


@dataclass(frozen=True)
class Hours:
    """A time of day in minutes from midnight, possibly past 1440; start == end is an instant."""

    start: int
    end: int
    grain: Grain

    @property
    def exact(self) -> bool:
        """Whether it is one clock time."""
        return self.start == self.end

    def on(self, days: Span) -> Span:
        """Return the time of day on these days: from the first of them to the last."""
        last = days.start if self.exact else max(days.start, days.end - timedelta(days=1))
        return Span(_at(days.start, self.start), _at(last, self.end), self.grain)


class HoursRead(NamedTuple):
    """A time of day read from a text up to `end`; `hours` is None when no such time exists (25点)."""

    end: int
    hours: Hours | None


class _Clock(NamedTuple):
    end: int
    hour: int | None
    minute: int
    bare: bool  # nothing but a number and 点
    literal: bool = False  # written as 03:30: no guess about the afternoon


def _at(day: datetime, minutes: int) -> datetime:
    return day + timedelta(minutes=minutes)


def read_hours(text: str, start: int, dated: bool) -> HoursRead | None:
    """Read a time of day at `start`, or return None.

    `dated` tells that a day stands right before it: then 三点 needs no evidence; 早 or 晚 may stand alone.
    """
    part, at = _read_part(text, start, dated)
    begin = _ABOUT.match(text, at).end() if part else at  # type: ignore[union-attr]
    clock = _read_clock(text, begin)
    if clock is None:
        return (
            None
            if not part or (not dated and _LASTING.search(text[max(0, start - 1) : start]))
            else _read_part_range(text, at, part)
        )
    read = _read_neighbours(text, begin, part) or _read_until(text, clock, part)
    if (
        not part
        and not dated
        and (_SCHOOL.match(text, read.end) or (clock.bare and _counts_points(text, start, read.end)))
    ):
        return None
    return read


def _read_part(text: str, start: int, dated: bool) -> tuple[str | None, int]:
    if found := _PART.match(text, start):
        closer = _PART.match(text, found.end())  # 晚上睡觉前
        return PART_OF_WORD[(closer or found).group()], (closer or found).end()
    short = _SHORT_PART.match(text, start) or (_SHORT_PART_AFTER_DAY.match(text, start) if dated else None)
    if short is None:
        return None, start
    closer = _PART.match(text, short.end())  # 每晚睡觉前
    return (
        (PART_OF_WORD[closer.group()], closer.end()) if closer else (SHORT_PARTS[short.group()], short.end())
    )


def _read_part_range(text: str, at: int, part: str) -> HoursRead:
    """Read 上午 or 上午到下午."""
    (first, last), _ = DAY_PARTS[part]
    if (to := _TO.match(text, at)) and (found := _PART.match(text, to.end())):
        (_, last), _ = DAY_PARTS[PART_OF_WORD[found.group()]]
        at = found.end()
    return HoursRead(at, Hours(round(first * 60), round(last * 60), "hour") if first < last else None)


def _read_neighbours(text: str, at: int, part: str | None) -> HoursRead | None:
    """Read 七八点: from seven to eight."""
    if not (found := _NEIGHBOURS.match(text, at)):
        return None
    first, second = number(found["first"]), _read_clock(text, found.end() - 1)
    if first is None or second is None or second.hour != first + 1:
        return None
    return _range(
        second.end, _minutes(second._replace(hour=first, minute=0), part), _minutes(second, part), part
    )


def _read_until(text: str, first: _Clock, part: str | None) -> HoursRead:
    """Read 到十一点 after a clock time; the part of the day is that of the first unless another is said."""
    start = _minutes(first, part)
    if to := _TO.match(text, first.end):
        named, begin = _read_part(text, to.end(), dated=False)
        if last := _read_clock(text, begin):
            return _range(last.end, start, _minutes(last, named or part), named)
    return HoursRead(first.end, None if start is None else Hours(start, start, "minute"))


def _range(end: int, first: int | None, last: int | None, named: str | None) -> HoursRead:
    if first is None or last is None:
        return HoursRead(end, None)
    while last <= first:
        last += 12 * 60 if named is None and last + 12 * 60 > first else 24 * 60
    return HoursRead(end, Hours(first, last, "minute"))


def _read_clock(text: str, at: int) -> _Clock | None:
    if found := _COLON.match(text, at):
        written = found["hour"]
        return _Clock(found.end(), int(written), int(found["minute"]), False, written.startswith("0"))
    if found := _LACKING.match(text, at):
        return _before(found.end(), number(found["hour"]), _count_minutes(found["minutes"]))
    if found := _CLOCK.match(text, at):
        return _read_tail(found)
    if found := _HOUR_OF_RANGE.match(text, at):  # 九到十一点
        return _Clock(found.end(), number(found["hour"]), 0, bare=True)
    return None


def _read_tail(found: re.Match[str]) -> _Clock:
    hour, tail = number(found["hour"]), found["tail"] or ""
    bare = not tail and found["unit"] == "点"
    if tail.startswith("差"):
        return _before(found.end(), hour, _count_minutes(tail[1:]))
    minute = {"半": 30, "半钟": 30, "一刻": 15, "过一刻": 15, "三刻": 45}.get(tail)
    if minute is None:
        digits = tail.removeprefix("过").removesuffix("分")
        minute = number(digits) if digits and digits[0] in "零〇一二两三四五六七八九十0123456789" else 0
    return _Clock(found.end(), hour if minute is not None else None, minute or 0, bare)


def _count_minutes(text: str) -> int | None:
    return 15 if text.startswith("一刻") else number(text.removesuffix("钟").removesuffix("分"))


def _before(end: int, hour: int | None, minutes: int | None) -> _Clock:
    if not hour or not minutes or minutes > 59:
        return _Clock(end, None, 0, False)
    return _Clock(end, hour - 1, 60 - minutes, False)


def _minutes(clock: _Clock, part: str | None) -> int | None:
    """Return minutes from midnight of the hour that is meant, or None if there is no such hour."""
    hour = clock.hour
    if hour is None or hour > 24 or clock.minute > 59 or (hour == 24 and clock.minute):
        return None
    if hour <= 12 and not clock.literal:
        hour = _hour_in_part(hour, part)
    return hour * 60 + clock.minute


def _hour_in_part(hour: int, part: str | None) -> int:
    """Return the hour on the 24-hour clock; past 24 it belongs to the night after.

    Without a part of the day, one to six is the afternoon and seven to eleven the morning: the waking hours.
    """
    if part is None:
        return hour + 12 if 1 <= hour <= 6 else hour
    if part == "small hours":
        return hour % 12
    if part in ("morning", "forenoon", "after breakfast"):
        return hour
    if part == "noon":
        return hour + 12 if hour <= 3 else hour
    if part in ("evening", "night", "after supper"):
        if hour == 12 or hour <= (5 if part == "night" else 4):
            return hour % 12 + 24  # the small hours of the night that this evening begins
        return hour + 12
    return hour + 12 if hour < 12 else hour


def _counts_points(text: str, start: int, end: int) -> bool:
    """Tell whether a bare 三点 counts points of a talk rather than hours."""
    before = text[max(0, start - 3) : start]
    if text.startswith("一点", start) and not (_ONE_BEFORE.search(before) and _ONE_AFTER.match(text, end)):
        return True
    return bool(_POINTS_AFTER.match(text, end) or _POINTS_BEFORE.search(before))
