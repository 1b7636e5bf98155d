"""People write while everything goes wrong; afterwards it is counted what became of each message."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import event, func, select
from sqlalchemy import exc as sa_exc

from service import clock, db
from service.db import reading
from service.messages import uncertain
from service.messages.models import inbox, outbox, telegram_updates
from tests.support.telegram.client import Person, Refused, Telegram
from tests.telegram.desk import Desk
from tests.telegram.running import Assistant

PEOPLE, EACH = 3, 3
SPEED = 20
_PATIENCE = 60.0
_SORRY = "对不起，刚才这件事没有办成"


class FastClock:
    """A clock on which twenty seconds pass in one."""

    def __init__(self) -> None:
        self._began = clock.now()

    def __call__(self) -> datetime:
        return self._began + (clock.now() - self._began) * SPEED


@dataclass
class Outcome:
    """What became of the messages: `lost` and `twice` name those that broke the rule."""

    sent: int = 0
    marked: int = 0
    uncertain: int = 0
    apologies: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether each message was answered once, or with an apology, and nothing came twice without the mark."""
        return not self.lost and not self.twice


async def seeded(sim: Telegram, seed: int) -> Outcome:
    """One run of everything at once, on the database in use: writing, faults, and a restart."""
    chance = random.Random(seed)
    people = [await sim.person(f"人{number}") for number in range(PEOPLE)]
    said: list[tuple[Person, str]] = []
    now = FastClock()
    agent = Desk()
    passing: list[asyncio.Task[None]] = []
    for part in range(2):
        async with Assistant(agent, now).running():
            for number in range(EACH):
                if chance.random() < 0.6:
                    await _go_wrong(sim, chance, passing)
                async with _out_of_order(sim, chance):
                    for person in people:
                        text = f"种子{seed}段{part}句{number}人{person.id}"
                        await person.say(text)
                        said.append((person, text))
                        if chance.random() < 0.1:
                            await sim.inject({"message": {"message_id": "x", "chat": {"id": "y"}}})
                await asyncio.sleep(chance.random() * 0.1)
            await asyncio.gather(*passing)
            passing.clear()
            if part == 1:
                await sim.clear_faults()
                await quiet(sim)
    return await outcome(said)


async def _go_wrong(sim: Telegram, chance: random.Random, passing: list[asyncio.Task[None]]) -> None:
    """One of the things that happen; what passes by itself is added to `passing`."""
    seed = chance.randrange(10**6)
    match chance.randrange(9):
        case 0 | 1:
            kind = chance.choice(["lost", "dropped", "cut"])
            await sim.fault(kind, method="sendMessage", probability=0.3, seed=seed, count=3)
        case 2:
            await sim.fault("cut", method="getUpdates", count=2)
        case 3:
            await sim.fault("duplicate", probability=0.5, seed=seed, count=5)
        case 4:
            await sim.fault(
                "error", method="sendMessage", code=429, retry_after=chance.randint(1, 5), count=1
            )
        case 5:
            await sim.fault("error", code=chance.choice([500, 502]), probability=0.3, seed=seed, count=4)
        case 6:
            await sim.request("POST", "listener", {"open": False, "seconds": chance.random() * 0.3})
            passing.append(asyncio.create_task(asyncio.sleep(0.4)))
        case 7:
            passing.append(asyncio.create_task(_revoke(sim, chance.random() * 0.3)))
        case 8:
            words = chance.choice(["database is locked", "database or disk is full"])
            passing.append(asyncio.create_task(_break(words, chance.random() * 0.5)))


async def _revoke(sim: Telegram, seconds: float) -> None:
    await sim.request("POST", "token", {})
    await asyncio.sleep(seconds)
    await sim.request("POST", "token", {"token": sim.token})


async def _break(words: str, seconds: float) -> None:
    with failing(words):
        await asyncio.sleep(seconds)


@contextlib.contextmanager
def failing(words: str) -> Iterator[None]:
    """Nothing can be written."""

    def refuse(*_: object) -> None:
        raise sa_exc.OperationalError("any", {}, Exception(words))

    engine = db.engine()
    event.listen(engine, "before_cursor_execute", refuse)
    event.listen(engine, "commit", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)
        event.remove(engine, "commit", refuse)


@contextlib.asynccontextmanager
async def _out_of_order(sim: Telegram, chance: random.Random) -> AsyncIterator[None]:
    """Sometimes what is written meanwhile is delivered in another order."""
    if chance.random() > 0.3:
        yield
        return
    await sim.request("POST", "updates/hold")
    try:
        yield
    finally:
        await sim.request("POST", "updates/release", {"order": "shuffled", "seed": chance.randrange(10**6)})


async def quiet(sim: Telegram) -> None:
    """Wait until nothing is left to do anywhere."""

    async def look() -> None:
        calm = 0
        while calm < 3:
            pending = (await sim.request("GET", "updates"))["pending"]
            calm = calm + 1 if not pending and not await asyncio.to_thread(_open_rows) else 0
            await asyncio.sleep(0.03)

    try:
        await asyncio.wait_for(look(), _PATIENCE)
    except asyncio.TimeoutError:
        raise AssertionError(f"still to do after a minute: {_open_rows()} rows") from None


def _open_rows() -> int:
    with reading() as session:
        waiting = [
            select(func.count()).select_from(telegram_updates).where(telegram_updates.c.state == "waiting"),
            select(func.count()).select_from(inbox).where(inbox.c.state == "waiting"),
            select(func.count()).select_from(outbox).where(outbox.c.state.in_(("pending", "sending"))),
        ]
        return sum(int(session.execute(query).scalar_one()) for query in waiting)


async def outcome(said: list[tuple[Person, str]]) -> Outcome:
    """What the phones show and the database lists, against what was said."""
    found = Outcome(sent=len(said))
    listed = [row.row.payload["text"] for row in uncertain.uncertain(10_000) if row.row.payload]
    found.uncertain = len(listed)
    shown = {}
    for person in {person.id: person for person, _ in said}.values():
        with contextlib.suppress(Refused):
            shown[person.id] = await person.texts()
    sorry = {person: sum(_SORRY in text for text in texts) for person, texts in shown.items()}
    found.apologies = sum(sorry.values())
    for person, text in said:
        plain = shown[person.id].count(f"听到了：{text}")
        marked = shown[person.id].count(f"（重发）听到了：{text}")
        found.marked += marked
        if plain > 1 or marked > 1 or (marked and f"听到了：{text}" not in listed):
            found.twice.append(text)
        if not plain and not marked and not any(text in each for each in listed):
            if not sorry[person.id]:
                found.lost.append(text)
            sorry[person.id] -= 1
    return found
