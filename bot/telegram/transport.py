"""How the library reaches Telegram: over aiohttp, which sends several times as much as its own client."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

# Seconds. Telegram answers a call within a second or two, and a long poll when its time is up.
CONNECT, READ = 10.0, 20.0
# Shorter than servers keep an idle connection, so that a call is rarely sent into one that is being closed.
_KEEP_ALIVE = 15.0
_CONNECTIONS = 64


class NotConnected(NetworkError):
    """No connection came about, so the call surely was not carried out."""


class _Connector(aiohttp.TCPConnector):
    """Says of everything that goes wrong before there is a connection that nothing was sent."""

    async def connect(self, *args: Any, **named: Any) -> Any:
        """A connection, new or kept."""
        try:
            return await super().connect(*args, **named)
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as error:
            raise NotConnected(type(error).__name__) from None


class Transport(BaseRequest):
    """The library's requests on one pool of connections. Open until `shutdown`; used within one event loop."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds a call waits for its answer unless it says otherwise."""
        return READ

    async def initialize(self) -> None:
        """Nothing to do: the pool opens with the first call."""

    async def shutdown(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One HTTP request; of the timeouts only a number for reading is heeded.

        Raises:
            NotConnected: it was not sent.
            TimedOut, NetworkError: it may have been carried out.
        """
        reading = read_timeout if isinstance(read_timeout, int | float) else READ
        # No limit for waiting in the pool: with a connection refused, those who wait are refused in their turn.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=reading)
        try:
            body, kind = _body(request_data)
            async with self._pool().request(
                method, url, data=body, headers=kind, timeout=timeout
            ) as response:
                return response.status, await response.read()
        # The addresses in these exceptions hold the token, so nothing of them is passed on but their kind.
        except asyncio.TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = _Connector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Read an answer. The library's own way would write one that it cannot read, words and all, into the log."""
        try:
            return json.loads(payload)
        except ValueError:
            raise TelegramError("the answer is no JSON") from None


def _body(data: RequestData | None) -> tuple[Any, dict[str, str] | None]:
    """What is sent, and what it is said to be: JSON, or a form when there are files."""
    if data is None:
        return None, None
    if not data.contains_files:
        # Several times as fast as a form, above all with 汉字, of which that needs nine letters each.
        return json.dumps(data.parameters, ensure_ascii=False).encode(), {"Content-Type": "application/json"}
    form = aiohttp.FormData(data.json_parameters)
    for name, (file_name, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form, None
