"""The webhook: Telegram posts updates to us instead of being asked for them."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.db import is_infrastructure
from service.errors import TurnAborted

logger = logging.getLogger(__name__)

PATH = "/telegram"
_LARGEST = 1024 * 1024
_HEADER = "x-telegram-bot-api-secret-token"


def route(secret: str, store: Callable[[list[Any]], Awaitable[int]]) -> Route:
    """The route that Telegram posts to: 200 once the update is stored, 503 while the database is away.

    Args:
        secret: what Telegram was told to send along; without it nobody is listened to.
        store: commits updates to the database.
    """

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            # Telegram never sends such a thing, and would only send it again.
            return Response(status_code=400)
        try:
            await store([update])
        except Exception as error:
            if not (isinstance(error, TurnAborted) or is_infrastructure(error)):
                logger.error("webhook: %s", type(error).__name__)
            return Response(status_code=503, headers={"Retry-After": "2"})
        return Response(status_code=200)

    return Route(PATH, receive, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """What was posted; None when it is larger than any update."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST:
            return None
    return bytes(content)
