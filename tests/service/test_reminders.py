"""Study reminders: each due time once, late or recorded as missed, never for what is done, quiet when ignored."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from service import clock, db
from service.messages import outbox, sending
from service.messages.models import Outgoing
from service.messages.models import outbox as outbox_rows
from service.people import preferences
from service.people.models import Person
from service.study import courses, finishing, recurrence, reminders
from service.study.models import Course, Lesson, ReminderTime, reminder_times
from tests.support.talk import MONDAY, enrol

EVERY_MORNING = "FREQ=DAILY;BYHOUR=8;BYMINUTE=0"


def at(text: str) -> datetime:
    """A time in the week of Monday 23 November, as "24 08:00"."""
    day, hour = text.split()
    return clock.parse(f"2026-11-{day}T{hour}")


@pytest.fixture
def tao(database: db.Engine) -> Person:
    """陶桂芬, and a course of two lessons."""
    with db.unit_of_work() as session:
        course = Course(title="智能手机入门", topics=["手机"])
        session.add(course)
        session.flush()
        for number, title in ((1, "认识图标"), (2, "视频通话")):
            session.add(
                Lesson(course.id, number, title, medium="视频", where="https://example.org/l", minutes=20)
            )
    return enrol("陶桂芬")


def written() -> list[Outgoing]:
    """Every reminder in the outbox."""
    with db.reading() as session:
        return list(session.execute(select(Outgoing).order_by(outbox_rows.c.id)).scalars())


def outcomes() -> list[tuple[str, str]]:
    """What became of each due time."""
    with db.reading() as session:
        rows = session.execute(select(ReminderTime).order_by(reminder_times.c.due_at)).scalars()
        return [(clock.local(row.due_at).strftime("%d %H:%M"), row.outcome) for row in rows]


def lesson(number: int) -> int:
    """The id of a lesson."""
    with db.reading() as session:
        return int(session.execute(select(Lesson.__table__.c.id).filter_by(number=number)).scalar_one())


def test_written_once(tao: Person) -> None:
    """However often the timetable looks, eight o'clock is reminded of once."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    assert reminders.write_due(at("24 07:59")) == 0
    assert reminders.write_due(at("24 08:00")) == 1
    for minute in (0, 0, 1, 20, 59):
        assert reminders.write_due(at(f"24 08:{minute:02d}")) == 0
    (row,) = written()
    assert row.payload is not None
    assert "11月24日（周二）早上8点" in row.payload["text"]
    assert "《智能手机入门》：认识图标" in row.payload["text"]
    assert outcomes() == [("24 08:00", "written")]


def test_the_button_opens_the_next_lesson(tao: Person) -> None:
    """She has done the first; the reminder is for the second, and so is its button."""
    finishing.finish(tao.id, lesson(1), MONDAY)
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("24 08:00"))
    (row,) = written()
    assert row.payload is not None
    assert "视频通话" in row.payload["text"]
    assert outbox.buttons_of(row)[0].payload == f'/continue_study{{"lesson_id":"{lesson(2)}"}}'


def test_a_little_late(tao: Person) -> None:
    """The program was down until half past nine: late, but still the same morning."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("24 09:30"))
    (row,) = written()
    assert (row.due_at, row.expires_at) == (at("24 08:00"), at("24 10:00"))


def test_too_late(tao: Person) -> None:
    """The program was down for three days: what was missed is recorded and not sent; the next one is."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("26 12:00"))
    assert written() == []
    assert outcomes() == [("24 08:00", "skipped"), ("25 08:00", "skipped"), ("26 08:00", "skipped")]
    reminders.write_due(at("27 08:00"))
    assert len(written()) == 1
    assert outcomes()[-1] == ("27 08:00", "written")


def test_down_for_days_and_back_in_time(tao: Person) -> None:
    """Of several missed times only the last can still be reminded of."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("25 08:10"))
    assert outcomes() == [("24 08:00", "skipped"), ("25 08:00", "written")]
    assert len(written()) == 1


def test_a_tick_that_failed_is_made_up_for(tao: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database fails in the middle of a tick: nothing of it stays, and the next tick writes it once."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    real = reminders._record

    def fail(*_: object) -> None:
        raise db.TurnAborted("OperationalError")

    monkeypatch.setattr(reminders, "_record", fail)
    with pytest.raises(db.TurnAborted):
        reminders.write_due(at("24 08:00"))
    assert written() == []
    monkeypatch.setattr(reminders, "_record", real)
    reminders.write_due(at("24 08:01"))
    assert len(written()) == 1


def test_everything_studied(tao: Person) -> None:
    """There is nothing left to remind of."""
    for number in (1, 2):
        finishing.finish(tao.id, lesson(number), MONDAY)
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("24 08:00"))
    assert written() == []
    assert outcomes() == [("24 08:00", "done")]


def test_the_lesson_was_done_meanwhile(tao: Person) -> None:
    """Between being written and being sent she did the lesson on her own: it is not sent."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("24 08:00"))
    (row,) = written()
    assert reminders.recheck(row, at("24 08:00")).state == "send"
    finishing.finish(tao.id, lesson(1), at("24 08:00"))
    assert reminders.recheck(row, at("24 08:01")).state == "withdrawn"


