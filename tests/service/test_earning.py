"""What earns how much: the rules table, caps by calendar day and year, effective dates, nothing twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service import clock, db
from service.ledger import correcting, queries, rules
from service.ledger.earning import Earned, earn
from service.ledger.models import LedgerEntry, ledger_entries
from service.ledger.posting import MINUTES, POINTS, Reason
from service.people.models import Person
from tests.service.rewards_world import at_once, clerk, minutes, points
from tests.support.talk import MONDAY, enrol

TODAY = date(2026, 11, 23)


def did(person: Person, what: str, units: int, key: str, day: date = TODAY) -> Earned:
    """The person did something that day and is credited."""
    return earn(person.id, what, units, Reason("activities", f"做了{key}", day, key), MONDAY)


@pytest.fixture
def tao(database: db.Engine) -> Person:
    """陶玉洁, who has nothing yet."""
    return enrol("陶玉洁")


def test_an_hour_and_a_half(tao: Person) -> None:
    """Points by the minute, and the minutes themselves in the time bank."""
    assert did(tao, "volunteer_hour", 90, "站岗") == Earned(15, 90)
    assert (points(tao), minutes(tao)) == (15, 90)
    (line,) = queries.history(tao.id, POINTS)
    assert (line.happened_on, line.words, line.amount) == (TODAY, "做了站岗", 15)


def test_told_again(tao: Person) -> None:
    """The same event gives what it gave, and credits nothing more."""
    first = did(tao, "volunteer_hour", 60, "站岗")
    assert did(tao, "volunteer_hour", 60, "站岗") == first
    assert (points(tao), minutes(tao)) == (10, 60)


def test_told_by_four_at_once(tao: Person) -> None:
    """Four processes settle one activity at the same moment."""
    assert at_once(*(lambda: did(tao, "activity_attended", 1, "讲座") for _ in range(4))) == [None] * 4
    assert points(tao) == 5


def test_a_cap_by_the_day(tao: Person) -> None:
    """Hours beyond it are kept, points are not; tomorrow is another day."""
    assert did(tao, "volunteer_hour", 7 * 60, "上午") == Earned(70, 420)
    assert did(tao, "volunteer_hour", 3 * 60, "下午") == Earned(10, 180, capped=True)
    assert did(tao, "volunteer_hour", 60, "晚上") == Earned(0, 60, capped=True)
    assert did(tao, "volunteer_hour", 60, "次日", TODAY + timedelta(days=1)) == Earned(10, 60)
    assert (points(tao), minutes(tao)) == (90, 720)


def test_two_at_once_do_not_both_fill_a_cap(tao: Person) -> None:
    """Eight lessons' room of ten points is left, and twelve lessons come at the same moment."""
    calls = [lambda number=number: did(tao, "lesson_finished", 1, f"课{number}") for number in range(12)]
    assert at_once(*calls) == [None] * 12
    assert points(tao) == 20


def test_a_cap_by_the_year_and_its_end(tao: Person) -> None:
    """New Year's Eve and New Year's Day are of two years, at midnight in Shanghai."""
    rules.set_rule("quiz_passed", 5, MONDAY, yearly_cap=12)
    new_year = date(2027, 1, 1)
    given = [
        did(tao, "quiz_passed", 1, f"题{day}", day).points for day in (TODAY, date(2026, 12, 31), new_year)
    ]
    assert given == [5, 5, 5]
    assert did(tao, "quiz_passed", 1, "又一次", date(2026, 12, 31)) == Earned(2, 0, capped=True)
    assert did(tao, "quiz_passed", 1, "再一次", new_year) == Earned(5, 0)


def test_leap_day(tao: Person) -> None:
    """The twenty-ninth of February is a day like any other."""
    day = date(2028, 2, 29)
    assert [did(tao, "activity_attended", 1, f"活动{number}", day).points for number in range(5)] == [
        5,
        5,
        5,
        5,
        0,
    ]
    assert did(tao, "activity_attended", 1, "三月", date(2028, 3, 1)).points == 5


def test_a_change_of_rule_from_its_day_on(tao: Person) -> None:
    """What happened before keeps the rule of its day, even when it is told after."""
    rules.set_rule("activity_attended", 8, MONDAY, daily_cap=8, valid_from=date(2026, 12, 1))
    assert did(tao, "activity_attended", 1, "十一月").points == 5
    assert did(tao, "activity_attended", 2, "十二月", date(2026, 12, 1)) == Earned(8, 0, capped=True)
    assert did(tao, "activity_attended", 1, "补登", date(2026, 11, 30)).points == 5


def test_a_change_is_another_row(tao: Person) -> None:
    """The later decision of one day counts; nothing may begin in the past."""
    rules.set_rule("lesson_finished", 3, MONDAY)
    rules.set_rule("lesson_finished", 4, MONDAY)
    assert did(tao, "lesson_finished", 1, "课").points == 4
    with pytest.raises(ValueError, match="today or later"):
        rules.set_rule("lesson_finished", 9, MONDAY, valid_from=TODAY - timedelta(days=1))
    with pytest.raises(ValueError, match="not one of"):
        rules.set_rule("walking", 9, MONDAY)
    assert len(rules.rules_on(TODAY)) == len(rules.standard())


def test_no_points_any_more(tao: Person) -> None:
    """A rule of nought ends it; hours are still kept."""
    rules.set_rule("volunteer_hour", 0, MONDAY)
    assert did(tao, "volunteer_hour", 120, "站岗") == Earned(0, 120)
    assert (points(tao), minutes(tao)) == (0, 120)


def test_what_is_unknown_earns_nothing(tao: Person) -> None:
    """And nothing done cannot earn."""
    assert did(tao, "walking", 1, "走路") == Earned(0, 0)
    with pytest.raises(ValueError, match="nothing"):
        did(tao, "lesson_finished", 0, "没学")


def test_what_was_taken_back_leaves_its_room(tao: Person) -> None:
    """Credited to the wrong person and corrected: the cap is as if it had not been; staff and reason are kept."""
    did(tao, "volunteer_hour", 8 * 60, "记错人")
    with db.reading() as session:
        entry = session.execute(select(LedgerEntry).where(ledger_entries.c.key == "记错人")).scalars().one()
    by = clerk()
    correcting.correct(entry.id, "记错了人", by, MONDAY)
    assert points(tao) == 0
    assert did(tao, "volunteer_hour", 60, "站岗").points == 10
    (made,) = correcting.corrections()
    assert (made.by, made.reason, made.wrong_words) == ("白知秋", "记错了人", "做了记错人")
    assert queries.history(tao.id, POINTS)[1].words == "更正：记错了人"
    with pytest.raises(ValueError, match="reason"):
        correcting.correct(entry.id, " ", by, MONDAY)


def test_midnight_is_shanghais(tao: Person) -> None:
    """A rule made at one in the morning there begins that day, though it is yesterday in UTC."""
    just_after = clock.parse("2026-11-24T00:30")
    made = rules.set_rule("activity_attended", 7, just_after)
    assert made.valid_from == date(2026, 11, 24)
    assert rules.rule_on("activity_attended", TODAY) == rules.standard()["activity_attended"]
    assert queries.balance(tao.id, MINUTES) == 0
