"""The assistant as it is served, with a way in over HTTP that answers as Rasa's REST channel does.

`python -m bench.served PORT` plays the roles conversation, delivery and scheduler on DATABASE_URL. A request is put
into the inbox as any messenger's message is; the answer leaves through the outbox and delivery, and the response is
written once its rows are marked sent.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot import logs
from bot.app import RECHECKS, App
from bot.delivery import Delivery
from service import clock
from service.db import unit_of_work
from service.messages import chats, inbox
from service.messages.models import ButtonToken, Chat, Outgoing

# One of the channels that the assistant serves.
CHANNEL = "page"


class Rest:
    """Gateway and messenger in one: requests to the inbox, rows of the outbox to the responses.

    Args:
        wake: tells the conversation that something arrived.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._answers: dict[int, asyncio.Future[list[dict[str, Any]]]] = defaultdict(asyncio.Future)
        self._sending: dict[int, list[dict[str, Any]]] = {}

    async def say(self, request: Request) -> JSONResponse:
        """POST {"sender", "message"}: a list of {"text", "buttons"}."""
        body = await request.json()
        inbox_id = await run_in_threadpool(self._receive, body["sender"], body["message"])
        self._wake()
        answer = await self._answers[inbox_id]
        del self._answers[inbox_id]
        return JSONResponse(answer)

    @staticmethod
    def _receive(sender: str, words: str) -> int:
        now = clock.now()
        with unit_of_work():
            chat = chats.open_chat(CHANNEL, sender, now)
            return inbox.receive(chat, uuid.uuid4().hex, "words", {"text": words}, now).id

    async def deliver(
        self, row: Outgoing, chat: Chat, shown: list[ButtonToken], target: Outgoing | None
    ) -> str | None:
        """Keep the message until its row is marked sent."""
        message = {"text": (row.payload or {})["text"], "buttons": [{"title": each.title} for each in shown]}
        self._sending.setdefault(row.inbox_id or 0, []).append(message)
        return None

    def sent(self) -> None:
        """Everything that was handed to `deliver` is marked sent."""
        sending, self._sending = self._sending, {}
        for inbox_id, messages in sending.items():
            self._answers[inbox_id].set_result(messages)


class Served(App):
    """The assistant, sending to requests over HTTP instead of to the chat page."""

    def __init__(self) -> None:
        super().__init__(("conversation", "delivery", "scheduler"))
        self.rest = Rest(self._worker.wake)
        self._delivery = Delivery({CHANNEL: self.rest}, RECHECKS, self._now, self.rest.sent)


async def _serve(port: int) -> None:
    app = Served()
    routes = [Route("/webhooks/rest/webhook", app.rest.say, methods=["POST"])]
    config = uvicorn.Config(Starlette(routes=routes), port=port, ws="none", log_config=None, access_log=False)
    serving = asyncio.create_task(uvicorn.Server(config).serve())
    serving.add_done_callback(lambda _: app.stop())
    await app.run(lambda _: None)
    await serving


if __name__ == "__main__":
    logs.set_up("WARNING")
    asyncio.run(_serve(int(sys.argv[1])))
