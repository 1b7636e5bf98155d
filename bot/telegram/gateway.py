"""The gateway: fetches updates from Telegram, or has them posted, and stores each before it is acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.routing import Route
from telegram import BotCommand
from telegram.error import (
    BadRequest,
    Conflict,
    EndPointNotFound,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application

from bot.telegram import webhook
from bot.telegram.raw import as_raw
from bot.telegram.reader import Reader
from service import wording
from service.cases import alerts
from service.errors import OperatorError
from service.messages import leases, updates
from service.messages.holders import this_holder

logger = logging.getLogger(__name__)

_KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
_POLL = 25
_BATCH = 100
_STOP_WITHIN = 6.0
_PURGE_EVERY = timedelta(hours=6)

REFUSED = "Telegram does not accept TELEGRAM_BOT_TOKEN. Copy the token from @BotFather once more, or leave it empty."
OTHER_PROGRAM = (
    "Another program, perhaps on another machine, is fetching this bot's messages; only one can. "
    "Stop the other one, or give each a bot of its own."
)
OTHER_PROCESS = (
    "Another process on this database serves this Telegram bot already; this one will take over when it ends."
)


@dataclass(frozen=True)
class Pauses:
    """Seconds between attempts: after a refused token, a conflict, no connection, and between two looks at the lease."""

    token: float = 60.0
    conflict: float = 15.0
    network: float = 2.0
    lease: float = 5.0


class Gateway:
    """One bot's updates.

    Args:
        application: the library with our handlers.
        now: the clock.
        on_written: called when something was put in the inbox or the outbox.
        webhook_url: where Telegram is to post; without one it is asked.
        secret: what it must send along.
    """

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        now: Callable[[], datetime],
        on_written: Callable[[], None],
        webhook_url: str = "",
        secret: str = "",
        pauses: Pauses = Pauses(),
    ) -> None:
        self._application, self._bot, self._now = application, application.bot, now
        self._webhook_url, self._secret, self._pauses = webhook_url, secret, pauses
        self.bot_id = int(self._bot.token.partition(":")[0])
        self._lease = f"telegram-{self.bot_id}"
        self._reader = Reader(application, now, on_written)
        self._held, self._stop = asyncio.Event(), asyncio.Event()
        self._trouble = ""
        self._purged_at: datetime | None = None

    def routes(self) -> list[Route]:
        """What the web server must offer to Telegram."""
        return [webhook.route(self._secret, self._store)] if self._webhook_url else []

    async def check(self) -> None:
        """Ask Telegram who we are.

        Raises:
            OperatorError: Telegram does not know the token. That it cannot be reached just now is no error.
        """
        try:
            await self._application.initialize()
        except (InvalidToken, EndPointNotFound):
            raise OperatorError(REFUSED) from None
        except TelegramError as error:
            self._tell("unreachable", f"Telegram cannot be reached ({type(error).__name__}); trying on.")

    async def run(self) -> None:
        """Serve until `stop`. Nothing that Telegram or the database does ends it."""
        tasks = [asyncio.create_task(work) for work in (self._keep_lease(), self._fetch(), self._read())]
        await self._stop.wait()
        tasks[1].cancel()
        await self._reader.stop(_STOP_WITHIN)
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                logger.error("gateway: %s", type(ended).__name__)
        with contextlib.suppress(Exception):
            await asyncio.to_thread(leases.give_back, self._lease, this_holder())

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self._stop.set()

    async def _keep_lease(self) -> None:
        """Hold the lease as long as it can be had; only its holder fetches and reads."""
        while True:
            try:
                held = await asyncio.to_thread(leases.take, self._lease, this_holder(), self._now())
            except Exception as error:
                # Whoever cannot reach the database stores nothing, so nothing is acknowledged either.
                logger.debug("the lease waits for the database: %s", type(error).__name__)
            else:
                if held:
                    self._held.set()
                else:
                    self._held.clear()
                    self._tell("process", OTHER_PROCESS)
            await asyncio.sleep(self._pauses.lease)

    async def _read(self) -> None:
        await self._held.wait()
        while not self._application._initialized:
            await asyncio.sleep(0.2)
        await self._reader.run(self.bot_id)

    async def _fetch(self) -> None:
        """Prepare, then ask for updates again and again, or keep house while they are posted."""
        prepared, offset = False, 0
        while True:
            await self._held.wait()
            try:
                if not prepared:
                    await self._prepare()
                    prepared = True
                if self._webhook_url:
                    await self._bot.get_me()
                    self._well()
                    await asyncio.sleep(self._pauses.token)
                else:
                    offset = await self._poll(offset)
                self._well()
                await self._keep_house()
            except (InvalidToken, EndPointNotFound):
                await self._token_refused()
            except Conflict:
                self._tell("conflict", OTHER_PROGRAM)
                await asyncio.sleep(self._pauses.conflict)
            except RetryAfter:
                await asyncio.sleep(self._pauses.conflict)
            except BadRequest as refusal:
                self._tell("refused", f"Telegram refuses to serve this bot: {refusal}.")
                await asyncio.sleep(self._pauses.conflict)
            except TelegramError as error:
                self._tell("unreachable", f"Telegram cannot be reached ({type(error).__name__}); trying on.")
                await asyncio.sleep(self._pauses.network)
            except Exception as error:
                self._tell(
                    "database",
                    f"Messages wait at Telegram until they can be stored ({type(error).__name__}).",
                )
                await asyncio.sleep(self._pauses.network)

    async def _prepare(self) -> None:
        """Say what we are, and how updates shall come."""
        await self._application.initialize()
        names = {"menu": "telegram_command_menu", "help": "telegram_command_help"}
        await self._bot.set_my_commands(
            [BotCommand(name, wording.phrase(key)) for name, key in names.items()]
        )
        if self._webhook_url:
            address = self._webhook_url.rstrip("/") + webhook.PATH
            await self._bot.set_webhook(
                address, secret_token=self._secret, allowed_updates=_KINDS, max_connections=40
            )
        else:
            await self._bot.delete_webhook()

    async def _poll(self, offset: int) -> int:
        """Ask once, and store what comes.

        Returns:
            The next offset. It acknowledges what was stored; when nothing is left it starts over, since Telegram
            may choose lower numbers after a quiet week.
        """
        wish = {"offset": offset, "timeout": _POLL, "limit": _BATCH, "allowed_updates": _KINDS}
        # In small letters, since the library warns of a method that it has a typed version of.
        found = await self._bot.do_api_request("getupdates", api_kwargs=wish, read_timeout=_POLL + 10)
        if not found:
            return 0
        new = await self._store(found)
        if not new:
            # Something that cannot be acknowledged would come again at once.
            await asyncio.sleep(0.5)
        numbers = [raw.update_id for raw in map(as_raw, found)]
        return max([offset, *(number + 1 for number in numbers)])

    async def _store(self, found: list[Any]) -> int:
        new = await asyncio.to_thread(updates.store, self.bot_id, [as_raw(one) for one in found], self._now())
        self._reader.wake()
        return new

    async def _token_refused(self) -> None:
        if self._tell("token", REFUSED):
            with contextlib.suppress(Exception):
                await asyncio.to_thread(alerts.raise_alert, "token", None, "", self._now())
        await asyncio.sleep(self._pauses.token)

    async def _keep_house(self) -> None:
        now = self._now()
        if self._purged_at is None or now - self._purged_at >= _PURGE_EVERY:
            self._purged_at = now
            await asyncio.to_thread(updates.purge, now)

    def _tell(self, trouble: str, sentence: str) -> bool:
        """Say what is wrong, once as long as it lasts."""
        if self._trouble == trouble:
            return False
        self._trouble = trouble
        logger.error("%s", sentence)
        return True

    def _well(self) -> None:
        if self._trouble:
            logger.info("Telegram is served again")
        self._trouble = ""
