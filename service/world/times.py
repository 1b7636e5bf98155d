"""Times as a world file gives them: readable, and mostly relative to now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from service import clock

FORMS = "+2d 15:00, next TH 15:00, today 15:00, -3d, +90m or 2026-11-26T15:00"

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMED = {"yesterday": -1, "now": 0, "today": 0, "tomorrow": 1}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORM = re.compile(
    rf"(?:(?P<shift>[+-]\d{{1,5}})(?P<unit>[mhdw])|(?P<named>{'|'.join(_NAMED)})"
    rf"|(?P<side>next|last) (?P<weekday>{'|'.join(_DAYS)}))?"
    r"(?:(?:^|\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d))?"
)
_ANY = datetime(2000, 1, 1, tzinfo=clock.SHANGHAI)


@dataclass(frozen=True)
class When:
    """A time in Asia/Shanghai in one of FORMS; an hour alone is one of the day that it goes with."""

    text: str

    def at(self, now: datetime, day: date | None = None) -> datetime:
        """The moment it is.

        Args:
            now: what it is relative to; without an hour of its own, a day is meant at this hour.
            day: the day that an hour alone is of; today by default.

        Raises:
            ValueError: it has none of the forms.
        """
        form = _FORM.fullmatch(self.text)
        if form is None or not self.text:
            return clock.parse(self.text)
        if form["hour"] and (form["unit"] in ("m", "h") or form["named"] == "now"):
            raise ValueError("an hour goes with a day")
        here = clock.local(now)
        moment = here + _distance(form, here)
        if not form["hour"]:
            return moment
        if self.text == form[0] and day is not None and not (form["unit"] or form["named"] or form["side"]):
            moment = datetime.combine(day, time(), clock.SHANGHAI)
        return moment.replace(hour=int(form["hour"]), minute=int(form["minute"]), second=0, microsecond=0)

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], When]]:
        """How pydantic makes one."""
        yield cls._checked

    @classmethod
    def _checked(cls, given: Any) -> When:
        when = given if isinstance(given, When) else cls(str(given).strip())
        try:
            when.at(_ANY)
        except (ValueError, OverflowError):
            raise ValueError(f"{when.text} is not a time; write it as {FORMS}") from None
        return when


def _distance(form: re.Match[str], here: datetime) -> timedelta:
    """How far the day or moment is from here."""
    if form["unit"]:
        return timedelta(**{_UNITS[form["unit"]]: int(form["shift"])})
    if form["named"]:
        return timedelta(days=_NAMED[form["named"]])
    if form["side"]:
        ahead = (_DAYS.index(form["weekday"]) - here.weekday()) % 7
        return timedelta(days=(ahead or 7) if form["side"] == "next" else ahead - 7)
    return timedelta()
