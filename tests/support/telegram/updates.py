"""Updates on their way to the bot: one queue, emptied by long polling or by a webhook.

The rules are those of Telegram's own server: an update stays until an offset above its number asks for more,
or until it is too old; a second waiting poll throws out the first.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock
from .errors import ApiError, SimError
from .waiting import Signal

MESSAGE_LIFETIME = 86_400  # seconds an undelivered message is kept for the bot
PRESS_LIFETIME = 150  # the same for a press of a button
ON_REQUEST_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}
CONFLICT_PAUSE = 3.0  # seconds between two answers 409, so that two pollers do not spin
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)


@dataclass(slots=True, eq=False)
class Entry:
    """One update in the queue. Order is kept within a lane: one chat, or one person's presses."""

    id: int
    body: dict[str, Any]
    lane: tuple[str, int]
    expires: int
    until_delivered: bool = False  # repeated or reordered on purpose: an offset above it does not drop it
    delivered: bool = False


@dataclass
class UpdateQueue:
    """The updates not yet acknowledged, in the order in which they will be delivered."""

    clock: Clock
    allowed: set[str] | None = None  # None is Telegram's default
    entries: list[Entry] = field(default_factory=list)
    changed: Signal = field(default_factory=Signal)
    on_push: Callable[[Entry], None] | None = None  # the webhook, while there is one
    repeat: Callable[[int], bool] = lambda chat_id: False  # whether a fault wants this update twice
    _next_id: int = 500_000_001
    _held: list[Entry] | None = None
    _past: deque[Entry] = field(default_factory=lambda: deque(maxlen=1000))
    _poller: asyncio.Future[None] | None = None
    _next_conflict: float = 0.0

    def push(
        self, kind: str, content: object, chat_id: int, *, lifetime: int = MESSAGE_LIFETIME
    ) -> int | None:
        """Queues one update and returns its number, or None where the bot did not ask for this kind."""
        if not self._wanted(kind):
            return None
        lane = ("press" if kind == "callback_query" else "chat", chat_id)
        body = {"update_id": self._next_id, kind: content}
        entry = Entry(self._next_id, body, lane, self.clock.now() + lifetime)
        self._next_id += 1
        self._enter(entry)
        if self.repeat(chat_id):
            self._enter(_again(entry))
        return entry.id

    def push_raw(self, body: dict[str, Any]) -> int:
        """Queues an update as given, whatever it holds; it gets a number if it has none."""
        number = body.get("update_id", self._next_id)
        if isinstance(number, int):
            self._next_id = max(self._next_id, number + 1)
        else:
            number = self._next_id  # sent as given, but filed under a number of ours
            self._next_id += 1
        expires = self.clock.now() + MESSAGE_LIFETIME
        entry = Entry(number, {"update_id": number, **body}, ("raw", number), expires)
        self._enter(entry)
        return entry.id

    def hold(self) -> None:
        """From now on updates pile up out of the bot's reach."""
        if self._held is None:
            self._held = []

    def release(self, order: str = "given", seed: int = 0) -> list[int]:
        """Lets the held updates go, `given`, `reversed` or `shuffled`; returns their numbers so ordered."""
        held, self._held = self._held or [], None
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            random.Random(seed).shuffle(held)
        elif order != "given":
            raise SimError(f"no order {order!r}", 400)
        for entry in held:
            entry.until_delivered = order != "given"
            self._enter(entry)
        return [entry.id for entry in held]

    def redeliver(self, update_id: int) -> None:
        """Queues an update the bot has seen already once more, under the same number."""
        for entry in (*self.entries, *self._past):
            if entry.id == update_id:
                self._enter(_again(entry))
                return
        raise SimError(f"no update {update_id} is remembered", 404)

    @property
    def polling(self) -> bool:
        """Whether a poll is waiting at this moment."""
        return self._poller is not None

    def pending(self) -> int:
        """How many updates wait to be acknowledged."""
        self._drop(lambda entry: entry.expires <= self.clock.now())
        return len(self.entries)

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:
        """Answers getUpdates: acknowledges what is below `offset`, then waits up to `timeout` real seconds.

        Raises ApiError 409 when another poll arrives meanwhile.
        """
        self._acknowledge(offset)
        batch = self._batch(limit)
        if batch or timeout <= 0:
            return batch
        self.stop_polling(ApiError(409, OTHER_POLLER))
        poller = self._poller = asyncio.get_running_loop().create_future()
        self.changed.fire()
        try:
            await asyncio.wait_for(poller, timeout)
        except asyncio.TimeoutError:
            return []
        except ApiError as refusal:
            if refusal.code == 409:
                await self.conflict(refusal.description)
            raise
        finally:
            if self._poller is poller:
                self._poller = None
        return self._batch(limit)

    def stop_polling(self, refusal: ApiError) -> None:
        """Ends the waiting poll, if there is one, with this refusal."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(refusal)

    async def conflict(self, reason: str) -> None:
        """Raises ApiError 409, at once or, right after another conflict, a little later."""
        now = asyncio.get_running_loop().time()
        if now < self._next_conflict:
            await asyncio.sleep(CONFLICT_PAUSE)
        else:
            self._next_conflict = now + CONFLICT_PAUSE
        raise ApiError(409, reason)

    def mark_delivered(self, batch: list[dict[str, Any]]) -> None:
        """Notes that this answer has gone out whole."""
        sent = {id(body) for body in batch}
        for entry in self.entries:
            if id(entry.body) in sent:
                entry.delivered = True

    def first(self, lane: tuple[str, int]) -> Entry | None:
        """The oldest update of a lane, for the webhook."""
        self.pending()
        return next((entry for entry in self.entries if entry.lane == lane), None)

    def remove(self, entry: Entry) -> None:
        """Takes out an update that the webhook has accepted."""
        self._drop(lambda other: other is entry)

    def clear(self) -> None:
        """Drops everything that waits."""
        self._drop(lambda entry: True)

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed is not None else kind not in ON_REQUEST_ONLY

    def _enter(self, entry: Entry) -> None:
        if self._held is not None:
            self._held.append(entry)
            return
        self.entries.append(entry)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        if self.on_push is not None:
            self.on_push(entry)
        self.changed.fire()

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:  # only the last so many are wanted
            surplus = self.entries[:offset]
            self._drop(lambda entry: entry in surplus)
        elif offset > 0:
            self._drop(lambda entry: entry.id < offset and (entry.delivered or not entry.until_delivered))

    def _batch(self, limit: int) -> list[dict[str, Any]]:
        self.pending()
        return [entry.body for entry in self.entries[:limit]]

    def _drop(self, condition: Callable[[Entry], bool]) -> None:
        gone = [entry for entry in self.entries if condition(entry)]
        if gone:
            self._past.extend(gone)
            self.entries = [entry for entry in self.entries if not condition(entry)]
            self.changed.fire()


def _again(entry: Entry) -> Entry:
    return Entry(entry.id, dict(entry.body), entry.lane, entry.expires, until_delivered=True)
