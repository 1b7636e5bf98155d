"""Until when a reward is kept: never does the last day fall on one when nothing is handed out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import cnlunar

# Offices are shut on the days of the State Council's Regulation on Public Holidays, 1 to 3 October and 1 and 2 May
# among them; which days round them are worked differs by year, so the usual weeks are taken.
_SHUT = {(1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))}
# From the last day of the old year to the seventh of the new one.
_NEW_YEAR_DAYS = 7


def is_holiday(day: date) -> bool:
    """Whether offices are shut for New Year, the lunar one, May Day or National Day."""
    return (day.month, day.day) in _SHUT or _is_lunar_new_year(day)


@lru_cache(maxsize=1024)
def _is_lunar_new_year(day: date) -> bool:
    if day.month > 2:
        return False
    today, tomorrow = (
        cnlunar.Lunar(datetime.combine(each, time(12))) for each in (day, day + timedelta(days=1))
    )
    begun = today.lunarMonth == 1 and not today.isLunarLeapMonth and today.lunarDay <= _NEW_YEAR_DAYS
    return begun or (tomorrow.lunarMonth == 1 and tomorrow.lunarDay == 1)


def last_day(reserved_on: date, days: int, weekdays: Collection[int]) -> date:
    """The last day to pick up what was reserved on a day: so many days later, or the first day after that is open.

    Args:
        weekdays: on which of them it is handed out, 0 for Monday.

    Raises:
        ValueError: it is never handed out.
    """
    if not set(weekdays) & set(range(7)):
        raise ValueError("it is handed out on no day")
    day = reserved_on + timedelta(days=days)
    while day.weekday() not in weekdays or is_holiday(day):
        day += timedelta(days=1)
    return day