def test_stopped_meanwhile(tao: Person) -> None:
    """What was stopped is not sent, nor written again."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("24 08:00"))
    (row,) = written()
    assert reminders.stop(tao.id, at("24 08:00"))
    assert reminders.recheck(row, at("24 08:01")).state == "withdrawn"
    reminders.write_due(at("25 08:00"))
    assert len(written()) == 1
    assert not reminders.stop(tao.id, at("25 09:00"))


def test_all_messages_stopped(tao: Person) -> None:
    """Who wants nothing unasked gets no reminder."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.write_due(at("24 08:00"))
    preferences.stop_all(tao.id, at("24 08:00"))
    assert reminders.recheck(written()[0], at("24 08:01")).state == "withdrawn"


def test_a_new_time_replaces_the_old(tao: Person) -> None:
    """She says another time: only that one counts."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    reminders.set_reminder(tao.id, "FREQ=DAILY;BYHOUR=15;BYMINUTE=0", MONDAY)
    reminders.write_due(at("23 15:00"))
    reminders.write_due(at("24 08:00"))
    assert outcomes() == [("23 15:00", "written")]


def test_quiet_after_being_ignored(tao: Person) -> None:
    """Three reminders without a lesson: the fourth asks once whether to go on, and then it is quiet."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    for day in range(24, 31):
        reminders.write_due(at(f"{day} 08:00"))
    texts = [(row.payload or {})["text"] for row in written()]
    assert ["认识图标" in text for text in texts] == [True, True, True, False]
    assert "以后还要提醒吗" in texts[3]
    assert outcomes()[-1] == ("27 08:00", "paused")

    assert reminders.go_on(tao.id, at("30 09:00"))
    reminders.write_due(clock.parse("2026-12-01T08:00"))
    assert "认识图标" in (written()[-1].payload or {})["text"]


def test_studying_counts_as_an_answer(tao: Person) -> None:
    """She opens a lesson after the third reminder: it goes on as before."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    for day in (24, 25, 26):
        reminders.write_due(at(f"{day} 08:00"))
    courses.start(tao.id, lesson(1), at("26 08:20"))
    for day in (27, 28):
        reminders.write_due(at(f"{day} 08:00"))
    assert [outcome for _, outcome in outcomes()] == ["written"] * 5


def test_many_people(tao: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """More are due than are dealt with at once; each is written once."""
    monkeypatch.setattr(reminders, "_AT_ONCE", 5)
    people = [enrol(f"学员{number:02d}") for number in range(12)]
    for person in people:
        reminders.set_reminder(person.id, EVERY_MORNING, MONDAY)
    assert reminders.write_due(at("24 08:00")) == len(people)
    assert len({row.person_id for row in written()}) == len(written()) == len(people)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (EVERY_MORNING, "每天早上8点"),
        ("FREQ=DAILY;BYHOUR=19;BYMINUTE=30", "每天晚上7点半"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=15;BYMINUTE=0", "每周二、周四下午3点"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0", "周一到周五每天上午9点"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;BYHOUR=10;BYMINUTE=15", "隔周的周六上午10点15分"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=9;BYMINUTE=0", "每月15日上午9点"),
        ("FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0", "每天早上8点和晚上8点"),
    ],
)
def test_a_rule_in_words(rule: str, words: str) -> None:
    """As people say it."""
    assert recurrence.words(rule) == words


@pytest.mark.parametrize(
    ("rule", "after", "first"),
    [
        (EVERY_MORNING, "2026-11-23T07:59:59", "2026-11-23T08:00"),
        (EVERY_MORNING, "2026-11-23T08:00:00", "2026-11-24T08:00"),
        (EVERY_MORNING, "2026-12-31T23:00:00", "2027-01-01T08:00"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=15;BYMINUTE=0", "2026-11-24T15:00:30", "2026-11-26T15:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=9;BYMINUTE=0", "2026-11-01T00:00:00", "2026-12-31T09:00"),
        ("FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0", "2026-11-23T12:00:00", "2026-11-23T20:00"),
    ],
)
def test_the_next_time(rule: str, after: str, first: str) -> None:
    """Strictly after, on a clock in Shanghai."""
    assert recurrence.following(rule, clock.parse(after)) == clock.parse(first)


def test_every_other_week(tao: Person) -> None:
    """From one Saturday to the one after next."""
    first = recurrence.following("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;BYHOUR=10;BYMINUTE=0", MONDAY)
    assert first == at("28 10:00")
    second = recurrence.following("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;BYHOUR=10;BYMINUTE=0", first)
    assert second == first + timedelta(weeks=2)


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "每天早上八点", "FREQ=DAILY;BYHOUR=8;UNTIL=20200101T000000"])
def test_a_rule_that_cannot_be(tao: Person, rule: str) -> None:
    """Without an hour, no rule at all, or over already: nothing is set, and an earlier one stays."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    with pytest.raises(ValueError, match=r"rule|time|unknown|hour"):
        reminders.set_reminder(tao.id, rule, MONDAY)
    kept = reminders.of_person(tao.id)
    assert kept is not None
    assert kept.rrule == EVERY_MORNING


