"""The way from lunar to solar days, against the way back, and against well-known dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from cnlunar import Lunar

from bot.nlu.chinese_time.lunar import (
    lunar_day,
    lunar_new_year,
    lunar_new_years_eve,
    lunar_year_of,
    solar_term,
)


def test_every_day_of_some_years_comes_back() -> None:
    day = date(2024, 1, 1)
    while day < date(2030, 1, 1):  # leap months in 2025 and 2028
        there = Lunar(datetime(day.year, day.month, day.day))
        assert lunar_day(there.lunarYear, there.lunarMonth, there.lunarDay, there.isLunarLeapMonth) == day
        assert lunar_year_of(day) == there.lunarYear
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "new_year"),
    [(2025, date(2025, 1, 29)), (2026, date(2026, 2, 17)), (2027, date(2027, 2, 6)),
     (2028, date(2028, 1, 26)), (2034, date(2034, 2, 19))],
)  # fmt: skip
def test_new_year_and_the_eve_before_it(year: int, new_year: date) -> None:
    assert lunar_new_year(year) == new_year
    assert lunar_new_years_eve(year - 1) == new_year - timedelta(days=1)


def test_leap_months_exist_only_in_their_years() -> None:
    assert lunar_day(2025, 6, 1, leap=True) == date(2025, 7, 25)
    assert lunar_day(2026, 6, 1, leap=True) is None
    assert lunar_day(2033, 11, 1, leap=True) == date(2033, 12, 22)


def test_a_short_month_has_no_thirtieth() -> None:
    assert lunar_day(2026, 12, 29) == date(2027, 2, 5)
    assert lunar_day(2026, 12, 30) is None


def test_solar_terms() -> None:
    assert solar_term(2027, "清明") == date(2027, 4, 5)
    assert solar_term(2028, "清明") == date(2028, 4, 4)
    assert solar_term(2026, "冬至") == date(2026, 12, 22)
    assert solar_term(1800, "冬至") is None
