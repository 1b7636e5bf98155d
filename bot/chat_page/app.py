"""The page's application: one page, its style and scripts, and the few addresses that the scripts call."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.chat_page import saying, stream, uploads
from bot.chat_page.answers import HANDLERS
from bot.chat_page.bell import Bell
from bot.chat_page.guard import Guard
from bot.chat_page.visitor import address_of, is_known, welcome
from service import clock
from service.db import reading
from service.messages import page_people

_HERE = Path(__file__).parent
_TEMPLATES = Jinja2Templates(directory=_HERE / "templates")
# The buttons that are always there; each says its words. A narrow one breaks its line between the parts.
MENU = (("活动",), ("提建议",), ("我的", "积分"), ("学习",), ("我的", "安排"), ("找工作", "人员"))


def create_app(wake: Callable[[], None] | None = None, bell: Bell | None = None) -> Starlette:
    """The chat page, to be mounted at the root.

    Args:
        wake: called after something was put in the inbox, so that the conversation looks at once.
        bell: to be rung when something was sent to a page, so that it is shown at once; without it the pages
            look three times a second. Close it before the server stops, since streams stay open by nature.
    """
    # At DEBUG this library writes every event, that is, what people say, into the log.
    logging.getLogger("sse_starlette").setLevel(logging.INFO)
    app = Starlette(
        routes=[
            Route("/", page),
            Route("/health", health),
            Route("/api/start", start, methods=["POST"]),
            Route("/api/leave", leave, methods=["POST"]),
            Route("/api/be", be, methods=["POST"]),
            Route("/api/say", saying.say, methods=["POST"]),
            Route("/api/press", saying.press, methods=["POST"]),
            Route("/api/photo", saying.photo, methods=["POST"]),
            Route("/api/voice", saying.voice, methods=["POST"]),
            Route("/api/events", stream.events),
            Route("/api/earlier", stream.earlier),
            Route("/api/file/{key}", stream.file),
            Mount("/static", StaticFiles(directory=_HERE / "static"), name="static"),
        ],
        middleware=[Middleware(Guard, largest=uploads.LARGEST + 64 * 1024)],
        exception_handlers=HANDLERS,
    )
    app.state.wake = wake or (lambda: None)
    app.state.bell = bell or Bell()
    return app


async def page(request: Request) -> Response:
    """GET: the page itself, the same for everybody and without a look at the database."""
    shown = {"menu": MENU, "longest": saying.LONGEST, "beat": stream.BEAT}
    return _TEMPLATES.TemplateResponse(request, "chat.html", shown)


async def health(request: Request) -> JSONResponse:
    """GET: 200 when the database answers."""
    await run_in_threadpool(_touch_database)
    return JSONResponse({"ok": True})


def _touch_database() -> None:
    with reading() as session:
        session.execute(select(1))


async def start(request: Request) -> JSONResponse:
    """POST: gives a browser that has none its chat."""
    response = JSONResponse({"ok": True})
    if not is_known(request):
        welcome(request, response)
    return response


async def leave(request: Request) -> JSONResponse:
    """POST: ends the chat on this machine, so that the next person at a kiosk sees nothing of it."""
    await run_in_threadpool(page_people.leave, address_of(request), clock.now())
    request.app.state.bell.ring()
    response = JSONResponse({"ok": True})
    welcome(request, response)
    return response


async def be(request: Request) -> JSONResponse:
    """POST {"person_id"}: be one of the sample people, where there are any."""
    address, body = address_of(request), await saying.json_body(request)
    person_id = body.get("person_id")
    await run_in_threadpool(
        page_people.become, address, person_id if isinstance(person_id, int) else 0, clock.now()
    )
    request.app.state.bell.ring()
    return JSONResponse({"ok": True})
