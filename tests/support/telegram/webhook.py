"""Delivery of updates by webhook: in order within a chat, several chats at once, again until accepted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from .updates import Entry, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
FIRST_RETRY = 0.05  # seconds; Telegram starts at one, which tests need not sit through
LONGEST_RETRY = 2.0
RESPONSE_TIMEOUT = 60.0


@dataclass
class Webhook:
    """One address that updates are posted to, from `start` until `stop`."""

    url: str
    queue: UpdateQueue
    secret: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error: str | None = None
    _lanes: dict[tuple[str, int], asyncio.Task[None]] = field(default_factory=dict)

    def start(self) -> None:
        """Begins with what is already waiting."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=RESPONSE_TIMEOUT))
        self._connections = asyncio.Semaphore(self.max_connections)
        self.queue.on_push = self._wake
        for entry in self.queue.entries:
            self._wake(entry)

    async def stop(self) -> None:
        """Ends delivery; what was not accepted stays in the queue."""
        self.queue.on_push = None
        for task in self._lanes.values():
            task.cancel()
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)
        await self._session.close()

    def as_info(self) -> dict[str, Any]:
        """The fields of `WebhookInfo` that an active webhook adds."""
        info: dict[str, Any] = {"url": self.url, "max_connections": self.max_connections}
        if self.last_error is not None:
            info |= {"last_error_date": self.last_error_date, "last_error_message": self.last_error}
        return info

    def _wake(self, entry: Entry) -> None:
        if entry.lane not in self._lanes:
            self._lanes[entry.lane] = asyncio.create_task(self._deliver(entry.lane))

    async def _deliver(self, lane: tuple[str, int]) -> None:
        delay = FIRST_RETRY
        while (entry := self.queue.first(lane)) is not None:
            refusal, retry_after = await self._post(entry)
            if refusal is None:
                self.queue.remove(entry)
                delay = FIRST_RETRY
                continue
            self.last_error, self.last_error_date = refusal, self.queue.clock.now()
            await asyncio.sleep(retry_after or delay)
            delay = min(delay * 2, LONGEST_RETRY)
        del self._lanes[lane]

    async def _post(self, entry: Entry) -> tuple[str | None, float]:
        """Why it was refused (None when it was accepted), and the seconds the bot asked to be left alone."""
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        try:
            async with (
                self._connections,
                self._session.post(self.url, json=entry.body, headers=headers) as response,
            ):
                await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            return f"{type(error).__name__}", 0.0
        if 200 <= response.status <= 299:
            return None, 0.0
        pause = response.headers.get("Retry-After", "0")
        refusal = f"Wrong response from the webhook: {response.status} {response.reason}"
        return refusal, float(pause) if pause.isdigit() else 0.0
