"""What is found in texts and what it means; the tables in times/ are worked out by hand from a calendar."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.nlu.chinese_time import find_times

SHANGHAI = ZoneInfo("Asia/Shanghai")
TABLES = sorted((Path(__file__).parent / "times").glob("*.yml"))


class Case(NamedTuple):
    """A text with its times in [brackets], and what each means: start, end unless implied, grain, rule."""

    now: datetime
    marked: str
    means: list[str]


def _cases() -> list[Case]:
    cases = []
    for table in TABLES:
        content = yaml.safe_load(table.read_text(encoding="utf-8"))
        rows = content["cases"]
        if isinstance(rows, dict):
            rows = [{"now": content["now"], "say": say, "means": means} for say, means in rows.items()]
        for row in rows:
            if isinstance(row, str):
                row = {"now": "2026-11-23T10:00", "say": row, "means": []}
            means = [row["means"]] if isinstance(row["means"], str) else row["means"]
            cases.append(Case(datetime.fromisoformat(row["now"]).replace(tzinfo=SHANGHAI), row["say"], means))
    return cases


def _written_out(meaning: str) -> dict[str, str]:
    """Return the resolved value that a cell of a table stands for; one date alone is that whole day."""
    *times, grain = re.sub(r" (FREQ|RRULE)=.*", "", meaning).split()
    start = times[0] if "T" in times[0] else f"{times[0]}T00:00"
    end = times[-1] if "T" in times[-1] else f"{times[-1]}T00:00"
    if len(times) == 1 and grain == "day":
        end = f"{datetime.fromisoformat(start) + timedelta(days=1):%Y-%m-%dT%H:%M}"
    resolved = {"start": start, "end": end, "grain": grain}
    rule = re.search(r"FREQ=.*", meaning)
    return resolved | {"rrule": rule.group()} if rule else resolved


@pytest.mark.parametrize("case", _cases(), ids=lambda case: f"{case.marked} {case.now:%m-%d}")
def test_finds_the_times_and_what_they_mean(case: Case) -> None:
    text = re.sub(r"[\[\]]", "", case.marked)
    found = find_times(text, case.now)
    shown = text
    for match in reversed(found):
        shown = f"{shown[: match.start]}[{shown[match.start : match.end]}]{shown[match.end :]}"
    assert shown == case.marked
    assert [match.resolved for match in found] == [_written_out(meaning) for meaning in case.means]


def test_refuses_a_clock_without_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        find_times("明天", datetime(2026, 11, 23, 10))


def test_counts_in_shanghai_whatever_the_zone_of_the_clock() -> None:
    evening_in_utc = datetime(
        2026, 11, 23, 17, 0, tzinfo=timezone.utc
    )  # one in the morning of the 24th there
    assert find_times("今天", evening_in_utc)[0].resolved["start"] == "2026-11-24T00:00"


def test_offsets_are_code_points_of_the_text_as_given() -> None:
    text = "😀老李頭 下週三　来"
    match = find_times(text, datetime(2026, 11, 23, 10, tzinfo=SHANGHAI))[0]
    assert text[match.start : match.end] == "下週三"
