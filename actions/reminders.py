"""Study reminders, and being left in peace."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.handler import Handler
from actions.turn import Choice, Turn
from service import clock, wording
from service.messages.verdicts import quiet_until
from service.people import preferences
from service.people.models import Person
from service.study import recurrence, reminders

# Said at any hour, these keep the night quiet.
_NIGHT = (21, 8)
_AGAIN = re.compile(r"恢复|重新(?:提醒|开始?发|给我发)")
_WEEKDAY = re.compile(r"周|星期|礼拜")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# What `shown` is called while days wait for their hour.
_DAYS = "reminder_days"


class SetStudyReminder(Handler):
    """Reads back the time said, or asks for one."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_set_study_reminder"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        said = turn.entity("rrule") or rule_of(turn)
        if turn.entity("go_on"):
            kept = reminders.of_person(person.id)
            if kept is not None and reminders.go_on(person.id, turn.now):
                turn.say("reminder_goes_on", when=recurrence.words(kept.rrule))
            else:
                turn.say("reminder_none_to_go_on")
        elif turn.entity("resume") or (said is None and _AGAIN.search(turn.text)):
            _resume(turn, person)
        elif said is None:
            turn.set("reminder_time", None)
            turn.show(_DAYS, [])
            turn.start_form("reminder_form")
        elif "BYHOUR" not in said:
            _ask_hour(turn, said)
        else:
            if turn.open_form == "reminder_form":
                turn.drop_form()
            _read_back(turn, said)


