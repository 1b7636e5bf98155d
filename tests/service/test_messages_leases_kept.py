"""A lease that is asked for all the time: sure of itself for a while, never for longer than it holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import clock, db
from service.messages import leases

NOW = clock.parse("2026-11-23T09:30")
ONE, OTHER = "elsewhere/1/1", "elsewhere/2/1"


@pytest.mark.usefixtures("database")
def test_nobody_else_gets_in_between() -> None:
    """While one is sure without asking, the other cannot take it."""
    kept = leases.Kept("delivery", ONE)
    assert kept.take(NOW)

    db_was, moment = db.engine(), NOW + leases.TERM / 5
    db.use(None)
    try:
        assert kept.take(moment)
    finally:
        db.use(db_was)
    assert not leases.take("delivery", OTHER, moment)


@pytest.mark.usefixtures("database")
def test_one_that_slept_too_long_has_lost_it() -> None:
    """After its term another may have taken it, so it asks again."""
    kept = leases.Kept("delivery", ONE)
    kept.take(NOW)
    late = NOW + leases.TERM + timedelta(seconds=1)

    assert leases.take("delivery", OTHER, late)
    assert not kept.take(late)


@pytest.mark.usefixtures("database")
def test_asking_goes_on_keeping_it() -> None:
    """Taken again and again, it never runs out."""
    kept = leases.Kept("delivery", ONE)
    for seconds in range(0, 90, 3):
        assert kept.take(NOW + timedelta(seconds=seconds))
        assert not leases.take("delivery", OTHER, NOW + timedelta(seconds=seconds))
