"""Telegram in one process: the messenger that delivery uses and, in the role of gateway, what fetches updates."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from starlette.routing import Route

from bot.telegram.connection import connect
from bot.telegram.gateway import Gateway, Pauses
from bot.telegram.messenger import TelegramMessenger
from service.settings import settings


class Telegram:
    """The assistant's side of Telegram; made from the settings, which must hold a token.

    Args:
        now: the clock.
        on_written: called when something was put in the inbox, perhaps in the outbox too.
        gateway: whether this process fetches updates.

    Raises:
        OperatorError: the token cannot be one.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        on_written: Callable[[], None],
        *,
        gateway: bool,
        pauses: Pauses = Pauses(),  # noqa: B008
    ) -> None:
        current = settings()
        self._application = connect(current.telegram_bot_token.get_secret_value(), current.telegram_base_url)
        self.messenger = TelegramMessenger(self._application.bot, now)
        self._gateway: Gateway | None = None
        if gateway:
            secret = current.telegram_webhook_secret.get_secret_value()
            self._gateway = Gateway(
                self._application, now, on_written, current.telegram_webhook_url, secret, pauses
            )

    @property
    def routes(self) -> list[Route]:
        """What the web server must offer to Telegram; nothing where Telegram is asked for updates."""
        return self._gateway.routes() if self._gateway else []

    def stop(self) -> None:
        """Fetch no more; what is in hand is finished, and messages can still be sent."""
        if self._gateway is not None:
            self._gateway.stop()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve while the context is open.

        Raises:
            OperatorError: Telegram does not know the token.
        """
        task = None
        try:
            if self._gateway is not None:
                await self._gateway.check()
                task = asyncio.create_task(self._gateway.run())
            yield
        finally:
            self.stop()
            if task is not None:
                await task
            with contextlib.suppress(Exception):
                await self._application.shutdown()
            await self._application.bot.request.shutdown()
