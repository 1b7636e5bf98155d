"""Stretches of local time, and which of several readings of a phrase is meant."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

Grain = Literal["minute", "hour", "day", "week", "month", "year"]


class Span(NamedTuple):
    """Half-open [start, end) in naive local time; start == end is an instant."""

    start: datetime
    end: datetime
    grain: Grain


@dataclass(frozen=True)
class Context:
    """What a phrase counts from."""

    now: datetime  # for 明天, 下周, 三天后
    base: datetime  # what a bare 周三, 5号, 重阳节 comes after: now, or inside 甲到乙 the start of 甲


class Dates(NamedTuple):
    """Days read from a text up to `end`."""

    end: int
    options: tuple[Span, ...]  # possible readings, earliest first; none: it was said, but no such day exists
    weekdays: tuple[int, ...] = ()  # 0 is Monday; set when bare weekdays were named, and nothing else
    closing: bool = False  # 月底, 年底: "before" it includes it


def midnight(day: date) -> datetime:
    """Return the first instant of a day."""
    return datetime.combine(day, time())


def day_span(day: date, days: int = 1) -> Span:
    """Return a span of whole days."""
    return Span(midnight(day), midnight(day + timedelta(days=days)), "day")


def days_between(first: date, after: date) -> Span:
    """Return the whole days from `first` to the day before `after`."""
    return Span(midnight(first), midnight(after), "day")


def around(span: Span, first: int, after: int) -> Span:
    """Return the days from `first` to before `after`, counted from the day that `span` begins on."""
    day = span.start.date()
    return days_between(day + timedelta(days=first), day + timedelta(days=after))


def week_span(monday: date) -> Span:
    """Return the week that begins on `monday`."""
    return day_span(monday, 7)._replace(grain="week")


def month_span(year: int, month: int, months: int = 1) -> Span:
    """Return `months` calendar months; `month` may lie outside 1 to 12 and then counts on from `year`."""
    return Span(midnight(month_start(year, month)), midnight(month_start(year, month + months)), "month")


def year_span(year: int) -> Span:
    """Return a calendar year."""
    return Span(datetime(year, 1, 1), datetime(year + 1, 1, 1), "year")


def month_start(year: int, month: int) -> date:
    """Return the first of a month; `month` may lie outside 1 to 12."""
    years, index = divmod(month - 1, 12)
    return date(year + years, index + 1, 1)


def month_day(year: int, month: int, day: int) -> date | None:
    """Return a day of a month, or None if there is none; `month` may lie outside 1 to 12."""
    first = month_start(year, month)
    return first.replace(day=day) if 1 <= day <= monthrange(first.year, first.month)[1] else None


def add_months(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of that month if it is shorter."""
    first = month_start(day.year, day.month + months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def monday_of(day: date) -> date:
    """Return the Monday of the calendar week of a day."""
    return day - timedelta(days=day.weekday())


def not_past(options: tuple[Span, ...], base: datetime) -> Span | None:
    """Return the first reading that is not over at `base`; if all are, the last; if there is none, None."""
    return next((span for span in options if span.end > base), options[-1] if options else None)
