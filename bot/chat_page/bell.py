"""The bell: tells the open pages to look at the database now instead of at their next turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Listener:
    """One page's ear for the bell, on the event loop it was made in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def wake(self) -> None:
        """Have `wait` return; may be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> None:
        """Return when the bell rang since the last call, or after so many seconds."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._rung.clear()


class Bell:
    """Rung by whoever wrote or sent something that a page may show; once too often does no harm."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self.closed = False

    def ring(self) -> None:
        """Have every open page look now; may be called from any thread."""
        for listener in tuple(self._listeners):
            listener.wake()

    def close(self) -> None:
        """End every page's stream, so that the server can stop; the pages come back by themselves."""
        self.closed = True
        self.ring()

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """An ear for the length of a stream."""
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
