"""Recurrences as rules of RFC 5545, and their next occurrence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from bot.nlu.chinese_time.hours import Hours
from bot.nlu.chinese_time.lexicon import WEEKDAY_CODES
from bot.nlu.chinese_time.spans import Grain, Span, add_months, midnight, monday_of

_PERIODS: dict[str, Grain] = {
    "HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """The parts of an RFC 5545 rule other than the time of day."""

    freq: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()  # 0 is Monday
    nth: int = 0  # which of the weekdays of a month; 0 is every one
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    until: datetime | None = None

    @property
    def names_days(self) -> bool:
        """Whether the rule tells which days, so that a time of day makes it complete."""
        return self.freq == "DAILY" or bool(self.weekdays or self.month_days)

    def text(self, hours: tuple[Hours, ...] = ()) -> str:
        """Return the rule in the syntax of RFC 5545."""
        into_next_day = bool(hours) and hours[0].start >= 24 * 60
        days = ((day + into_next_day) % 7 for day in self.weekdays)
        parts = [f"FREQ={self.freq}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        parts += [f"BYMONTH={_join(self.months)}"] if self.months else []
        parts += [f"BYMONTHDAY={_join(self.month_days)}"] if self.month_days else []
        parts += [
            f"BYDAY={','.join((str(self.nth) if self.nth else '') + WEEKDAY_CODES[day] for day in days)}"
        ] * bool(self.weekdays)
        if hours:
            parts += [f"BYHOUR={_join(sorted({each.start // 60 % 24 for each in hours}))}"]
            parts += [f"BYMINUTE={hours[0].start % 60}"]
        parts += [f"UNTIL={self.until:%Y%m%dT%H%M%S}"] if self.until else []
        return ";".join(parts)


class Recurrence(NamedTuple):
    """A recurrence read from a text up to `end`; `rule` is None when it names days that do not exist."""

    end: int
    rule: Rule | None
    hours: tuple[Hours, ...] = ()
    after: datetime | None = None  # the rule begins here rather than now


def resolve_recurrence(read: Recurrence, now: datetime) -> tuple[Span, str] | None:
    """Return the first occurrence strictly after `now` and the rule, or None if there is none."""
    if read.rule is None:
        return None
    hours, rule = read.hours[:1], read.rule
    if hours and hours[0].start >= 24 * 60 and rule.month_days:
        return None
    after = max(now, read.after - timedelta(seconds=1)) if read.after else now
    each_time = replace(rule, interval=1).text(read.hours)  # the first is the next one, whatever the interval
    start = rrulestr(each_time, dtstart=_anchor(rule.freq, now)).after(after)
    if start is None:
        return None
    if hours:
        span = Span(start, start + timedelta(minutes=hours[0].end - hours[0].start), hours[0].grain)
    else:
        span = _period(rule, start)
    return span, rule.text(read.hours)


def _join(numbers: tuple[int, ...] | list[int]) -> str:
    return ",".join(map(str, numbers))


def _anchor(freq: str, now: datetime) -> datetime:
    """Return the start of the current hour, day, week, month or year: what a rule without days falls on."""
    today = midnight(now.date())
    return {
        "HOURLY": now.replace(minute=0, second=0, microsecond=0),
        "DAILY": today,
        "WEEKLY": midnight(monday_of(now.date())),
        "MONTHLY": today.replace(day=1),
        "YEARLY": today.replace(month=1, day=1),
    }[freq]


def _period(rule: Rule, start: datetime) -> Span:
    grain: Grain = "day" if rule.names_days else "month" if rule.months else _PERIODS[rule.freq]
    if grain in ("month", "year"):
        months = 12 if grain == "year" else 3 if len(rule.months) > 1 else 1
        return Span(start, midnight(add_months(start.date(), months)), grain)
    length = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[grain]
    return Span(start, start + length, grain)
