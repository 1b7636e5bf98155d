"""Weeks and weekdays: 周三, 下周三, 这个礼拜天, 上周, 周末, 周一到周五. Weeks begin on Monday."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.nlu.chinese_time.hours import TO
from bot.nlu.chinese_time.lexicon import SHIFTS, SURNAMES, TITLES, WEEKDAYS, any_of
from bot.nlu.chinese_time.numerals import number
from bot.nlu.chinese_time.spans import (
    Context,
    Dates,
    Span,
    day_span,
    days_between,
    monday_of,
    month_start,
    week_span,
)

UNIT = r"(?:周|星期|礼拜)"
_SHIFTED = re.compile(
    rf"(?P<shift>{any_of(SHIFTS)})(?:个)?\s?(?:{UNIT}(?:的?{UNIT})?|拜(?=[一二三四五六日天]))(?![年岁转])"
)
_BARE = re.compile(
    rf"(?:{UNIT}|拜(?=[一二三四五六日天](?:[早晚上下中]|\d|[一二两三四五六七八九十]+点)))\s?(?=[一二三四五六日天末])"
)
# What makes 三 in 每周三次 a count, and 二 in 周二楼 part of something else.
_COUNTED = re.compile(r"[次回遍趟]|天(?![气黑亮冷热天])|个|小时|场次|[多来]次")
_NOT_LISTED = re.compile(r"\s?(?:[点时十号日月楼栋年个位人次天组班场回遍趟元块刻]|大早)")
_WEEKDAY = re.compile(r"[一二三四五六日天]")
_LATER = re.compile(
    rf"(?P<to>{TO})?(?P<comma>[、,，\s/]|和|跟|与|及|同)?(?P<unit>{UNIT})?\s?(?P<day>[一二三四五六日天])"
)
_ORDINAL = re.compile(rf"(?:第(?P<nth>[一二三四1-4])|(?P<last>最后一?))个?{UNIT}(?P<day>[一二三四五六日天])")
_SOMEONE = re.compile(rf"(?P<character>[\u4e00-\u9fff]){TITLES}")
_AGAIN = re.compile(rf"\s?[（(,，]?{UNIT}(?P<day>[一二三四五六日天])[）)]?")
_BOTH = ("双休日", "礼拜六礼拜天", "周六周日", "星期六星期天", "星期六星期日")
_WEEKEND = re.compile(any_of(_BOTH))


def read_week(text: str, at: int, ctx: Context) -> Dates | None:
    """Read a week or the weekdays of one at `at`, or return None."""
    if found := _WEEKEND.match(text, at):
        return Dates(found.end(), _coming((5, 6), ctx), (5, 6))
    if found := _SHIFTED.match(text, at):
        monday = monday_of(ctx.now.date()) + timedelta(weeks=SHIFTS[found["shift"]])
        end, weekdays = read_weekdays(text, found.end(), listed=False)
        if not weekdays:
            return Dates(found.end(), (week_span(monday),))
        return Dates(end, (_in_week(monday, weekdays),))
    if found := _BARE.match(text, at):
        end, weekdays = read_weekdays(text, found.end(), listed=True)
        if weekdays and not _names_a_person(text, end):
            return Dates(end, _coming(weekdays, ctx), weekdays)
    return None


def read_weekdays(text: str, at: int, listed: bool) -> tuple[int, tuple[int, ...]]:
    """Read 三, 二四, 一到五 or 末 after 周; return where they end and the weekdays, if there are any.

    `listed` allows 二和周四 to be one list.
    """
    if text.startswith("末", at):
        return at + 1, (5, 6)
    if not (found := _WEEKDAY.match(text, at)) or _COUNTED.match(text, found.end()):
        return at, ()
    end, days = found.end(), [WEEKDAYS[found.group()]]
    while len(days) < 7 and (later := _LATER.match(text, end)):
        day = WEEKDAYS[later["day"]]
        beside = not (later["to"] or later["comma"] or later["unit"])
        if day <= days[-1] or (beside and later["day"] == "天") or _NOT_LISTED.match(text, later.end()):
            break
        if later["to"]:
            days.extend(range(days[-1] + 1, day + 1))
        elif later["unit"] and not listed:
            break
        else:
            days.append(day)
        end = later.end()
    return end, tuple(days)


def read_ordinal_weekday(text: str, at: int) -> tuple[int, int, int] | None:
    """Read 第一个周三 or 最后一个星期五: return where it ends, which one (-1 the last), and the weekday."""
    if not (found := _ORDINAL.match(text, at)):
        return None
    which = -1 if found["last"] else number(found["nth"]) or 1
    return found.end(), which, WEEKDAYS[found["day"]]


def ordinal_weekday(year: int, month: int, which: int, weekday: int) -> Span:
    """Return that weekday of a month; -1 is the last of the month."""
    first = month_start(year, month)
    if which < 0:
        last = month_start(year, month + 1) - timedelta(days=1)
        return day_span(last - timedelta(days=(last.weekday() - weekday) % 7))
    return day_span(first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1)))


def agrees(text: str, at: int, days: Span) -> int | None:
    """Return where the same weekday, said after its date (12月5日（星期六）), ends, or None."""
    found = _AGAIN.match(text, at)
    if (
        found
        and days.end - days.start == timedelta(days=1)
        and days.start.weekday() == WEEKDAYS[found["day"]]
    ):
        return found.end()
    return None


def _in_week(monday: date, weekdays: tuple[int, ...]) -> Span:
    return days_between(monday + timedelta(days=weekdays[0]), monday + timedelta(days=weekdays[-1] + 1))


def _coming(weekdays: tuple[int, ...], ctx: Context) -> tuple[Span, ...]:
    monday = monday_of(ctx.base.date())
    return tuple(_in_week(monday + timedelta(weeks=weeks), weekdays) for weeks in range(3))


def _names_a_person(text: str, end: int) -> bool:
    """Tell whether 周一 begins a name: 周一民同志, but not 周一王老师."""
    found = _SOMEONE.match(text, end)
    return bool(found and found["character"] not in SURNAMES)
