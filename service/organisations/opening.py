"""Opening hours of a venue, read from the words on its door: 周一至周六 8:30—17:30."""

from __future__ import annotations

import re
from datetime import datetime, time

from service.clock import local

_DAYS = "一二三四五六日"
_ALWAYS = "全天"
_HOURS = re.compile(
    r"(?:每天|周(?P<first>[一二三四五六日])(?:至周?(?P<last>[一二三四五六日]))?) ?"
    r"(?P<open>\d{1,2}:\d\d)[—–-](?P<close>\d{1,2}:\d\d)"
)


def is_open(hours: str, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a venue with these opening hours is open all the time between two moments of one day.

    Raises:
        ValueError: the hours are not written as above; several are parted by ；.
    """
    start, end = local(starts_at), local(ends_at)
    if hours.strip() == _ALWAYS:
        return True
    parts = [_part(each) for each in hours.split("；")]
    if start.date() != end.date():
        return False
    return any(
        start.weekday() in days and opens <= start.time() and end.time() <= closes
        for days, opens, closes in parts
    )


def _part(words: str) -> tuple[range, time, time]:
    found = _HOURS.fullmatch(words.strip())
    if found is None:
        raise ValueError(f"opening hours are written 周一至周六 8:30—17:30, not {words}")
    first = _DAYS.index(found["first"]) if found["first"] else 0
    last = _DAYS.index(found["last"]) if found["last"] else (first if found["first"] else 6)
    return range(first, last + 1), _time(found["open"]), _time(found["close"])


def _time(words: str) -> time:
    hour, minute = map(int, words.split(":"))
    return time(hour, minute)
