"""Time: aware everywhere, Asia/Shanghai for people, UTC in the database."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"


def now() -> datetime:
    """The wall clock, for the edges of the program; everything inside takes the time as an argument."""
    return datetime.now(timezone.utc)


def local(moment: datetime) -> datetime:
    """The moment on a clock in Asia/Shanghai.

    Raises:
        ValueError: the moment is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no meaning here")
    return moment.astimezone(SHANGHAI)


def parse(text: str) -> datetime:
    """An ISO 8601 time; without an offset it is a time in Asia/Shanghai.

    Raises:
        ValueError: the text is not such a time.
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def day_words(day: date | datetime, today: date | None = None) -> str:
    """A day as people say it: 11月26日（周四）, with the year when it is not this year's.

    Args:
        day: a date, or an aware moment which is read in Asia/Shanghai.
        today: the date it is for the reader; None leaves the year out.
    """
    if isinstance(day, datetime):
        day = local(day).date()
    year = f"{day.year}年" if today is not None and day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def hour_words(moment: datetime) -> str:
    """A clock time as people say it: 下午3点, 上午9点半, 晚上7点15分."""
    at = local(moment)
    part = next(name for end, name in _DAY_PARTS if at.hour < end)
    hour = at.hour - 12 if at.hour > 12 else at.hour
    minute = {0: "", 30: "半"}.get(at.minute, f"{at.minute}分")
    return f"{part}{hour}点{minute}"


def moment_words(moment: datetime, today: date | None = None) -> str:
    """Day and hour together: 11月26日（周四）下午3点."""
    return day_words(moment, today) + hour_words(moment)


_DAY_PARTS = ((6, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
