"""What became of the rows that delivery sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from service.db import unit_of_work
from service.messages import sending
from service.messages.models import Outgoing


@dataclass(frozen=True)
class _Fate:
    """What became of a row."""

    row: Outgoing
    state: str
    at: datetime
    external_id: str | None
    error: str | None


class Record:
    """Writes down what became of the rows of a batch: all that ended while one transaction ran go into the next.

    A transaction a row would cost as much as the sending.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ended: list[_Fate] = []
        self._writing: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    def add(
        self, row: Outgoing, state: str, *, external_id: str | None = None, error: str | None = None
    ) -> None:
        """A row has ended."""
        self._ended.append(_Fate(row, state, self._now(), external_id, error))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())

    async def finish(self) -> None:
        """Wait until everything is written.

        Raises:
            TurnAborted: the database failed; what was not written is found in `sending` and looked at again.
        """
        if self._writing is not None:
            await self._writing
        if self._failure is not None:
            raise self._failure

    async def _write_all(self) -> None:
        while self._ended:
            ended, self._ended = self._ended, []
            await asyncio.to_thread(self._write, ended)
        self._writing = None

    def _write(self, ended: list[_Fate]) -> None:
        try:
            self._write_together(ended)
        except Exception:
            # One that cannot be recorded does not take the others along.
            for fate in ended:
                try:
                    self._write_together([fate])
                except Exception as error:
                    self._failure = self._failure or error

    @staticmethod
    def _write_together(ended: list[_Fate]) -> None:
        with unit_of_work():
            for fate in ended:
                if fate.state == "uncertain":
                    sending.mark_uncertain(fate.row, fate.at)
                else:
                    sending.settle(
                        fate.row, fate.state, fate.at, external_id=fate.external_id, error=fate.error
                    )
