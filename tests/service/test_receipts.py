"""Receipt numbers: one letter a kind, the year it is in Shanghai, never the same twice."""

from __future__ import annotations

import threading

import pytest

from service import clock, db
from service.matters.receipts import next_receipt_no
from tests.support.talk import MONDAY


def test_they_count_up(database: db.Engine) -> None:
    """Each kind by itself."""
    assert [next_receipt_no("suggestion", MONDAY) for _ in range(3)] == [
        "S2026-0001",
        "S2026-0002",
        "S2026-0003",
    ]
    assert next_receipt_no("booking", MONDAY) == "B2026-0001"


def test_the_year_is_shanghais(database: db.Engine) -> None:
    """Half past midnight on New Year's Day is still the old year in London, and the new one here."""
    assert next_receipt_no("case", clock.parse("2026-12-31T23:59:59")) == "C2026-0001"
    assert next_receipt_no("case", clock.parse("2026-12-31T16:30:00+00:00")) == "C2027-0001"


def test_more_than_ten_thousand(sqlite: db.Engine) -> None:
    """The number grows longer rather than starting again."""
    next_receipt_no("booking", MONDAY)
    with db.unit_of_work() as session:
        session.execute(db.metadata.tables["receipt_counters"].update().values(last=9999))
    assert next_receipt_no("booking", MONDAY) == "B2026-10000"


def test_an_undone_turn_gives_no_number_twice(database: db.Engine) -> None:
    """A number that was told to nobody may be lost or used, but two people never have the same."""
    with pytest.raises(ZeroDivisionError), db.unit_of_work():
        next_receipt_no("booking", MONDAY)
        _ = 1 / 0
    assert len({next_receipt_no("booking", MONDAY) for _ in range(3)}) == 3


def test_at_once(database: db.Engine) -> None:
    """The first receipts of a year, asked for by six turns at the same moment."""
    begin, given = threading.Barrier(6), list[str]()

    def ask() -> None:
        begin.wait(5)
        given.append(next_receipt_no("suggestion", MONDAY))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(given) == [f"S2026-{number:04d}" for number in range(1, 7)]