def test_what_never_came_was_not_ignored(tao: Person) -> None:
    """In her quiet hours reminders lapse unseen: she is never asked whether she still wants them."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    for day in (24, 25, 26, 27, 28):
        reminders.write_due(at(f"{day} 08:00"))
        sending.settle(written()[-1], "expired", at(f"{day} 10:00"))
    assert [outcome for _, outcome in outcomes()] == ["written"] * 5


def test_the_question_that_never_came(tao: Person) -> None:
    """She did the lesson before she was asked whether to go on, so the question is withdrawn, and it goes on."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    for day in (24, 25, 26):
        reminders.write_due(at(f"{day} 08:00"))
        sending.settle(written()[-1], "sent", at(f"{day} 08:00"))
    reminders.write_due(at("27 08:00"))
    question = written()[-1]
    assert "以后还要提醒吗" in (question.payload or {})["text"]
    finishing.finish(tao.id, lesson(1), at("27 08:00"))
    assert reminders.recheck(question, at("27 08:01")).state == "withdrawn"
    sending.settle(question, "withdrawn", at("27 08:01"))
    reminders.write_due(at("27 08:02"))
    reminders.write_due(at("28 08:00"))
    assert "视频通话" in (written()[-1].payload or {})["text"]


def test_asked_once_and_then_quiet(tao: Person) -> None:
    """Ignored, asked, and the question ignored too: nothing more comes for a month."""
    reminders.set_reminder(tao.id, EVERY_MORNING, MONDAY)
    for day in range(24, 28):
        reminders.write_due(at(f"{day} 08:00"))
        sending.settle(written()[-1], "sent", at(f"{day} 08:00"))
    for days in range(1, 31):
        reminders.write_due(at("27 08:00") + timedelta(days=days))
    assert len(written()) == 4


def due_of(rule: str, since: str, *looks: str) -> list[str]:
    """When somebody is reminded by this rule, when the timetable looks at these moments."""
    person = enrol("卢长青")
    reminders.set_reminder(person.id, rule, clock.parse(since))
    for moment in looks:
        reminders.write_due(clock.parse(moment))
    return [f"{clock.local(row.due_at):%Y-%m-%d %H:%M}" for row in written()]


def test_over_midnight(tao: Person) -> None:
    """Half past eleven at night, looked at a quarter past midnight: late, still yesterday's, once."""
    rule = "FREQ=DAILY;BYHOUR=23;BYMINUTE=30"
    looks = ("2026-11-23T23:29", "2026-11-24T00:15", "2026-11-24T00:16", "2026-11-24T23:30")
    assert due_of(rule, "2026-11-23T12:00", *looks) == ["2026-11-23 23:30", "2026-11-24 23:30"]


def test_over_the_end_of_a_year(tao: Person) -> None:
    """At midnight of New Year and the night before."""
    rule = "FREQ=DAILY;BYHOUR=0;BYMINUTE=0"
    looks = ("2026-12-31T00:00", "2026-12-31T23:59", "2027-01-01T00:00", "2027-01-01T00:01")
    assert due_of(rule, "2026-12-30T12:00", *looks) == ["2026-12-31 00:00", "2027-01-01 00:00"]


def test_on_a_leap_day(tao: Person) -> None:
    """On the twenty-ninth of each month: on 29 February only in a leap year."""
    rule = "FREQ=MONTHLY;BYMONTHDAY=29;BYHOUR=8;BYMINUTE=0"
    looks = ("2027-01-29T08:00", "2027-02-28T08:00", "2027-03-01T08:00", "2027-03-29T08:00")
    assert due_of(rule, "2027-01-28T12:00", *looks) == ["2027-01-29 08:00", "2027-03-29 08:00"]


def test_every_day_over_a_leap_day(tao: Person) -> None:
    """28 February, 29 February, 1 March 2028."""
    looks = ("2028-02-28T08:00", "2028-02-29T08:00", "2028-03-01T08:00")
    assert due_of(EVERY_MORNING, "2028-02-27T12:00", *looks) == [look.replace("T", " ") for look in looks]


def test_over_the_lunar_new_year(tao: Person) -> None:
    """New Year's Eve and the first days of 2027 (6 to 8 February) are days like others."""
    looks = ("2027-02-05T08:00", "2027-02-06T08:00", "2027-02-07T08:00")
    rule = "FREQ=WEEKLY;BYDAY=FR,SA,SU;BYHOUR=8;BYMINUTE=0"
    assert due_of(rule, "2027-02-04T12:00", *looks) == [look.replace("T", " ") for look in looks]
