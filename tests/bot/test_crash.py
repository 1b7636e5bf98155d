"""A turn that is cut off anywhere is done again as a whole: answered once, nothing half-written, nothing lost."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy import exc as sa_exc

from service import db
from service.errors import TurnAborted
from service.ledger import queries
from service.messages import dialogues, inbox, outbox
from service.messages.models import Chat
from tests.bot.stand_in import (
    Echo,
    answer_all,
    answer_everything,
    conversation,
    heard,
    points,
    replies,
    resident,
    states,
    write,
)
from tests.support.talk import StandingClock

# A turn takes fewer statements than this; the story notices by itself when it has reached the end.
MOST = 60


def locked() -> Exception:
    """The database fails."""
    return sa_exc.OperationalError("UPDATE", {}, Exception("database is locked"))


def bug() -> Exception:
    """The code fails."""
    return RuntimeError("a bug")


@contextmanager
def each_statement(engine: db.Engine, call: Callable[[], None]) -> Iterator[None]:
    """Call something before each statement and each commit of the engine."""

    def before_statement(*_: Any) -> None:
        call()

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", before_statement)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before_statement)
        event.remove(engine, "commit", before_statement)


class Nth:
    """Raises at the nth call, and knows whether it came to that."""

    def __init__(self, nth: int, failure: Callable[[], Exception]) -> None:
        self._left, self._failure, self.reached = nth, failure, False

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.reached = True
            raise self._failure()


@pytest.mark.parametrize("failure", [locked, bug])
async def test_a_failure_at_every_statement(
    database: db.Engine, failure: Callable[[], Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """史文斌 writes again and again, and each time the next statement of the turn fails once."""
    caplog.set_level(logging.CRITICAL)
    chat = resident("史文斌")
    said: list[str] = []
    for nth in range(1, MOST):
        said.append(f"第{nth}句")
        write(chat, said[-1])
        worker, failing = conversation(), Nth(nth, failure)
        with each_statement(database, failing):
            try:
                await worker.handle_one()
            except (TurnAborted, RuntimeError):
                assert failing.reached
        while await worker.handle_one():
            pass
        assert points(chat) == len(said), f"after a failure at statement {nth}"
        if not failing.reached:
            break
    else:
        pytest.fail("the end of a turn was never reached")
    assert len(said) > 10
    assert replies(chat) == [f"听到了：{each}" for each in said]
    assert heard(chat) == said
    assert {state for state, _ in states(chat)} == {"handled"}
    assert queries.discrepancies() == []


STEPS: list[tuple[Any, str]] = [
    (Echo, "parse"),
    (inbox, "claim"),
    (inbox, "lock"),
    (dialogues, "load"),
    (Echo, "turn"),
    (outbox, "reply"),
    (dialogues, "store"),
    (inbox, "settle"),
]


@pytest.mark.parametrize("failure", [locked, bug])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[name for _, name in STEPS])
async def test_a_failure_around_every_step(
    sqlite: db.Engine,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    step: str,
    after: bool,
    failure: Callable[[], Exception],
) -> None:
    """A step fails before it has done its work, or with all of it done; the second attempt is the only one seen."""
    chat = resident("史文斌")
    write(chat, "我有多少积分")
    once = Nth(1, failure)
    _wrap(monkeypatch, owner, step, once, after)
    worker = conversation()
    with suppress(TurnAborted, RuntimeError, sa_exc.OperationalError):
        await worker.handle_one()
    assert once.reached
    assert (replies(chat), heard(chat), points(chat)) == ([], [], 0)
    while await worker.handle_one():
        pass
    assert replies(chat) == ["听到了：我有多少积分"]
    assert heard(chat) == ["我有多少积分"]
    assert points(chat) == 1
    assert [state for state, _ in states(chat)] == ["handled"]


def _wrap(monkeypatch: pytest.MonkeyPatch, owner: Any, step: str, once: Nth, after: bool) -> None:
    real = getattr(owner, step)

    def _fail() -> None:
        if not once.reached:
            once()

    async def waiting(*args: Any, **named: Any) -> Any:
        if not after:
            _fail()
        result = await real(*args, **named)
        _fail()
        return result

    def plain(*args: Any, **named: Any) -> Any:
        if not after:
            _fail()
        result = real(*args, **named)
        _fail()
        return result

    monkeypatch.setattr(owner, step, waiting if owner is Echo else plain)


async def test_a_failure_that_rasa_swallows(database: db.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database fails inside an action and Rasa goes on as if nothing were: the turn is done again whole."""
    chat = resident("史文斌")
    write(chat, "我有多少积分")
    real, failing = Echo.turn, [True]

    async def turn(self: Echo, *args: Any) -> Any:
        answered = await real(self, *args)
        if failing:
            failing.clear()
            try:
                with db.unit_of_work():
                    raise locked()
            except sa_exc.OperationalError:
                pass
        return answered

    monkeypatch.setattr(Echo, "turn", turn)
    worker = conversation()
    with pytest.raises(TurnAborted):
        await worker.handle_one()
    assert (replies(chat), points(chat)) == ([], 0)
    assert await worker.handle_one()
    assert replies(chat) == ["听到了：我有多少积分"]
    assert points(chat) == 1
    assert states(chat) == [("handled", 2)]


def _die_at(url: str, nth: int) -> None:
    """Answer and deliver in a process of its own, which is killed before its nth statement or commit."""
    left = [nth]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    db.use(db.connect(url))
    with each_statement(db.engine(), count):
        answer_everything()


def _killed(chat: Chat, engine: db.Engine, nth: int) -> bool:
    """Have a process answer until it is killed; returns whether it came to that."""
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    child = multiprocessing.get_context("fork").Process(target=_die_at, args=(url, nth))
    child.start()
    child.join(20)
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode != 0


def test_killed_at_every_statement(database: db.Engine) -> None:
    """陶桂芬 writes again and again, and each time the process is killed one statement later than before.

    Once it is back, everything is answered once. The one answer of which nobody can know whether it arrived, since
    the process died between handing it over and writing that down, comes a second time and says so.
    """
    chat = resident("陶桂芬")
    said: list[str] = []
    for nth in range(1, MOST, 1 if database.dialect.name == "sqlite" else 3):
        said.append(f"第{nth}句")
        write(chat, said[-1])
        if not _killed(chat, database, nth):
            break
        answer_everything()
        assert points(chat) == len(said), f"after being killed at statement {nth}"
    else:
        pytest.fail("the end of a turn was never reached")
    assert heard(chat) == said
    assert {state for state, _ in states(chat)} == {"handled"}
    once = [f"听到了：{each}" for each in said]
    again = [text for text in replies(chat, "sent") if text.startswith("（重发）")]
    unknown = replies(chat, "uncertain")
    assert again == [f"（重发）{text}" for text in unknown]
    assert 1 <= len(unknown) <= 3
    assert sorted(replies(chat, "sent")) == sorted([text for text in once if text not in unknown] + again)
    assert replies(chat, "pending", "sending", "failed") == []
    assert queries.discrepancies() == []


async def test_a_database_away_for_a_while(database: db.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing can be written the message waits, and is answered when the database is back."""
    chat = resident("史文斌")
    write(chat, "我有多少积分")
    worker = conversation(now=StandingClock())

    def away() -> None:
        raise locked()

    with each_statement(database, away):
        for _ in range(5):
            with pytest.raises(TurnAborted):
                await worker.handle_one()
    await answer_all()
    assert replies(chat, "sent") == ["听到了：我有多少积分"]
