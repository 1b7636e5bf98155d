"""What the page's server says when it cannot do what was asked: one Chinese sentence, never a traceback."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from service.errors import NotFound, TurnAborted

log = logging.getLogger(__name__)

_AWAY = "现在连不上服务，请过一会儿再发一次。"
_BY_STATUS = {
    403: "这个请求不是从本页面发出的，没有办理。请刷新页面再试。",
    404: "没有找到您要的内容。",
    405: "这个操作办不了。请刷新页面再试。",
    413: "内容太大，发不出去。",
}


class Declined(HTTPException):
    """A request that is understood and cannot be done; `detail` is the sentence for the person."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(status, sentence)


class NotHere(Declined):
    """The browser brought no cookie of ours."""

    def __init__(self) -> None:
        super().__init__("页面放得太久了，请刷新页面。", 401)


async def _declined(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 404
    sentence = error.detail if isinstance(error, Declined) else _BY_STATUS.get(status, "这个操作办不了。")
    return JSONResponse({"error": sentence}, status)


async def _unanswered(request: Request, error: Exception) -> JSONResponse:
    log.warning("the database did not answer %s: %s", request.url.path, error)
    return JSONResponse({"error": _AWAY}, 503)


async def _broken(request: Request, error: Exception) -> JSONResponse:
    failure = secrets.token_hex(4)
    log.error("request %s failed as %s: %s", request.url.path, failure, type(error).__name__)
    return JSONResponse(
        {"error": f"出了点问题，没有办成。请再试一次；还不行，请告诉工作人员编号 {failure}。"}, 500
    )


HANDLERS: dict[Any, Any] = {
    HTTPException: _declined,
    NotFound: _declined,
    TurnAborted: _unanswered,
    Exception: _broken,
}
