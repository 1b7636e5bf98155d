"""The HTTP server: /bot<token>/<method> and /file for the bot, /sim and /phone for people and tests."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from . import sim
from .errors import ApiError, SimError, bad_request
from .faults import AFTER, BEFORE, Fault
from .files import MAX_DOWNLOAD, MAX_UPLOAD
from .methods import ASYNC_METHODS, COUNTED, METHODS
from .params import FORM_OVERHEAD, Params, read_params
from .receiving import Described, end_webhook
from .state import World

logger = logging.getLogger(__name__)

PHONE_PAGE = Path(__file__).with_name("phone.html")
SECRET_PART = 30  # letters after the colon of a token, at least


class Server:
    """The emulator on two ports: one for the bot, which may be shut, and one that stays open."""

    def __init__(self, world: World, host: str = "127.0.0.1", port: int = 0, control_port: int = 0) -> None:
        self.world = world
        self.host, self.port, self.control_port = host, port, control_port
        self._api: asyncio.AbstractServer | None = None
        self._reopening: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """What the bot takes for Telegram: TELEGRAM_BASE_URL."""
        return f"http://{self.host}:{self.port}"

    @property
    def control_url(self) -> str:
        """Where /sim and /phone are always reached."""
        return f"http://{self.host}:{self.control_port}"

    async def start(self) -> None:
        """Opens both ports; a port of 0 becomes a free one."""
        self._http = web.Server(
            self._handle, request_factory=_make_request, handler_cancellation=True, access_log=None
        )
        await self.open_listener()
        loop = asyncio.get_running_loop()
        self._control = await loop.create_server(self._http, self.host, self.control_port)
        self.control_port = self._control.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Closes everything."""
        if self._reopening is not None:
            self._reopening.cancel()
        self.close_listener()
        self._control.close()
        await end_webhook(self.world)
        await self._http.shutdown(timeout=0.1)

    async def open_listener(self) -> None:
        """Lets the bot connect; does nothing where it already can."""
        if self._api is None:
            self._api = await asyncio.get_running_loop().create_server(
                self._http, self.host, self.port, backlog=1024
            )
            self.port = self._api.sockets[0].getsockname()[1]

    def close_listener(self, seconds: float | None = None) -> None:
        """Refuses and drops the bot's connections, for so long, or until the listener is opened again."""
        if self._api is None:
            return
        self._api.close()
        self._api = None
        for connection in self._http.connections:
            transport = connection.transport
            if transport is not None and transport.get_extra_info("sockname")[1] == self.port:
                transport.abort()
        if seconds is not None:
            self._reopening = asyncio.create_task(self._reopen(seconds))

    async def _reopen(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.open_listener()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            return await self._call(request, *path[4:].partition("/")[::2])
        if path.startswith("/file/bot"):
            return self._download(*path[9:].partition("/")[::2])
        if path.startswith("/sim/files/"):
            return self._content(self.world.files.by_id, path.removeprefix("/sim/files/"))
        if path.startswith("/sim/"):
            return await self._simulate(request, path[5:].strip("/").split("/"))
        if path in ("/phone", "/"):
            return web.Response(body=PHONE_PAGE.read_bytes(), content_type="text/html", charset="utf-8")
        return _refused(ApiError(404, "Not Found"))

    async def _call(self, request: web.BaseRequest, token: str, name: str) -> web.StreamResponse:
        method = name.lower()
        params, chat_id = Params({}), None
        try:
            self._check_token(token)
            if method not in METHODS and method not in ASYNC_METHODS:
                raise ApiError(404, "Not Found: method not found")
            params = await read_params(request)
            chat_id = self._chat_of(params)
            fault = self.world.faults.pick(BEFORE, method, chat_id)
            if fault is not None and fault.kind == "lost":
                self._log(name, chat_id, "lost")
                return _hang_up(request)
            result = await self._perform(method, params, chat_id, fault)
        except ApiError as refusal:
            self._log(name, chat_id, str(refusal.code))
            return _refused(refusal)
        return await self._reply(request, name, chat_id, result)

    async def _perform(self, method: str, params: Params, chat_id: int | None, fault: Fault | None) -> Any:
        if fault is not None:
            raise fault.as_error()
        flood = self.world.faults.flood
        if flood is not None and chat_id is not None and method in COUNTED:
            flood.check(chat_id, time.monotonic())
        if method in ASYNC_METHODS:
            return await ASYNC_METHODS[method](self.world, params)
        try:
            return METHODS[method](self.world, params)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # JSON of an unexpected shape. Logged, since it might as well be a mistake in the emulator.
            logger.warning("%s could not read its parameters", method, exc_info=error)
            raise bad_request("can't parse the parameters") from error

    async def _reply(
        self, request: web.BaseRequest, name: str, chat_id: int | None, result: Any
    ) -> web.StreamResponse:
        """Sends what a call returned, unless a fault wants the reply late, halved or gone."""
        polled = name.lower() == "getupdates"
        fault = None if polled and not result else self.world.faults.pick(AFTER, name.lower(), chat_id)
        message_id = result.get("message_id") if isinstance(result, dict) else None
        self._log(name, chat_id, "ok" if fault is None else fault.kind, message_id)
        body = _body(result)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            fault = None
        if fault is None:
            if polled:
                self.world.updates.mark_delivered(result)
            return web.Response(body=body, content_type="application/json")
        if fault.kind == "cut" and request.transport is not None:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            request.transport.write(head.encode() + body[: len(body) // 2])
        return _hang_up(request)

    def _check_token(self, token: str) -> None:
        """Telegram answers 404 where no bot could have such a token, and 401 where none has it any more."""
        number, _, secret = token.partition(":")
        if not number.isdigit() or len(secret) < SECRET_PART:
            raise ApiError(404, "Not Found")
        if token != self.world.token:
            raise ApiError(401, "Unauthorized")
        if self.world.logged_out:
            raise ApiError(400, "Logged out")

    def _chat_of(self, params: Params) -> int | None:
        """Which chat a call concerns, for the log and the faults; for an answer, that of the button."""
        press = self.world.presses.get(params.text("callback_query_id"))
        return press.message.chat.id if press else params.integer("chat_id") or None

    def _log(self, name: str, chat_id: int | None, outcome: str, message_id: int | None = None) -> None:
        self.world.calls.add(name, chat_id, outcome, message_id, self.world.clock.now())

    def _download(self, token: str, path: str) -> web.Response:
        try:
            self._check_token(token)
        except ApiError as refusal:
            return _refused(refusal)
        fault = self.world.faults.pick(BEFORE, "download", None)
        if fault is not None:
            return _refused(fault.as_error())
        return self._content(self.world.files.by_path, path)

    @staticmethod
    def _content(files: dict[str, Any], key: str) -> web.Response:
        file = files.get(key)
        if file is None or file.size > MAX_DOWNLOAD:
            return _refused(ApiError(404, "Not Found"))
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _simulate(self, request: web.BaseRequest, path: list[str]) -> web.Response:
        try:
            wish = dict(request.rel_url.query)
            if request.can_read_body:
                wish = json.loads(await request.read())
            if not isinstance(wish, dict):
                raise SimError("the body must be a JSON object", 400)
            result = await sim.handle(self, request.method, path, wish)
        except (SimError, ValueError) as error:
            status = error.status if isinstance(error, SimError) else 400
            return web.json_response({"error": str(error)}, status=status)
        return web.json_response(result)


def _make_request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    size = MAX_UPLOAD + 2 * FORM_OVERHEAD  # above what read_params lets through, so that it does the refusing
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=size)


def _body(result: Any) -> bytes:
    body: dict[str, Any] = {"ok": True, "result": result}
    if isinstance(result, Described):
        body |= {"result": result.result, "description": result.description}
    return json.dumps(body, ensure_ascii=False).encode()


def _refused(refusal: ApiError) -> web.Response:
    retry_after = refusal.parameters.get("retry_after")
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return web.json_response(refusal.as_json(), status=refusal.code, headers=headers)


def _hang_up(request: web.BaseRequest) -> web.Response:
    """Closes the connection under the reply; what is returned never leaves."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
