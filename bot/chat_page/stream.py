"""What the page shows, as Server-Sent Events: every message when it is new and whenever it changes."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse

from bot.chat_page.answers import Declined
from bot.chat_page.bell import Bell
from bot.chat_page.visitor import address_of
from service import clock
from service.errors import NotFound, TurnAborted
from service.messages import page_people, page_view
from service.messages.page_view import Entry, View
from service.settings import settings

log = logging.getLogger(__name__)

# Seconds between looks at the database: while something goes on, when nothing does, while it does not answer.
_BRISK, _CALM, _AWAY = 0.3, 1.0, 2.0
_BRISK_FOR = 60.0
# A page that has heard nothing for longer knows that the connection is dead.
BEAT = 10


async def events(request: Request) -> EventSourceResponse:
    """GET: the stream. `Last-Event-ID`, or `?after=`, is the time of the latest message that the page has."""
    address = address_of(request)
    since = _moment(request.headers.get("last-event-id") or request.query_params.get("after"))
    stream = _Stream(address, since).events(request.app.state.bell)
    return EventSourceResponse(stream, ping=BEAT, ping_message_factory=lambda: _event("beat", {}))


async def earlier(request: Request) -> JSONResponse:
    """GET ?before=<time of the first message shown>: up to a hundred messages before it, oldest first."""
    address, before = address_of(request), _moment(request.query_params.get("before"))
    if before is None:
        raise Declined("这个请求看不懂。请刷新页面再试。", 400)
    entries = await run_in_threadpool(page_view.earlier, address, before, clock.now())
    return JSONResponse({"entries": [_shown(entry) for entry in entries]})


async def file(request: Request) -> FileResponse:
    """GET: the photo or voice of one message of the visitor's own chat."""
    name = await run_in_threadpool(page_view.file_of, address_of(request), request.path_params["key"])
    if name is None or not (settings().files / name).is_file():
        raise NotFound()
    return FileResponse(settings().files / name, headers={"Cache-Control": "private, max-age=86400"})


class _Stream:
    """What one open page has been told so far."""

    def __init__(self, address: str, since: datetime | None) -> None:
        self._address = address
        self._since = since
        self._told: dict[str, Entry] = {}
        self._me: dict[str, Any] | None = None
        self._mark: page_view.Mark | None = None
        self._ready = False
        self._away = False

    async def events(self, bell: Bell) -> AsyncIterator[ServerSentEvent]:
        changed_at = time.monotonic()
        with bell.listening() as ear:
            while not bell.closed:
                try:
                    news = await run_in_threadpool(self._news)
                except TurnAborted as error:
                    if not self._away:
                        log.warning("the database does not answer the chat page: %s", error)
                        yield _event("away", {})
                    self._away = True
                    await ear.wait(_AWAY)
                    continue
                for event in news:
                    yield event
                if news:
                    changed_at = time.monotonic()
                await ear.wait(_BRISK if time.monotonic() - changed_at < _BRISK_FOR else _CALM)

    def _news(self) -> list[ServerSentEvent]:
        """Look at the database once."""
        now = clock.now()
        view = page_view.look(self._address, now, self._mark, self._since)
        news = []
        if view is not None:
            news += self._changes(view, now)
            self._mark, self._since = view.mark, None
        if self._away or not self._ready:
            news.append(_event("ready", {}))
            self._away, self._ready = False, True
        return news

    def _changes(self, view: View, now: datetime) -> list[ServerSentEvent]:
        if view.left:
            return [_event("left", {})]
        news = []
        host = page_people.host(now)
        me = {
            "office": host.office,
            "phone": host.phone,
            "person": view.person,
            "people": [{"id": one.id, "name": one.name, "about": one.about} for one in host.people],
        }
        if me != self._me:
            news.append(_event("me", me))
            self._me = me
        for entry in view.entries:
            if self._told.get(entry.key) != entry:
                news.append(_event("message", _shown(entry), entry.at))
                self._told[entry.key] = entry
        return [*news, _event("thinking", {"now": view.waiting})]


def _shown(entry: Entry) -> dict[str, Any]:
    """A message as the page gets it; its times are already words."""
    return {
        "key": entry.key,
        "order": f"{_stamp(entry.at)} {int(entry.order[1])} {entry.order[2]:019d}",
        "at": _stamp(entry.at),
        "day": clock.day_words(entry.at, clock.local(clock.now()).date()),
        "time": clock.hour_words(entry.at),
        "own": entry.own,
        "kind": entry.kind,
        "id": entry.source_id,
        "text": entry.text,
        "file": f"api/file/{entry.key}" if entry.file else None,
        "buttons": [{"token": choice.token, "title": choice.title} for choice in entry.buttons.live],
        "chosen": entry.buttons.chosen,
    }


def _event(name: str, content: dict[str, Any], at: datetime | None = None) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(content, ensure_ascii=False), event=name, id=_stamp(at) if at else None)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str | None) -> datetime | None:
    try:
        return clock.parse(text) if text else None
    except ValueError:
        return None
