"""The lunar calendar and the solar terms, from the tables of cnlunar (years 1901 to 2099).

cnlunar goes from a solar day to the lunar one; this is the way back. Layout of its tables: a year's new year
is month << 5 | day in the low seven bits; in the months, bit m-1 tells whether month m has 30 days, not 29,
bit 12 the same of the leap month, and the bits from 13 on which month the leap month follows.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from cnlunar.config import SOLAR_TERMS_NAME_LIST, START_YEAR, lunarMonthData, lunarNewYearList
from cnlunar.solar24 import getTheYearAllSolarTermsList

LAST_MONTH = 12


@lru_cache(maxsize=64)
def _months(year: int) -> list[tuple[int, bool, int]]:
    """Return (month, whether it is the leap one, its days) in the order of the lunar year."""
    bits = lunarMonthData[year - START_YEAR]
    leap = bits >> 13 & 0xF
    months = []
    for month in range(1, 13):
        months.append((month, False, 29 + (bits >> month - 1 & 1)))
        if month == leap:
            months.append((month, True, 29 + (bits >> 12 & 1)))
    return months


def _covered(year: int) -> bool:
    return START_YEAR <= year < START_YEAR + len(lunarMonthData)


def lunar_new_year(year: int) -> date | None:
    """Return the first day of lunar year `year`, or None outside the tables."""
    if not _covered(year):
        return None
    packed = lunarNewYearList[year - START_YEAR]
    return date(year, packed >> 5 & 0x3, packed & 0x1F)


@lru_cache(maxsize=1024)
def lunar_month(year: int, month: int, leap: bool = False) -> tuple[date, date] | None:
    """Return the first day of a lunar month and the day after its last, or None if there is no such month."""
    start = lunar_new_year(year)
    if start is None:
        return None
    for number, is_leap, days in _months(year):
        if (number, is_leap) == (month, leap):
            return start, start + timedelta(days=days)
        start += timedelta(days=days)
    return None


def lunar_day(year: int, month: int, day: int, leap: bool = False) -> date | None:
    """Return the solar date of a lunar one, or None if that month, or a 30th in it, does not exist."""
    span = lunar_month(year, month, leap)
    if span is None or not 1 <= day <= (span[1] - span[0]).days:
        return None
    return span[0] + timedelta(days=day - 1)


def lunar_new_years_eve(year: int) -> date | None:
    """Return the last day of lunar year `year` (除夕), which falls early in solar `year + 1`."""
    span = lunar_month(year, LAST_MONTH)
    return span[1] - timedelta(days=1) if span else None


def lunar_year_of(day: date) -> int:
    """Return the lunar year that a solar day belongs to."""
    new_year = lunar_new_year(day.year)
    return day.year - 1 if new_year and day < new_year else day.year


@lru_cache(maxsize=64)
def lunar_months_from(day: date) -> tuple[tuple[int, int, bool], ...]:
    """Return (year, month, leap) of the lunar month `day` is in and of the three that follow it."""
    months = [
        (year, month, leap)
        for year in (lunar_year_of(day), lunar_year_of(day) + 1)
        if _covered(year)
        for month, leap, _ in _months(year)
    ]
    later = (which for which in months if (span := lunar_month(*which)) and span[1] > day)
    return tuple(islice(later, 4))


def solar_term(year: int, name: str) -> date | None:
    """Return the day of a solar term (清明, 冬至) in a solar year, or None outside the tables."""
    if not _covered(year):
        return None
    index = SOLAR_TERMS_NAME_LIST.index(name)
    return date(year, index // 2 + 1, getTheYearAllSolarTermsList(year)[index])
