"""The process around the turn: who delivers, who keeps the timetable, and what becomes of a worker that fails."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.app import App
from bot.scheduler import LEASE, Job, make_scheduler
from bot.worker import Worker
from service import db
from service.cases import alerts
from service.errors import OperatorError
from service.messages import leases, outbox, sending
from service.messages.models import Chat
from service.wording import Utterance
from tests.bot.stand_in import Echo, heard, replies, resident, write
from tests.support.talk import MONDAY, StandingClock

ELSEWHERE = "elsewhere/1/1"


@pytest.fixture
def chat(sqlite: db.Engine) -> Chat:
    """段素珍's chat."""
    return resident("段素珍")


async def until(holds: Callable[[], bool]) -> None:
    """Let the process work until something holds."""

    async def look() -> None:
        while not holds():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(look(), 10)


async def test_who_takes_over_delivery_clears_up_after_the_dead(chat: Chat) -> None:
    """Another machine died while sending: once its lease has run out, its rows are looked after here."""
    now = StandingClock()
    outbox.reply(chat.id, Utterance("您有120分"), now())
    leases.take("delivery", ELSEWHERE, now())
    sending.take_due(now(), 30)
    outbox.reply(chat.id, Utterance("第二句"), now())

    app = App(["delivery"], now)
    running = asyncio.create_task(app.run(lambda _: None))
    await asyncio.sleep(0.1)
    assert replies(chat, "sent") == []
    now.forward(seconds=leases.TERM.total_seconds())
    app.wake_delivery()
    await until(lambda: len(replies(chat, "sent")) == 2)
    app.stop()
    await running
    assert replies(chat, "uncertain") == ["您有120分"]
    assert sorted(replies(chat, "sent")) == sorted(["（重发）您有120分", "第二句"])
    # A graceful stop leaves the lease to the next.
    assert leases.take("delivery", ELSEWHERE, now())


async def test_a_row_whose_fate_was_not_recorded(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database fails just after sending, and again: the answer is shown all the same, marked, without a restart."""
    outbox.reply(chat.id, Utterance("您有120分"), MONDAY)
    real, failing = sending.settle, [True, True]

    def settle(*args: object, **named: object) -> None:
        if failing:
            failing.pop()
            raise db.TurnAborted("OperationalError")
        real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "settle", settle)
    app = App(["delivery"], StandingClock())
    running = asyncio.create_task(app.run(lambda _: None))
    await until(lambda: replies(chat, "sent") == ["（重发）您有120分"])
    app.stop()
    await running


def _scheduled(run: Callable[[datetime], object], tells: threading.Event) -> object:
    scheduler = make_scheduler([Job("a job", run, every_seconds=3600)], lambda: MONDAY, tells.set)
    scheduler.start()
    return scheduler


def test_the_timetable_is_kept_by_one(sqlite: db.Engine) -> None:
    """A job runs at once where the lease is, and not where it is not."""
    ran, told = threading.Event(), threading.Event()
    scheduler = _scheduled(lambda now: ran.set() if now == MONDAY else None, told)
    assert told.wait(5)
    assert ran.is_set()
    scheduler.shutdown()  # type: ignore[attr-defined]

    with db.unit_of_work() as session:
        session.execute(db.metadata.tables["leases"].update().values(holder=ELSEWHERE))
    other = threading.Event()
    scheduler = _scheduled(lambda _: other.set(), threading.Event())
    scheduler.shutdown(wait=True)  # type: ignore[attr-defined]
    assert not other.is_set()
    assert not leases.take(LEASE, "elsewhere/2/1", MONDAY)


def test_a_job_that_fails(sqlite: db.Engine, caplog: pytest.LogCaptureFixture) -> None:
    """It is named in the log, without what it was about; the scheduler lives on."""
    begun = threading.Event()

    def fail(now: datetime) -> None:
        begun.set()
        raise ValueError("段素珍 13900001111")

    scheduler = _scheduled(fail, threading.Event())
    assert begun.wait(5)
    assert scheduler.running  # type: ignore[attr-defined]
    scheduler.shutdown(wait=True)  # type: ignore[attr-defined]
    assert "job a job: ValueError" in caplog.text
    assert "段素珍" not in caplog.text


def test_a_worker_answers_what_it_is_woken_for(chat: Chat) -> None:
    """What waited before it started, and what comes later."""
    answered = threading.Semaphore(0)
    worker = Worker(Echo, lambda: MONDAY, alerts.raise_for_failure, answered.release, ("page",))
    write(chat, "第一句")
    worker.start()
    assert answered.acquire(timeout=5)
    write(chat, "第二句")
    worker.wake()
    assert answered.acquire(timeout=5)
    worker.stop()
    assert heard(chat) == ["第一句", "第二句"]
    assert worker.failure is None


def test_a_worker_without_a_model(sqlite: db.Engine) -> None:
    """Whoever waits for it to be ready is told why it never will be."""

    def load() -> Echo:
        raise OperatorError("There is no trained model.")

    worker = Worker(load, lambda: MONDAY, alerts.raise_for_failure, lambda: None, ("page",))
    worker.start()
    assert worker.ready.wait(5)
    assert isinstance(worker.failure, OperatorError)
    worker.stop()
