"""The last day to pick something up is one when it is handed out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rewards.pickup_days import is_holiday, last_day

WEEKDAYS = [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("reserved", "days", "until"),
    [
        ("2026-11-23", 14, "2026-12-07"),  # a Monday
        ("2026-11-21", 14, "2026-12-07"),  # a Saturday, so the Monday after
        ("2026-12-18", 14, "2027-01-04"),  # New Year's Day is a Friday
        ("2027-01-22", 14, "2027-02-15"),  # the eve of the lunar new year, 5 February, and its first week
        ("2028-02-15", 14, "2028-02-29"),  # the leap day
        ("2026-09-17", 14, "2026-10-08"),  # National Day's week
        ("2026-12-31", 1, "2027-01-04"),  # over the end of a year
    ],
)
def test_last_days(reserved: str, days: int, until: str) -> None:
    """On working days, over weekends, festivals and ends of months and years."""
    assert last_day(date.fromisoformat(reserved), days, WEEKDAYS) == date.fromisoformat(until)


def test_the_lunar_new_year() -> None:
    """Eve to the seventh, by the published dates of 初一: 17 February 2026, 6 February 2027, 26 January 2028."""
    for first in (date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26)):
        shut = [shift for shift in range(-4, 12) if is_holiday(first + timedelta(days=shift))]
        assert shut == list(range(-1, 7))


def test_handed_out_on_no_day() -> None:
    """There would be no last day."""
    with pytest.raises(ValueError, match="no day"):
        last_day(date(2026, 11, 23), 14, [])


@given(
    st.dates(date(2025, 1, 1), date(2035, 12, 31)),
    st.integers(1, 60),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_never_earlier_and_always_open(reserved: date, days: int, weekdays: set[int]) -> None:
    """At least the days promised, and on a day when somebody is there."""
    until = last_day(reserved, days, weekdays)
    assert until >= reserved + timedelta(days=days)
    assert until.weekday() in weekdays
    assert not is_holiday(until)
