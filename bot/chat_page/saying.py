"""What the page sends: words, presses, photos, voices. Each is in the inbox before the answer says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.chat_page import uploads
from bot.chat_page.answers import Declined
from bot.chat_page.visitor import address_of
from service import clock
from service.db import unit_of_work
from service.messages import chats, inbox, page_view
from service.messages.models import Chat, Incoming
from service.messages.models import chats as chat_rows

LONGEST = 20_000
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


async def say(request: Request) -> JSONResponse:
    """POST {"id", "text"}: words, up to 20,000 characters; the same id again changes nothing."""
    address, body = address_of(request), await json_body(request)
    source_id, text = _source_id(body.get("id")), _words(body.get("text"))
    if not text:
        raise Declined("还没有写字。请写几个字再发。")
    await _put(request, address, source_id, "words", {"text": text})
    return JSONResponse({"ok": True})


async def press(request: Request) -> JSONResponse:
    """POST {"id", "token"}: a button under a message; only the first press of a message counts."""
    address, body = address_of(request), await json_body(request)
    source_id, token = _source_id(body.get("id")), _words(body.get("token"))
    await run_in_threadpool(_once_more, _press, address, source_id, token)
    _arrived(request)
    return JSONResponse({"ok": True})


async def photo(request: Request) -> JSONResponse:
    """POST multipart id, caption, file: a photo in JPEG, PNG or WebP, up to 10 MB."""
    return await _upload(request, "photo", uploads.keep_photo)


async def voice(request: Request) -> JSONResponse:
    """POST multipart id, caption, file: a voice recording, up to 10 MB."""
    return await _upload(request, "voice", uploads.keep_voice)


async def _upload(request: Request, kind: str, keep: Callable[[bytes], str]) -> JSONResponse:
    address = address_of(request)
    async with request.form(max_files=1, max_fields=4) as form:
        source_id, caption = _source_id(form.get("id")), _words(form.get("caption", ""))
        file = form.get("file")
        content = b"" if file is None or isinstance(file, str) else await file.read()
    name = await run_in_threadpool(keep, content)
    row = await _put(request, address, source_id, kind, {"file": name, "caption": caption})
    if (row.payload or {}).get("file") != name:
        await run_in_threadpool(uploads.drop, name)
    return JSONResponse({"ok": True})


async def _put(
    request: Request, address: str, source_id: str, kind: str, payload: dict[str, Any]
) -> Incoming:
    row = await run_in_threadpool(_once_more, _receive, address, source_id, kind, payload)
    _arrived(request)
    return row


def _arrived(request: Request) -> None:
    request.app.state.wake()
    request.app.state.bell.ring()


def _receive(address: str, source_id: str, kind: str, payload: dict[str, Any]) -> Incoming:
    now = clock.now()
    with unit_of_work():
        return inbox.receive(chats.open_chat("page", address, now), source_id, kind, payload, now)


def _press(address: str, source_id: str, token: str) -> Incoming:
    now = clock.now()
    with unit_of_work() as session:
        chat = chats.open_chat("page", address, now)
        # Two tabs may press two buttons of one message at once: the chat's row decides who was first.
        session.execute(select(chat_rows.c.id).where(chat_rows.c.id == chat.id).with_for_update())
        if not page_view.has_received(chat, source_id):
            _check_pressable(chat, token)
        return inbox.receive(chat, source_id, "press", {"token": token}, now)


def _check_pressable(chat: Chat, token: str) -> None:
    beside = page_view.buttons_beside(chat, token, clock.now())
    if beside.chosen:
        raise Declined(f"这条消息您已经选过了：{beside.chosen}。", 409)
    if token not in {button.token for button in beside.live}:
        raise Declined("这个按钮已经用过，或者过期了。请直接写字告诉我您要办什么。", 409)


def _once_more(write: Callable[..., Incoming], *arguments: Any) -> Incoming:
    """Two requests may both find a row missing and both write it; the second then finds it."""
    try:
        return write(*arguments)
    except IntegrityError:
        return write(*arguments)


async def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object.

    Raises:
        Declined: there is none.
    """
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Declined("这个请求看不懂。请刷新页面再试。", 400)
    return body


def _source_id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Declined("这个请求看不懂。请刷新页面再试。", 400)
    return value


def _words(value: object) -> str:
    """Text without what no database can hold: halves of characters, and the character zero."""
    if not isinstance(value, str):
        raise Declined("这个请求看不懂。请刷新页面再试。", 400)
    if len(value) > LONGEST:
        raise Declined(f"这段话有 {len(value)} 个字，太长了。请分几次发，每次不超过 {LONGEST} 个字。", 413)
    return value.encode("utf-8", "ignore").decode().replace("\0", "").strip()
