"""Study reminders at a person's own times: set, written when due, rechecked when sent, quiet after being ignored."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select, update

from service import wording
from service.clock import moment_words
from service.db import is_infrastructure, reading, savepoint, unit_of_work
from service.errors import TurnAborted
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import WITHDRAWN, Verdict, for_unasked
from service.people import queries as people
from service.study import courses
from service.study.models import ReminderTime, StudyReminder, reminder_times, study_reminders
from service.study.recurrence import following
from service.study.reminder_history import KIND, NEVER_SEEN, came_to, key, last_time

logger = logging.getLogger(__name__)

# How late a reminder may still be sent after the program was down or the person's quiet hours.
LATENESS = timedelta(hours=2)
UNANSWERED_BEFORE_ASKING = 3
_AT_ONCE = 200


def set_reminder(person_id: int, rrule: str, now: datetime) -> StudyReminder:
    """Remind the person by this rule from now on, in place of any earlier one.

    Args:
        rrule: after RFC 5545 with BYHOUR, in Asia/Shanghai.

    Raises:
        ValueError: the rule has no time after now.
    """
    first = following(rrule, now)
    if first is None:
        raise ValueError("the rule has no time to come")
    with unit_of_work() as session:
        stop(person_id, now)
        reminder = StudyReminder(person_id=person_id, rrule=rrule, created_at=now, next_at=first)
        session.add(reminder)
        session.flush()
        return reminder


def stop(person_id: int, now: datetime) -> bool:
    """Stop reminding the person.

    Returns:
        Whether there was a reminder.
    """
    with unit_of_work() as session:
        stopped = session.execute(
            update(study_reminders)
            .where(study_reminders.c.person_id == person_id, study_reminders.c.stopped_at.is_(None))
            .values(stopped_at=now, next_at=None)
        )
        return bool(stopped.rowcount)


def of_person(person_id: int) -> StudyReminder | None:
    """The person's reminder, if one is set."""
    with reading() as session:
        query = select(StudyReminder).where(
            study_reminders.c.person_id == person_id, study_reminders.c.stopped_at.is_(None)
        )
        return session.execute(query).scalars().first()


def latest(person_id: int) -> StudyReminder | None:
    """The reminder that the person set last, stopped or not."""
    with reading() as session:
        query = select(StudyReminder).where(study_reminders.c.person_id == person_id)
        return session.execute(query.order_by(study_reminders.c.id.desc())).scalars().first()


def go_on(person_id: int, now: datetime) -> bool:
    """Take up a reminder that went quiet.

    Returns:
        Whether there was one.
    """
    with unit_of_work() as session:
        reminder = of_person(person_id)
        if reminder is None:
            return False
        reminder.unanswered, reminder.next_at = 0, following(reminder.rrule, now)
        session.flush()
        return True


def write_due(now: datetime) -> int:
    """Write what is due into the outbox and work out each reminder's next time; run it as often as you like.

    Times missed while the program was down are recorded as skipped, but for the last one if it is within LATENESS.

    Returns:
        How many due times were dealt with.
    """
    dealt = 0
    _take_up_unasked(now)
    while True:
        with unit_of_work() as session:
            due = (
                select(StudyReminder)
                .where(study_reminders.c.next_at <= now)
                .order_by(study_reminders.c.next_at, study_reminders.c.id)
                .limit(_AT_ONCE)
                .with_for_update(skip_locked=True)
            )
            found = list(session.execute(due).scalars())
            written = [_write_alone(reminder, now) for reminder in found]
        dealt += sum(filter(None, written))
        if len(found) < _AT_ONCE or None in written:
            return dealt


def _write_alone(reminder: StudyReminder, now: datetime) -> int | None:
    """Deal with one reminder so that a fault in it harms no other; None where there was one."""
    try:
        with savepoint():
            return _write_one(reminder, now)
    except Exception as error:
        if isinstance(error, TurnAborted) or is_infrastructure(error):
            raise
        logger.error("study reminder %d: %s", reminder.id, type(error).__name__)
        return None


def _write_one(reminder: StudyReminder, now: datetime) -> int:
    """Deal with every time of one reminder up to now."""
    dealt = 0
    while reminder.next_at is not None and reminder.next_at <= now:
        due = reminder.next_at
        after = following(reminder.rrule, due)
        last_missed = after is None or after > now
        outcome = _write(reminder, due, now) if last_missed and now - due <= LATENESS else "skipped"
        reminder.next_at = None if outcome == "paused" else after
        _record(reminder, due, outcome, now)
        dealt += 1
    return dealt


def _write(reminder: StudyReminder, due: datetime, now: datetime) -> str:
    """Write one reminder, or the question whether to go on; returns what became of the due time."""
    person = people.get(reminder.person_id)
    coming = courses.next_lesson(person.id)
    if coming is None:
        return "done"
    _count_unanswered(reminder, due)
    if reminder.unanswered >= UNANSWERED_BEFORE_ASKING:
        said, outcome = wording.say("study_reminder_go_on", name=person.name), "paused"
    else:
        reminder.unanswered += 1
        outcome = "written"
        said = wording.say(
            "study_reminder",
            name=person.name,
            when=moment_words(due),
            course=coming.course.title,
            lesson=coming.lesson.title,
            lesson_id=coming.lesson.id,
        )
    outbox.tell(
        person.id,
        KIND,
        said,
        now,
        due_at=due,
        expires_at=due + LATENESS,
        dedupe_key=key(reminder, due),
        about={"reminder_id": reminder.id, "lesson_id": coming.lesson.id},
    )
    return outcome


def _count_unanswered(reminder: StudyReminder, due: datetime) -> None:
    """Begin to count anew when something was studied since the reminder before this one.

    One that never reached the person, in quiet hours or with messages stopped, was not ignored.
    """
    before = last_time(reminder, "written")
    if before is None:
        return
    if courses.studied_since(reminder.person_id, before):
        reminder.unanswered = 0
    elif came_to(reminder, before) in NEVER_SEEN:
        reminder.unanswered = max(0, reminder.unanswered - 1)


def _take_up_unasked(now: datetime) -> None:
    """Go on with what went quiet though the question whether to go on never reached the person."""
    with unit_of_work() as session:
        asked_lately = (
            select(StudyReminder)
            .join(reminder_times, reminder_times.c.reminder_id == study_reminders.c.id)
            .where(
                study_reminders.c.next_at.is_(None),
                study_reminders.c.stopped_at.is_(None),
                reminder_times.c.outcome == "paused",
                reminder_times.c.due_at.between(now - 12 * LATENESS, now),
            )
        )
        for reminder in list(session.execute(asked_lately).scalars()):
            due = last_time(reminder, "paused")
            if due is not None and came_to(reminder, due) in NEVER_SEEN:
                go_on(reminder.person_id, now)


def _record(reminder: StudyReminder, due: datetime, outcome: str, now: datetime) -> None:
    with savepoint() as session:
        session.add(ReminderTime(reminder_id=reminder.id, due_at=due, outcome=outcome, recorded_at=now))
        session.flush()


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Whether a written reminder may still be sent: not after it was stopped, not for a lesson done meanwhile."""
    about = (row.payload or {}).get("about") or {}
    with reading() as session:
        reminder = session.get(StudyReminder, about.get("reminder_id"))
    if reminder is None or reminder.stopped_at is not None:
        return WITHDRAWN
    coming = courses.next_lesson(reminder.person_id)
    if coming is None or coming.lesson.id != about.get("lesson_id"):
        return WITHDRAWN
    return for_unasked(people.get(reminder.person_id), now)
