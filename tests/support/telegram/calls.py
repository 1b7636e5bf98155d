"""The log of what the bot asked for and what became of it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from .waiting import Signal


@dataclass(slots=True)
class Call:
    """One call of the bot. `outcome` is ok, an HTTP status, or the fault: slow, lost, dropped, cut."""

    number: int
    method: str
    chat_id: int | None
    outcome: str
    message_id: int | None
    date: int  # the emulator's clock
    time: float  # real seconds, to measure pace with

    def as_json(self) -> dict[str, Any]:
        """For /sim/calls."""
        return asdict(self)


class CallLog:
    """The last calls, oldest first; earlier ones are dropped, but counted."""

    def __init__(self, kept: int) -> None:
        self.changed = Signal()
        self._calls: deque[Call] = deque(maxlen=kept)
        self._number = 0

    def add(self, method: str, chat_id: int | None, outcome: str, message_id: int | None, date: int) -> None:
        """Notes one finished call."""
        self._number += 1
        self._calls.append(Call(self._number, method, chat_id, outcome, message_id, date, time.time()))
        self.changed.fire()

    def find(
        self,
        method: str | None = None,
        chat_id: int | None = None,
        outcome: str | None = None,
        after: int = 0,
    ) -> list[Call]:
        """The calls that fit, with numbers above `after`; `method` in any case of letters."""
        wanted = method.lower() if method else None
        return [
            call
            for call in self._calls
            if call.number > after
            and (wanted is None or call.method.lower() == wanted)
            and (chat_id is None or call.chat_id == chat_id)
            and (outcome is None or call.outcome == outcome)
        ]

    def clear(self) -> None:
        """Forgets the calls; the numbering goes on."""
        self._calls.clear()