class AskReminderTime(Handler):
    """Asks when."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_reminder_form_reminder_time"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        days = _days_said(turn)
        if days is None:
            turn.say("ask_reminder_time")
            return
        choices = [
            Choice(hour, "set_study_reminder", {"rrule": f"{days};BYHOUR={at};BYMINUTE=0"})
            for at, hour in ((8, "早上8点"), (10, "上午10点"), (15, "下午3点"), (19, "晚上7点"))
        ]
        turn.say("ask_reminder_hour", choices, days=recurrence.days_words(days))


class ValidateReminderForm(FormValidationAction):
    """Takes a time out of whatever is said while the form is open."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_reminder_form"

    async def extract_reminder_time(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The rule of the time that was said."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if tracker.get_slot("requested_slot") != "reminder_time" or intent == "set_study_reminder":
            return {}
        rrule = rule_of(Turn(dispatcher, tracker))
        return {"reminder_time": rrule} if rrule else {}


class ReadBackReminder(Handler):
    """Reads back the time that the form asked for."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_read_back_reminder"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        rrule = str(turn.slot("reminder_time"))
        turn.set("reminder_time", None)
        if "BYHOUR" in rrule:
            _read_back(turn, rrule)
        else:
            _ask_hour(turn, rrule)


class StopReminders(Handler):
    """Stops study reminders, keeps hours quiet, or stops everything unasked."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_stop_reminders"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        which = turn.entity("which")
        if which == "none":
            preferences.keep_quiet(person.id, 0, 0)
            turn.say("quiet_ended")
        elif which is None and _AGAIN.search(turn.text):
            _resume(turn, person)
        elif which == "study" or (which is None and "学习" in turn.text):
            stopped = reminders.stop(person.id, turn.now)
            turn.say("study_reminder_stopped" if stopped else "study_reminder_none")
        elif which == "all":
            turn.confirm("stop_all", "stop_all_read_back", {})
        elif which == "night" or turn.time is not None:
            start, end = _NIGHT if turn.time is None else _quiet_hours(turn.time)
            details = {"start": start, "end": end}
            turn.confirm("keep_quiet", "quiet_read_back", details, hours=quiet_words(start, end))
        else:
            turn.say("ask_which_stop")


def rule_of(turn: Turn) -> str | None:
    """The rule to be reminded by, after RFC 5545; without BYHOUR when only days were said.

    An hour without a day is meant for the days said before, or for every day.
    """
    time = turn.time
    if time is None:
        return None
    rrule = time.get("rrule")
    if rrule and time["start"] != time["end"]:
        # 每天, 每天早上: a span, of which the hour has still to be asked.
        return _without_hour(str(rrule))
    if rrule:
        return str(rrule)
    if time.get("grain") not in ("minute", "hour") or time["start"] != time["end"]:
        return None
    start = clock.parse(time["start"])
    days = _days_said(turn) or "FREQ=DAILY"
    if _WEEKDAY.search(turn.entity("time") or ""):
        days = f"FREQ=WEEKLY;BYDAY={_WEEKDAYS[start.weekday()]}"
    return f"{days};BYHOUR={start.hour};BYMINUTE={start.minute}"


def _without_hour(rrule: str) -> str:
    return ";".join(part for part in rrule.split(";") if not part.startswith(("BYHOUR", "BYMINUTE")))


def _days_said(turn: Turn) -> str | None:
    """The days that wait for an hour, as a rule; None when none were said."""
    shown = turn.slot("shown") or {}
    return next(iter(shown["ids"]), None) if shown.get("kind") == _DAYS else None


def _ask_hour(turn: Turn, days: str) -> None:
    turn.show(_DAYS, [days])
    turn.set("reminder_time", None)
    turn.start_form("reminder_form")


def _resume(turn: Turn, person: Person) -> None:
    """Send again what was stopped, and offer the study reminder that was."""
    preferences.start_again(person.id)
    now_set, before = reminders.of_person(person.id), reminders.latest(person.id)
    if now_set is not None:
        reminders.go_on(person.id, turn.now)
        turn.say("messages_again_study", when=recurrence.words(now_set.rrule))
    elif person.messages_stopped_at is not None or before is None:
        turn.say("messages_again")
    if hours := _quiet_hours_of(person):
        turn.say("still_quiet", hours=hours)
    if now_set is None and before is not None:
        _read_back(turn, before.rrule)


def quiet_words(start: int, end: int) -> str:
    """Hours of the day as people say them: 晚上9点到早上8点."""
    moments = (clock.parse(f"2000-01-01T{hour:02d}:00") for hour in (start, end))
    return "到".join(clock.hour_words(moment) for moment in moments)


def _quiet_hours_of(person: Person) -> str | None:
    start, end = person.quiet_from, person.quiet_until
    return None if start is None or end is None or start == end else quiet_words(start, end)


def _quiet_hours(time: dict[str, Any]) -> tuple[int, int]:
    """From the hour said until the end of the span said; until the morning when no end was said, or midnight."""
    start, end = clock.parse(time["start"]), clock.parse(time["end"])
    return start.hour, end.hour if start < end and end.hour not in (0, start.hour) else _NIGHT[1]


def _read_back(turn: Turn, rrule: str) -> None:
    person = turn.require_person()
    earlier = reminders.of_person(person.id)
    notes = []
    if earlier is not None and earlier.rrule != rrule:
        notes.append(wording.phrase("reminder_instead", when=recurrence.words(earlier.rrule)))
    if person.messages_stopped_at is not None:
        notes.append(wording.phrase("reminder_starts_all"))
    first = recurrence.following(rrule, turn.now)
    if first is not None and quiet_until(person, first) is not None:
        notes.append(wording.phrase("reminder_in_quiet", hours=_quiet_hours_of(person)))
    words = {"notes": "".join(notes), **_words(turn, rrule)}
    turn.confirm("set_reminder", "reminder_read_back", {"rrule": rrule}, **words)


def _words(turn: Turn, rrule: str) -> dict[str, str]:
    first = recurrence.following(rrule, turn.now)
    return {"when": recurrence.words(rrule), "first": clock.moment_words(first) if first else ""}


def _set_reminder(turn: Turn, details: dict[str, Any]) -> None:
    person = turn.require_person()
    if person.messages_stopped_at is not None:
        preferences.start_again(person.id)
    reminders.set_reminder(person.id, details["rrule"], turn.now)
    words = _words(turn, details["rrule"])
    turn.say("reminder_set", when=words["when"], first=words["first"])


def _keep_quiet(turn: Turn, details: dict[str, Any]) -> None:
    preferences.keep_quiet(turn.require_person().id, details["start"], details["end"])
    turn.say("quiet_set", hours=quiet_words(details["start"], details["end"]))


def _stop_all(turn: Turn, details: dict[str, Any]) -> None:
    preferences.stop_all(turn.require_person().id, turn.now)
    turn.say("all_stopped")


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    "set_reminder": _set_reminder,
    "keep_quiet": _keep_quiet,
    "stop_all": _stop_all,
}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [
        SetStudyReminder(),
        AskReminderTime(),
        ValidateReminderForm(),
        ReadBackReminder(),
        StopReminders(),
    ]
