"""Leases: one process at a time plays a role; a dead one's is taken at once."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta

from service import db
from service.messages import leases
from service.messages.holders import is_gone, this_holder
from tests.support.talk import MONDAY

A, B = "elsewhere/1/1", "elsewhere/2/1"


def test_one_at_a_time(database: db.Engine) -> None:
    """Two machines want to deliver: the first does, until it has been silent too long."""
    assert leases.take("delivery", A, MONDAY)
    assert not leases.take("delivery", B, MONDAY)
    later = MONDAY + leases.TERM - timedelta(seconds=1)
    assert leases.take("delivery", A, later)
    assert not leases.take("delivery", B, later + timedelta(seconds=2))
    assert leases.take("delivery", B, later + leases.TERM)
    assert not leases.take("delivery", A, later + leases.TERM)


def test_each_role_is_its_own(database: db.Engine) -> None:
    """Whoever delivers need not keep the timetable."""
    assert leases.take("delivery", A, MONDAY)
    assert leases.take("scheduler", B, MONDAY)


def test_given_back(database: db.Engine) -> None:
    """A graceful stop lets the next one begin at once; nobody can give back what another holds."""
    leases.take("delivery", A, MONDAY)
    leases.give_back("delivery", B)
    assert not leases.take("delivery", B, MONDAY)
    leases.give_back("delivery", A)
    assert leases.take("delivery", B, MONDAY)


def test_a_dead_process_is_not_waited_for(database: db.Engine) -> None:
    """A process of this machine took the lease and was killed."""
    child = multiprocessing.get_context("fork").Process(target=int)
    child.start()
    machine = this_holder().partition("/")[0]
    dead = f"{machine}/{child.pid}/1"
    child.join()
    assert leases.take("delivery", dead, MONDAY)
    assert leases.take("delivery", this_holder(), MONDAY)


def test_who_is_gone() -> None:
    """This process lives; its number with another start was somebody else; another machine's is never known."""
    machine, number, started = this_holder().split("/")
    assert not is_gone(this_holder())
    assert is_gone(f"{machine}/{number}/{int(started) + 1}")
    assert not is_gone(f"another-{machine}/{number}/1")
