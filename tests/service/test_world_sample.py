"""The sample world: big enough to be believed, the same every time, and three people to try first."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from service import clock, db, demonstration
from service.activities import holdings
from service.activities.listing import read_listings
from service.activities.models import activities
from service.activities.schedule import schedule
from service.cases import questions
from service.db import reading
from service.ledger import queries as ledger
from service.ledger.models import accounts
from service.people import queries as people
from service.people.models import Person
from service.people.models import people as people_rows
from service.study import courses, reminders
from service.suggestions import queries as suggestions
from service.suggestions.overdue import overdue
from service.suggestions.reports import reports
from service.world.loader import load
from service.world.reading import understood
from service.world.sample import sample

SUNDAY = clock.parse("2026-11-22T10:00")


def test_it_is_the_same_every_time() -> None:
    assert sample(SUNDAY) == sample(SUNDAY)


def test_people_are_as_old_next_year() -> None:
    later = sample(clock.parse("2027-11-22T10:00"))["people"]
    assert [person["birth_year"] - 1 for person in later] == [
        person["birth_year"] for person in sample(SUNDAY)["people"]
    ]


def test_names_and_numbers_are_nobody_elses() -> None:
    given = sample(SUNDAY)["people"]
    assert len({person["name"] for person in given}) == 300
    assert all(str(person["phone"]).startswith("1390000") for person in given)


def one(name: str) -> Person:
    """The one of that name."""
    (found,) = people.by_name(name)
    return found


# The whole world is loaded once a kind of database, since that takes seconds, and looked at from all sides.
def test_a_county_stands_in_the_database(database: db.Engine) -> None:
    load(understood(sample(SUNDAY)), SUNDAY)

    with reading() as session:
        held = select(func.count(accounts.c.person_id.distinct())).where(accounts.c.balance > 0)
        with_something = session.execute(held).scalar_one()
        classes = Counter(session.execute(select(people_rows.c.activity_class)).scalars())
    every = read_listings(activities.c.id > 0)
    states = Counter(listing.activity.state for listing in every)
    coming = [listing for listing in every if listing.activity.starts_at > SUNDAY]

    assert sum(classes.values()) == 300
    assert min(classes.values()) >= 20
    assert len(every) == 66
    assert len({listing.activity.kind for listing in every}) == 11
    assert states["held"] >= 15
    assert states["settled"] == 1
    assert [each.post.name for each in holdings.coverage(SUNDAY) if each.wanted] == [
        "橘灯巷",
        "银杏路12号桶点",
        "青莲社区第七微网格",
    ]
    assert states["full"] >= 5
    assert sum(listing.waiting > 0 for listing in coming) >= 5
    assert with_something > 150
    assert courses.search(None) == (courses.search(None, 30)[0][:5], 25)
    states = Counter(each.suggestion.state for each in suggestions.latest())
    assert sum(states.values()) == 9
    assert set(states) == {"已收到", "已转办", "办理中", "已答复", "已采纳", "部分采纳", "未采纳", "已有成果"}
    assert len(overdue(SUNDAY)) == 1
    assert len(reports()) == 3
    assert len(questions.open_questions()) == 4
    assert ledger.discrepancies() == []
    _three_people_to_try()


def _three_people_to_try() -> None:
    chen, wang, li = one("陈秀兰"), one("王建国"), one("李淑芬")
    lines = demonstration.introductions()
    titles = [each.listing.activity.title for each in schedule(chen.id, SUNDAY)]
    next_lesson, reminder = courses.next_lesson(chen.id), reminders.of_person(chen.id)

    assert [line.split(",")[0] for line in lines] == ["Try as 陈秀兰", "Try as 王建国", "Try as 李淑芬"]
    assert "13900001234" in lines[0]
    assert "楷书入门" in titles
    assert ledger.balance(chen.id, "points") == 60 + 20 - 30 + 6 + 5
    assert next_lesson is not None
    assert next_lesson.lesson.title == "点与钩"
    assert reminder is not None
    assert (wang.activity_class, wang.birth_year) == ("适当参加", 2026 - 81)
    assert (li.activity_class, li.birth_year) == ("不能参加", 2026 - 88)
    assert [each.listing.activity.title for each in schedule(li.id, SUNDAY)] == ["空中课堂：家常养生"] * 2


@pytest.mark.parametrize("moment", ["2026-01-01T00:05", "2028-02-29T23:50"])
def test_it_fits_together_at_any_time(sqlite: db.Engine, moment: str) -> None:
    now = clock.parse(moment)
    load(understood(sample(now)), now)
    assert ledger.discrepancies() == []
