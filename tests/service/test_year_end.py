"""Year end: previewed, closed in batches, stopped and begun again, run twice: nothing changes twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from service import clock, db
from service.ledger import closing, cycles, posting, queries
from service.ledger.cycle_models import CycleStatement, cycle_statements
from service.ledger.models import ledger_entries
from service.ledger.posting import POINTS, Reason
from service.ledger.statement import statement
from service.messages.models import Outgoing
from service.people.models import Person
from tests.service.rewards_world import at_once, points
from tests.support.talk import enrol

END = clock.parse("2026-12-31T23:59:59")
JANUARY = clock.parse("2027-01-05T09:00")


def earned(person: Person, amount: int, day: date, key: str = "") -> None:
    """Points for something of that day, told in the evening."""
    told = clock.parse(f"{day.isoformat()}T20:00")
    reason = Reason("activities", "站岗", day, f"{person.id}:{amount}:{day}:{key}")
    posting.credit(person.id, POINTS, amount, reason, told)


def spent(person: Person, amount: int, day: date) -> int:
    """Points for something had that day; the entry."""
    reason = Reason("redemption", "兑换毛巾", day, f"{person.id}:-{amount}:{day}")
    told = clock.parse(f"{day.isoformat()}T20:00")
    return posting.debit(person.id, POINTS, amount, reason, told).id


@pytest.fixture
def five(database: db.Engine) -> list[Person]:
    """Five people with 10, 20, 30, 40 and 50 points of 2026."""
    found = [enrol(f"程立{number}") for number in "秋冬春夏安"]
    for number, person in enumerate(found, 1):
        earned(person, 10 * number, date(2026, 5, 4))
    return found


def outcomes() -> list[tuple[int, int, int]]:
    """What was held, carried and lapsed by each, in the order of the people."""
    with db.reading() as session:
        rows = session.execute(select(CycleStatement).order_by(cycle_statements.c.person_id)).scalars()
        return [(row.held, row.carried, row.lapsed) for row in rows]


def told() -> list[str]:
    """What people are to be told."""
    with db.reading() as session:
        return [(row.payload or {})["text"] for row in session.execute(select(Outgoing)).scalars()]


def entries() -> int:
    """How many entries there are."""
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(ledger_entries)).scalar_one())


def test_preview_and_close(five: list[Person]) -> None:
    """What was shown is what is done: at most thirty are kept; each is told once."""
    shown = list(closing.preview(2026, 30, batch=2))
    assert [(each.held, each.carried, each.lapsed) for each in shown] == [
        (10, 10, 0),
        (20, 20, 0),
        (30, 30, 0),
        (40, 30, 10),
        (50, 30, 20),
    ]
    assert [points(person) for person in five] == [10, 20, 30, 40, 50]
    assert closing.close(2026, 30, END, batch=2) == closing.Totals(5, 150, 120, 30)
    assert [points(person) for person in five] == [10, 20, 30, 30, 30]
    assert outcomes() == [(each.held, each.carried, each.lapsed) for each in shown]
    assert len(told()) == 5
    assert "转到2027年 30 分，清零 20 分（结算前 50 分）" in told()[4]
    assert "10 分全部转到2027年" in told()[0]
    assert queries.history(five[4].id, POINTS)[0].words == "2026年积分到期清零"
    assert queries.discrepancies() == []


def test_run_again(five: list[Person]) -> None:
    """The same totals, and not one entry, message or point more."""
    first = closing.close(2026, 0, END)
    before = (entries(), told(), [points(person) for person in five])
    assert closing.close(2026, 0, JANUARY) == first == closing.Totals(5, 150, 0, 150)
    assert (entries(), told(), [points(person) for person in five]) == before


def test_stopped_in_the_middle(five: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    """It dies in its second batch, whose people keep everything; run again it goes on from there."""
    real, calls = closing._lapse, []

    def dies(*given: object) -> dict[int, int]:
        calls.append(given)
        done = real(*given)  # type: ignore[arg-type]
        if len(calls) == 2:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(closing, "_lapse", dies)
    with pytest.raises(KeyboardInterrupt):
        closing.close(2026, 0, END, batch=2)
    assert [points(person) for person in five] == [0, 0, 30, 40, 50]
    assert cycles.state_of(2026) == "closing"
    assert queries.discrepancies() == []
    assert closing.close(2026, 0, JANUARY, batch=2).lapsed == 150
    assert [points(person) for person in five] == [0] * 5
    assert len(told()) == 5
    assert cycles.state_of(2026) == "closed"


def test_two_close_at_once(five: list[Person]) -> None:
    """Two clerks at the same moment: one closing."""
    assert at_once(*(lambda: closing.close(2026, 0, END, batch=2) for _ in range(2))) == [None, None]
    assert closing.totals(2026) == closing.Totals(5, 150, 0, 150)
    assert len(told()) == 5
    assert queries.discrepancies() == []


def test_the_rule_cannot_change_on_the_way(five: list[Person]) -> None:
    """Neither after it was announced nor after closing began."""
    cycles.announce(2026, 30, END)
    with pytest.raises(closing.CycleRuleFixed):
        closing.close(2026, 0, END)
    closing.close(2026, 30, END)
    with pytest.raises(closing.CycleRuleFixed):
        closing.close(2026, None, END)
    with pytest.raises(cycles.CycleClosed):
        cycles.announce(2026, 0, END)
    assert points(five[4]) == 30


def test_not_before_december(five: list[Person]) -> None:
    """A slip of the year closes nothing."""
    with pytest.raises(ValueError, match="last month"):
        closing.close(2027, 0, END)
    with pytest.raises(ValueError, match="last month"):
        closing.close(2026, 0, clock.parse("2026-11-30T23:59"))


def test_closed_in_january(five: list[Person]) -> None:
    """What was earned since the new year stays; what was spent since was the old year's."""
    earned(five[0], 25, date(2027, 1, 1))
    earned(five[4], 5, date(2027, 1, 3))
    spent(five[4], 20, date(2027, 1, 4))
    closing.close(2026, 0, JANUARY)
    assert [points(person) for person in five] == [25, 0, 0, 0, 5]
    assert outcomes()[4] == (30, 0, 30)


