"""The emulator's clock: real time until a test sets it."""

from __future__ import annotations

import time


class Clock:
    """Seconds since 1970, UTC. Set, it either stands still or runs on from there."""

    def __init__(self) -> None:
        self._base = 0.0
        self._started: float | None = 0.0  # real time at which `_base` was right; None while frozen

    def now(self) -> int:
        """The current second, as Telegram writes dates."""
        if self._started is None:
            return int(self._base)
        return int(self._base + time.time() - self._started)

    def set(self, now: int, *, frozen: bool) -> None:
        """From here on it is `now`; `frozen` says whether it stays so."""
        self._base = float(now)
        self._started = None if frozen else time.time()

    def follow_real_time(self) -> None:
        """Undoes `set`."""
        self._base, self._started = 0.0, 0.0
