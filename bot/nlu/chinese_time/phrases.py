"""Put days, times of day, spans and recurrences together into one phrase, as a person would mark it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

from bot.nlu.chinese_time.days import read_day
from bot.nlu.chinese_time.hours import TO, Hours, read_hours
from bot.nlu.chinese_time.numerals import NUMBER, number
from bot.nlu.chinese_time.offsets import read_offset
from bot.nlu.chinese_time.recurrence import each_day_of, read_recurrence, same_rule
from bot.nlu.chinese_time.rules import Recurrence, Rule, resolve_recurrence
from bot.nlu.chinese_time.spans import (
    Context,
    Dates,
    Grain,
    Span,
    add_months,
    around,
    day_span,
    days_between,
    midnight,
    not_past,
)
from bot.nlu.chinese_time.weeks import agrees, read_week

_GRAINS = get_args(Grain)
_TO = re.compile(TO)
_BETWEEN = re.compile(r"[的,，、\s]{0,2}(?:大概|大约|差不多)?")
_THAT_DAY = re.compile(r"(?:那一?天|当天|这一?天|当日|那日)")
_DAY_BESIDE = re.compile(
    rf"(?:的|[之以])?(?:(?P<before>前|头)|(?P<after>后))(?P<count>{NUMBER})(?P<unit>天|周|个?星期|个?礼拜)(?!后|前)"
)
_EVE = re.compile(r"(?:的)?(?:前夕|前夜)")
_AROUND = re.compile(r"前后(?!天)")
_BEFORE = re.compile(r"\s?(?:之前|以前|前(?![天日面门台往来进途边后列线任几两些半辈年月晚一二三0-9]))")
_AFTER = re.compile(r"\s?(?:之后|以后|过后|后(?![天日儿年面门台勤续边院来代果悔晚半一二三0-9]))")


class Point(NamedTuple):
    """A day, a time of day, or both, read up to `end`."""

    end: int
    dates: Dates | None
    hours: Hours | None
    impossible: bool

    def span(self, ctx: Context, days: Span | None = None) -> Span | None:
        """Return the reading that is meant; `days` stands in where no day was said."""
        if self.impossible:
            return None
        if self.dates:
            options = self.dates.options
        elif days:
            options = (days,)
        else:
            options = tuple(day_span(ctx.base.date() + timedelta(days=later)) for later in range(3))
        return not_past(tuple(self.hours.on(day) for day in options) if self.hours else options, ctx.base)


@dataclass(frozen=True)
class Phrase:
    """A time expression in a text; `span` is None when it names a time that does not exist."""

    end: int
    span: Span | None
    rrule: str | None = None
    rule: Rule | None = None  # what a time joined by 和 takes over
    days: Span | None = None  # likewise


def read_phrase(text: str, at: int, ctx: Context) -> Phrase | None:
    """Read the longest time expression that begins at `at`, or return None."""
    if recurrence := read_recurrence(text, at, ctx):
        return _recurring(recurrence, ctx)
    return _read_span(text, at, ctx, None)


def read_joined(text: str, at: int, ctx: Context, before: Phrase) -> Phrase | None:
    """Read a phrase that a conjunction joins to the one before, whose day or recurrence it shares."""
    if before.rule and (recurrence := same_rule(text, at, before.rule, ctx)):
        return _recurring(recurrence, ctx)
    return read_in_context(text, at, ctx, before)


def read_in_context(text: str, at: int, ctx: Context, before: Phrase) -> Phrase | None:
    """Read a phrase at `at`; if it names no day, it is on the day of the phrase before."""
    if recurrence := read_recurrence(text, at, ctx):
        return _recurring(recurrence, ctx)
    return _read_span(text, at, ctx, before.days)


def _recurring(recurrence: Recurrence, ctx: Context) -> Phrase:
    resolved = resolve_recurrence(recurrence, ctx.now)
    if resolved is None:
        return Phrase(recurrence.end, None)
    return Phrase(recurrence.end, resolved[0], resolved[1], rule=recurrence.rule)


def _read_span(text: str, at: int, ctx: Context, days: Span | None) -> Phrase | None:
    point = _read_point(text, at, ctx)
    if point is None:
        return None
    span = point.span(ctx, days)
    if span is None:
        return Phrase(point.end, None)
    end, closing = point.end, bool(point.dates and point.dates.closing and not point.hours)
    if to := _TO.match(text, end):
        right_ctx = replace(ctx, base=span.start)
        right = _read_point(text, to.end(), right_ctx)
        until = right and right.span(right_ctx)
        if right and until is None:
            return Phrase(right.end, None)
        if right and until and until.end > span.start:
            grain = min(span.grain, until.grain, key=_GRAINS.index)
            span, end = Span(span.start, until.end, grain), right.end
    if not point.hours and (recurrence := each_day_of(text, end, span, ctx)):
        return _recurring(recurrence, ctx)
    end, changed = _read_relation(text, end, span, closing, ctx.now)
    one_day = None if point.hours is None and span.grain != "day" else _one_day(span)
    return Phrase(end, changed, days=one_day)


def _one_day(span: Span) -> Span | None:
    if span.end - span.start > timedelta(days=1):
        return None
    return day_span(span.start.date())


def _read_point(text: str, at: int, ctx: Context) -> Point | None:
    dates = _read_dates(text, at, ctx)
    if dates is None:
        read = read_hours(text, at, dated=False)
        return Point(read.end, None, read.hours, read.hours is None) if read else None
    if not dates.options:
        read = read_hours(text, dates.end, dated=True)
        return Point(read.end if read else dates.end, dates, None, True)
    if dates.options[0].grain == "day":
        between = _BETWEEN.match(text, dates.end)
        if between and (read := read_hours(text, between.end(), dated=True)):
            return Point(read.end, dates, read.hours, read.hours is None)
    return Point(dates.end, dates, None, False)


def _read_dates(text: str, at: int, ctx: Context) -> Dates | None:
    """Return the longest reading as days, with what may stand beside them (前一天, 星期六 said again)."""
    read = [found for reader in (read_week, read_day, read_offset) if (found := reader(text, at, ctx))]
    if not read:
        return None
    dates = max(read, key=lambda found: found.end)
    if not dates.options or dates.options[0].grain != "day":
        return dates
    if not dates.weekdays and (
        end := agrees(text, dates.end, not_past(dates.options, ctx.base) or dates.options[0])
    ):
        dates = dates._replace(end=end)
    if (that := _THAT_DAY.match(text, dates.end)) and read_hours(text, that.end(), dated=True):
        dates = dates._replace(end=that.end())
    if beside := _DAY_BESIDE.match(text, dates.end):
        return _beside(dates, beside)
    if eve := _EVE.match(text, dates.end):
        return dates._replace(end=eve.end(), options=tuple(around(span, -1, 0) for span in dates.options))
    return dates


def _beside(dates: Dates, found: re.Match[str]) -> Dates:
    """Return 国庆节前一天 (that day), 春节前三天, 重阳节后一周 (the days up to it, or after it)."""
    count = (number(found["count"]) or 0) * (1 if found["unit"] == "天" else 7)
    if not 0 < count < 400:
        return dates._replace(end=found.end(), options=())
    if found["before"]:
        options = tuple(around(span, -count, 0) for span in dates.options)
    else:
        options = tuple(
            days_between(span.end.date(), (span.end + timedelta(days=count)).date()) for span in dates.options
        )
    return Dates(found.end(), options)


def _read_relation(text: str, at: int, span: Span, closing: bool, now: datetime) -> tuple[int, Span]:
    """Read 前, 后 or 前后 after a span; return where it ends, and the span it makes.

    "Before" runs from now, or from today, up to the start; before the end of a month or year includes it.
    "After" runs to midnight for a time of day, and else for a week, or a unit of the same size.
    """
    whole_days = span.grain not in ("minute", "hour")
    if whole_days and (found := _AROUND.match(text, at)):
        return found.end(), Span(span.start - timedelta(days=3), span.end + timedelta(days=3), "day")
    if found := _BEFORE.match(text, at):
        start = midnight(now.date()) if whole_days else now.replace(second=0, microsecond=0)
        end = span.end if closing else span.start
        return (found.end(), Span(start, end, span.grain)) if start < end else (at, span)
    if found := _AFTER.match(text, at):
        return found.end(), Span(span.end, _afterwards(span), span.grain)
    return at, span


def _afterwards(span: Span) -> datetime:
    if span.grain in ("minute", "hour"):
        return midnight(span.end.date() + timedelta(days=1))
    months = {"month": 1, "year": 12}.get(span.grain)
    return midnight(add_months(span.end.date(), months)) if months else span.end + timedelta(days=7)