def test_spent_beyond_the_old_year(five: list[Person]) -> None:
    """More was spent in January than was left of December: nothing of the old year can lapse."""
    earned(five[0], 25, date(2027, 1, 1))
    spent(five[0], 30, date(2027, 1, 4))
    closing.close(2026, 0, JANUARY)
    assert points(five[0]) == 5
    assert outcomes()[0] == (0, 0, 0)


def test_given_back_in_january(five: list[Person]) -> None:
    """What was kept over the new year and not fetched comes back as it was: points of the old year."""
    entry = spent(five[4], 40, date(2026, 12, 20))
    posting.reverse(entry, "退回积分", JANUARY, date(2027, 1, 5))
    closing.close(2026, 0, JANUARY)
    assert points(five[4]) == 0


def test_corrected_in_january(five: list[Person]) -> None:
    """A credit of January that was wrong takes nothing from December with it."""
    earned(five[0], 25, date(2027, 1, 1), "错")
    wrong = queries.history(five[0].id, POINTS)[0].entry_id
    posting.reverse(wrong, "更正", JANUARY, date(2027, 1, 5))
    closing.close(2026, None, JANUARY)
    assert outcomes()[0] == (10, 10, 0)


def test_told_after_closing(five: list[Person]) -> None:
    """Something of December that is settled in January counts for the new year, and so does the end of December."""
    early = clock.parse("2026-12-28T18:00")
    closing.close(2026, 0, early)
    late = Reason("activities", "站岗", date(2026, 12, 30), "late")
    posting.credit(five[0].id, POINTS, 15, late, JANUARY)
    assert points(five[0]) == 15
    closing.close(2026, 0, JANUARY)
    assert points(five[0]) == 15
    closing.close(2027, 0, clock.parse("2027-12-31T12:00"))
    assert points(five[0]) == 0


def test_carried_points_lapse_a_year_later(five: list[Person]) -> None:
    """Kept once, they are the oldest of the next year."""
    closing.close(2026, None, END)
    earned(five[0], 7, date(2027, 6, 1))
    closing.close(2027, 5, clock.parse("2027-12-31T23:00"))
    assert points(five[0]) == 5
    assert closing.totals(2027).lapsed == 10 + 7 + 20 + 30 + 40 + 50 - 5 * 5


def test_the_last_second_and_the_first(five: list[Person]) -> None:
    """Midnight is Shanghai's: the last second of the year can be closed, the next is another year's."""
    at = clock.parse("2026-12-31T15:59:59+00:00")
    assert cycles.year_that_counts(clock.local(at).date()) == 2026
    assert cycles.year_that_counts(clock.local(clock.parse("2026-12-31T16:00:00+00:00")).date()) == 2027


def test_a_years_statement(five: list[Person]) -> None:
    """Before, came, went, left; what came for one reason is one line."""
    person = five[4]
    earned(person, 20, date(2025, 3, 1))
    earned(person, 8, date(2026, 12, 31))
    spent(person, 30, date(2026, 7, 1))
    earned(person, 99, date(2027, 1, 1))
    found = statement(person.id, POINTS, date(2026, 1, 1), date(2027, 1, 1))
    assert (found.before, found.came, found.went, found.left) == (20, 58, 30, 48)
    assert [(line.words, line.amount, line.entries) for line in found.lines] == [
        ("站岗", 58, 2),
        ("兑换毛巾", -30, 1),
    ]
