"""Recurrences as people say them: 每天早上八点, 每周二四下午三点, 每月15号, 工作日, 隔天."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.nlu.chinese_time.days import read_day
from bot.nlu.chinese_time.hours import Hours, HoursRead, read_hours
from bot.nlu.chinese_time.numerals import NUMBER, number
from bot.nlu.chinese_time.rules import Recurrence, Rule
from bot.nlu.chinese_time.spans import (
    Context,
    Span,
    month_day,
)
from bot.nlu.chinese_time.weeks import UNIT, read_ordinal_weekday, read_week, read_weekdays

_FREQUENCIES = {
    "天": "DAILY", "日": "DAILY", "周": "WEEKLY", "星期": "WEEKLY", "礼拜": "WEEKLY", "月": "MONTHLY",
    "季度": "MONTHLY", "年": "YEARLY", "小时": "HOURLY", "钟头": "HOURLY",
}  # fmt: skip
_EVERY = re.compile(
    rf"(?:每(?P<skip>隔)?|(?P<alternate>(?<![间相])隔))(?P<count>半|{NUMBER})??(?:个)?"
    r"(?P<unit>天|日(?!一[题练课])|周(?![年岁])|星期|礼拜|月(?!饼)|季度|年(?!级)|小时|钟头)"
)
_EACH_DAY_AGAIN = re.compile(r"\s?的?(?:每天|每日|天天)")
_EACH_PART = re.compile(r"每个?(?=早|晚|上午|下午|中午|傍晚|夜)")
_WORKDAYS = re.compile(r"(?:每个?|逢)?(?:工作日|上班日)(?!志)")
_ON = re.compile(rf"(?:每逢|每到|逢|每个)的?{UNIT}\s?(?=[一二三四五六日天末])")
_AGAIN_UNIT = re.compile(rf"的?{UNIT}(?=[一二三四五六日天末])")
_MONTH_DAYS = re.compile(rf"的?(?P<day>{NUMBER})(?:号|日)(?![楼栋])")
_MORE_MONTH_DAYS = re.compile(rf"(?:、|和|跟|与|及|,|，)(?P<day>{NUMBER})(?:号|日)(?![楼栋])")
_SHARED_MONTH_DAYS = re.compile(rf"的?(?P<days>{NUMBER}(?:[、,，]{NUMBER}){{1,5}})(?:号|日)")
_END_OF_MONTH = re.compile(r"的?(?:月?[底末尾]|最后一天)")
_START_OF_MONTH = re.compile(r"的?(?:月?初(?![一二三四五六七八九十])|第一天)")
_BETWEEN = re.compile(r"[的,，\s]{0,2}")
_AND = re.compile(r"\s?(?:和|、|跟|与|及|还有|以及|,|，|各)\s?")


def read_recurrence(text: str, at: int, ctx: Context) -> Recurrence | None:
    """Read a recurrence at `at`, or return None."""
    read = _read_workdays(text, at) or _read_weekdays_on(text, at) or _read_every(text, at, ctx)
    if read:
        return _with_hours(text, read) if read.rule else read
    if found := _EACH_PART.match(text, at):
        return _with_hours(text, Recurrence(found.end(), Rule("DAILY")), needed=True)
    if text.startswith(("天天", "日日"), at):
        return _with_hours(text, Recurrence(at + 2, Rule("DAILY")), needed=True)
    return _read_listed_weekdays(text, at, ctx)


def each_day_of(text: str, at: int, days: Span, ctx: Context) -> Recurrence | None:
    """Read 每天早上八点 after a span of days (10月1号到7号每天上午九点), or return None."""
    found = _EACH_DAY_AGAIN.match(text, at)
    if not found or days.end - days.start <= timedelta(days=1) or days.end <= ctx.now:
        return None
    rule = Rule("DAILY", until=days.end - timedelta(seconds=1))
    return _with_hours(text, Recurrence(found.end(), rule, after=days.start), needed=True)


def _read_workdays(text: str, at: int) -> Recurrence | None:
    found = _WORKDAYS.match(text, at)
    if not found or (not found.group().startswith(("每", "逢")) and text[max(0, at - 1) : at] == "个"):
        return None
    again = _EACH_DAY_AGAIN.match(text, found.end())
    return Recurrence(again.end() if again else found.end(), Rule("WEEKLY", weekdays=(0, 1, 2, 3, 4)))


def _read_weekdays_on(text: str, at: int) -> Recurrence | None:
    if not (found := _ON.match(text, at)):
        return None
    end, weekdays = read_weekdays(text, found.end(), listed=True)
    return _weekly(text, end, weekdays) if weekdays else None


def _weekly(text: str, end: int, weekdays: tuple[int, ...], interval: int = 1) -> Recurrence:
    again = _EACH_DAY_AGAIN.match(text, end)
    return Recurrence(again.end() if again else end, Rule("WEEKLY", interval, weekdays))


def _read_every(text: str, at: int, ctx: Context) -> Recurrence | None:
    if not (found := _EVERY.match(text, at)):
        return None
    freq, end = _FREQUENCIES[found["unit"]], found.end()
    if found["alternate"] and freq in ("YEARLY", "HOURLY"):
        return None
    if found["count"] == "半":
        halved = {"MONTHLY": Rule("DAILY", 15), "YEARLY": Rule("MONTHLY", 6)}.get(freq)
        return Recurrence(end, halved) if halved else None
    count = number(found["count"]) if found["count"] else 1
    if not count:
        return Recurrence(end, None)
    interval = count + 1 if found["skip"] or found["alternate"] else count
    if freq == "WEEKLY":
        again = _AGAIN_UNIT.match(text, end)
        begin, weekdays = read_weekdays(text, again.end() if again else end, listed=True)
        return _weekly(text, begin, weekdays, interval) if weekdays else Recurrence(end, Rule(freq, interval))
    if found["unit"] == "季度":
        return Recurrence(end, Rule(freq, months=(1, 4, 7, 10)))
    if freq == "MONTHLY":
        return _read_days_of_month(text, end, interval)
    if freq == "YEARLY":
        return _read_day_of_year(text, end, interval, ctx)
    return Recurrence(end, Rule(freq, interval))


def _read_days_of_month(text: str, at: int, interval: int) -> Recurrence | None:
    if shared := _SHARED_MONTH_DAYS.match(text, at):
        return _monthly(shared.end(), [number(day) for day in re.split("[、,，]", shared["days"])], interval)
    if found := _MONTH_DAYS.match(text, at):
        days, end = [number(found["day"])], found.end()
        while len(days) < 8 and (found := _MORE_MONTH_DAYS.match(text, end)):
            days.append(number(found["day"]))
            end = found.end()
        return _monthly(end, days, interval)
    for pattern, day in ((_END_OF_MONTH, -1), (_START_OF_MONTH, 1)):
        if found := pattern.match(text, at):
            return Recurrence(found.end(), Rule("MONTHLY", interval, month_days=(day,)))
    if ordinal := read_ordinal_weekday(text, at + text.startswith("的", at)):
        end, nth, weekday = ordinal
        return Recurrence(end, Rule("MONTHLY", interval, (weekday,), nth))
    if re.compile("的?初[一二三四五六七八九十]").match(text, at):
        return None  # by the lunar calendar, for which RFC 5545 has no rule
    return Recurrence(at, Rule("MONTHLY", interval))


def _monthly(end: int, days: list[int | None], interval: int) -> Recurrence:
    valid = tuple(sorted({day for day in days if day and 1 <= day <= 31}))
    return Recurrence(
        end, Rule("MONTHLY", interval, month_days=valid) if len(valid) == len(set(days)) else None
    )


def _read_day_of_year(text: str, at: int, interval: int, ctx: Context) -> Recurrence | None:
    """Read 每年10月1号; what moves in the solar calendar (重阳节) is left to be read as its next day."""
    read = read_day(text, at + text.startswith("的", at), ctx)
    if read is None:
        return Recurrence(at, Rule("YEARLY", interval))
    if not read.options:
        return Recurrence(read.end, None)
    dates = {(span.start.month, span.start.day, span.grain) for span in read.options}
    if len(dates) != 1 or len(read.options) < 2:
        return None
    month, day, grain = dates.pop()
    if grain == "month":
        single = read.options[0].end <= read.options[0].start + timedelta(days=31)
        return Recurrence(read.end, Rule("YEARLY", interval, months=(month,))) if single else None
    if month_day(2024, month, day) is None or read.options[0].end - read.options[0].start > timedelta(days=1):
        return None
    return Recurrence(read.end, Rule("YEARLY", interval, months=(month,), month_days=(day,)))


def _read_listed_weekdays(text: str, at: int, ctx: Context) -> Recurrence | None:
    """Read 周二四下午三点 or 周一到周五每天早上七点: several weekdays with a time of day come again."""
    week = read_week(text, at, ctx)
    if week is None or not week.weekdays:
        return None
    again = _EACH_DAY_AGAIN.match(text, week.end)
    if not again and (len(week.weekdays) < 2 or week.weekdays == (5, 6)):
        return None
    read = Recurrence(again.end() if again else week.end, Rule("WEEKLY", weekdays=week.weekdays))
    contiguous = week.weekdays[-1] - week.weekdays[0] == len(week.weekdays) - 1
    return _with_hours(text, read, needed=contiguous and not again)


def _with_hours(text: str, read: Recurrence, needed: bool = False) -> Recurrence | None:
    """Add the times of day that follow; those one rule cannot express together with the first are left."""
    if read.rule is None or not read.rule.names_days:
        return read
    begin = _BETWEEN.match(text, read.end).end()  # type: ignore[union-attr]
    if text.startswith("早晚", begin) and (both := read_hours(text, begin + 1, dated=True)):
        return _morning_and_evening(read, both)
    first = read_hours(text, begin, dated=True)
    if first is None:
        return None if needed else read
    if first.hours is None:
        return Recurrence(first.end, None)
    hours, end = [first.hours], first.end
    while len(hours) < 6 and first.hours.exact and (joint := _AND.match(text, end)):
        more = read_hours(text, joint.end(), dated=True)
        if (
            not more
            or not more.hours
            or not more.hours.exact
            or more.hours.start % 60 != first.hours.start % 60
        ):
            break
        hours.append(more.hours)
        end = more.end
    return read._replace(end=end, hours=tuple(hours))


def _morning_and_evening(read: Recurrence, evening: HoursRead) -> Recurrence:
    """Return 每天早晚八点, given 晚八点; without a clock time, 每天早晚 is every day."""
    if evening.hours is None:
        return Recurrence(evening.end, None)
    if not evening.hours.exact:
        return read
    start = evening.hours.start - 12 * 60
    return read._replace(end=evening.end, hours=(Hours(start, start, "minute"), evening.hours))


def same_rule(text: str, at: int, rule: Rule, ctx: Context) -> Recurrence | None:
    """Read what follows 每天早上八点半和: another time of day, or other weekdays, under the same rule."""
    if rule.freq == "WEEKLY" and (week := read_week(text, at, ctx)) and week.weekdays:
        return _with_hours(text, Recurrence(week.end, replace(rule, weekdays=week.weekdays)))
    return _with_hours(text, Recurrence(at, rule), needed=True) if rule.names_days else None
