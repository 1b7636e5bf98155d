"""Recurring times: RFC 5545 rules in Asia/Shanghai, reckoned by dateutil and put into words."""

from __future__ import annotations

from datetime import datetime

from dateutil.rrule import rrulestr

from service.clock import SHANGHAI, hour_words, local

_DAYS = {"MO": "一", "TU": "二", "WE": "三", "TH": "四", "FR": "五", "SA": "六", "SU": "日"}
_WORKDAYS = ["MO", "TU", "WE", "TH", "FR"]


def following(rrule: str, after: datetime) -> datetime | None:
    """The first time of the rule after a moment; None when there is none left.

    Raises:
        ValueError: the rule is not one, or says no hour.
    """
    if "BYHOUR" not in rrule:
        raise ValueError("the rule says no hour")
    start = local(after).replace(tzinfo=None, second=0, microsecond=0)
    # China has had no summer time since 1991, so reckoning on a local clock is exact.
    found: datetime | None = rrulestr(rrule + ";BYSECOND=0", dtstart=start).after(start)
    return found.replace(tzinfo=SHANGHAI) if found is not None else None


def words(rrule: str) -> str:
    """The rule as people say it: 每天早上8点, 每周二、周四下午3点, 每月15日上午9点.

    Raises:
        ValueError: the rule is not one of these forms.
    """
    parts = dict(part.split("=", 1) for part in rrule.split(";"))
    minute = int(parts.get("BYMINUTE", "0").split(",")[0])
    hours = [
        hour_words(datetime(2000, 1, 1, int(hour), minute, tzinfo=SHANGHAI))
        for hour in parts["BYHOUR"].split(",")
    ]
    return _days(parts) + "和".join(hours)


def days_words(rrule: str) -> str:
    """The days of a rule alone: 每天, 每周二、周四.

    Raises:
        ValueError: the rule is not one of these forms.
    """
    return _days(dict(part.split("=", 1) for part in rrule.split(";")))


def _days(parts: dict[str, str]) -> str:
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    interval = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "DAILY" and not days:
        return "每天" if interval == 1 else f"每{interval}天一次，"
    if days == _WORKDAYS:
        return "周一到周五每天"
    if parts["FREQ"] in ("WEEKLY", "DAILY") and days:
        every = "每" if interval == 1 else "隔周的"
        return every + "、".join(f"周{_DAYS[day]}" for day in days)
    if parts["FREQ"] == "MONTHLY" and "BYMONTHDAY" in parts:
        return "每月" + "、".join(f"{day}日" for day in parts["BYMONTHDAY"].split(","))
    raise ValueError("the rule has another form")
