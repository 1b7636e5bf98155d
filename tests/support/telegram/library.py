"""The real python-telegram-bot, pointed at the emulator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, TelegramObject, Update
from telegram.request import HTTPXRequest

from .client import Telegram


@asynccontextmanager
async def library_bot(sim: Telegram, token: str | None = None) -> AsyncIterator[Bot]:
    """The library's bot, not yet initialized, so that a test decides about its first call."""
    plain = {
        "verify": False
    }  # no TLS on this machine: reading the certificates would cost most of a test's time
    request = HTTPXRequest(connection_pool_size=64, httpx_kwargs=plain)
    polling = HTTPXRequest(httpx_kwargs=plain)
    bot = Bot(
        token or sim.token,
        base_url=f"{sim.url}/bot",
        base_file_url=f"{sim.url}/file/bot",
        request=request,
        get_updates_request=polling,
    )
    try:
        yield bot
    finally:
        await request.shutdown()
        await polling.shutdown()


class Poller:
    """Fetches updates as the assistant does: raw first, acknowledged by the next call."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.offset = 0

    async def raw(self, timeout: int = 5) -> list[dict[str, Any]]:
        """The updates that are there, or that come within `timeout` seconds."""
        # In small letters, since the library warns of a method that it has a typed version of.
        wish = {"offset": self.offset, "timeout": timeout}
        updates: list[dict[str, Any]] = await self.bot.do_api_request(
            "getupdates", api_kwargs=wish, read_timeout=timeout + 5
        )
        self.offset = max([self.offset, *(update["update_id"] + 1 for update in updates)])
        return updates

    async def one(self) -> Update:
        """The one update that comes, read by the library and found to be whole."""
        (update,) = await self.raw()
        return whole(update, self.bot)


def whole(raw: dict[str, Any], bot: Bot) -> Update:
    """The update as the library reads it. Asserts that it knows every field and would write the same."""
    update = Update.de_json(raw, bot)
    assert list(_unknown(update)) == []
    assert _without_defaults(update.to_dict(), raw) == raw
    return update


def _without_defaults(written: Any, raw: Any) -> Any:
    """What the library wrote, less the fields it sets to False or empty where Telegram leaves them out."""
    if isinstance(written, dict) and isinstance(raw, dict):
        kept = {name: value for name, value in written.items() if name in raw or value not in (False, [])}
        return {name: _without_defaults(value, raw.get(name)) for name, value in kept.items()}
    if isinstance(written, list) and isinstance(raw, list) and len(written) == len(raw):
        return [_without_defaults(*pair) for pair in zip(written, raw, strict=True)]
    return written


def _unknown(item: object) -> Iterator[tuple[str, str]]:
    """The fields, by type and name, that the library has no place for."""
    if isinstance(item, TelegramObject):
        yield from ((type(item).__name__, name) for name in item.api_kwargs)
        for part in item.to_dict(recursive=False).values():
            yield from _unknown(part)
    elif isinstance(item, list | tuple):
        for part in item:
            yield from _unknown(part)
