"""Assembles the process: which roles it plays, and how they wake one another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from bot import lean_rasa, training
from bot.chat_page.app import create_app
from bot.chat_page.bell import Bell
from bot.delivery import BATCH, Delivery, Messenger, Recheck, Screen
from bot.scheduler import Job, make_scheduler
from bot.worker import Worker
from service import clock
from service.activities import contests, drawing, news, publishing, reminding
from service.cases import alerts
from service.errors import OperatorError
from service.ledger import statement_news
from service.matters import retention
from service.messages import leases, sending
from service.messages.holders import this_holder
from service.profiles import changes
from service.rewards import handing_out, recognising
from service.rewards import news as redemption_news
from service.settings import settings
from service.study import enrolment_news, quiz_closing, reminders
from service.suggestions import news as suggestion_news
from service.suggestions import overdue
from service.timebank import helping
from service.timebank import news as help_news

if TYPE_CHECKING:
    from rasa_sdk import Action

    from bot.telegram.serving import Telegram

logger = logging.getLogger(__name__)

ROLES = ("gateway", "conversation", "delivery", "scheduler", "page")
SERVED = ("telegram", "page")
RECHECKS: dict[str, Recheck] = {
    reminders.KIND: reminders.recheck,
    news.KIND: news.recheck,
    contests.KIND: contests.recheck,
    suggestion_news.KIND: suggestion_news.recheck,
    enrolment_news.KIND: enrolment_news.recheck,
    quiz_closing.KIND: quiz_closing.recheck,
    changes.KIND: changes.recheck,
    redemption_news.KIND: redemption_news.recheck,
    recognising.KIND: recognising.recheck,
    statement_news.KIND: statement_news.recheck,
    help_news.KIND: help_news.recheck,
    help_news.GIFT_KIND: help_news.recheck_gift,
}
_DELIVER_EVERY = 0.3


def actions() -> list[Action]:
    """Every custom action of the domain."""
    from actions import all_actions

    return all_actions()


def load_agent() -> object:
    """The agent on the model that fits the language data.

    Raises:
        OperatorError: there is no such model.
    """
    model = training.fitting_model()
    lean_rasa.prepare(model)
    from bot.rasa_agent import RasaAgent

    return RasaAgent(model, actions())


def jobs() -> list[Job]:
    """The timetable."""
    return [
        Job("study reminders", reminders.write_due, every_seconds=20),
        Job("quizzes close", quiz_closing.close_due, every_seconds=600),
        Job("activities move on", publishing.move_on, every_seconds=60),
        Job("old messages are forgotten", retention.forget, every_seconds=600),
        Job("draws of places", drawing.draw_due, every_seconds=60),
        Job("reminders the evening before", reminding.write_evening, every_seconds=60),
        Job("suggestions overdue", overdue.chase, every_seconds=300),
        Job("redemptions move on", handing_out.move_on, every_seconds=60),
        Job("help requests move on", helping.move_on, every_seconds=60),
    ]


class App:
    """The assistant as one process.

    Args:
        roles: which of ROLES to play.
        now: the clock.
    """

    def __init__(self, roles: Iterable[str] = ROLES, now: Callable[[], datetime] = clock.now) -> None:
        self._roles, self._now = set(roles), now
        self._stop = asyncio.Event()
        self._due = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._worker = Worker(load_agent, now, alerts.raise_for_failure, self.wake_delivery, SERVED)
        messengers: dict[str, Messenger] = {"page": Screen()}
        self._telegram = self._connect_telegram()
        if self._telegram is not None:
            messengers["telegram"] = self._telegram.messenger
        self._bell = Bell()
        self._delivery = Delivery(messengers, RECHECKS, now, on_sent=self._bell.ring)

    def wake_delivery(self) -> None:
        """Look at the outbox now. May be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._due.set)

    def stop(self) -> None:
        """Ask the process to finish what is in hand and end."""
        self._stop.set()
        if self._telegram is not None:
            self._telegram.stop()

    def _connect_telegram(self) -> Telegram | None:
        if not settings().telegram_bot_token.get_secret_value() or not self._roles & {"gateway", "delivery"}:
            return None
        from bot.telegram.serving import Telegram

        return Telegram(self._now, self._worker.wake, gateway="gateway" in self._roles)

    async def run(self, on_ready: Callable[[str], None]) -> None:
        """Play the roles until `stop`.

        Args:
            on_ready: called with the chat page's address once the first message can be answered.

        Raises:
            OperatorError: a port is taken, there is no fitting model, and the like.
        """
        async with contextlib.AsyncExitStack() as stack:
            if self._telegram is not None:
                await stack.enter_async_context(self._telegram.serving())
            if "page" in self._roles or (self._telegram is not None and self._telegram.routes):
                await stack.enter_async_context(self._serve_pages())
            if "scheduler" in self._roles:
                scheduler = make_scheduler(jobs(), self._now, self.wake_delivery)
                scheduler.start()
                stack.callback(scheduler.shutdown, wait=True)
            if "delivery" in self._roles:
                await stack.enter_async_context(self._task(self._deliver()))
            if "conversation" in self._roles:
                self._worker.start()
                stack.push_async_callback(asyncio.to_thread, self._worker.stop)
                await asyncio.to_thread(self._worker.ready.wait)
                if self._worker.failure is not None:
                    raise self._worker.failure
            on_ready(f"http://{settings().host}:{settings().port}/")
            await self._stop.wait()

    @contextlib.asynccontextmanager
    async def _task(self, work: object):  # type: ignore[no-untyped-def]
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        try:
            yield
        finally:
            self._stop.set()
            self._due.set()
            await asyncio.wait_for(task, 8)

    @contextlib.asynccontextmanager
    async def _serve_pages(self):  # type: ignore[no-untyped-def]
        listening = _listen(settings().host, settings().port)
        # websockets 10.4, which Rasa pins, breaks uvicorn's own use of it.
        config = uvicorn.Config(
            Starlette(routes=self._routes()),
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        task = asyncio.create_task(server.serve([listening]))
        task.add_done_callback(lambda _: self._stop.set())
        try:
            yield
        finally:
            # Open pages hold an event stream each, which ends when the bell is closed.
            self._bell.close()
            server.should_exit = True
            await task

    def _routes(self) -> list[BaseRoute]:
        """What is served: Telegram's webhook, if it posts to us, and the pages."""
        routes: list[BaseRoute] = [*self._telegram.routes] if self._telegram is not None else []
        if "page" in self._roles:
            routes.append(Mount("/", create_app(self._worker.wake, self._bell)))
        return routes

    async def _deliver(self) -> None:
        """Deliver what is due until the process stops, while this process holds the lease."""
        holder, held, failed = this_holder(), False, False
        lease = leases.Kept("delivery", holder)
        while not self._stop.is_set():
            self._due.clear()
            sent = 0
            try:
                before, held = held, await asyncio.to_thread(lease.take, self._now())
                if held and not before:
                    # Whoever held it before may have died while sending.
                    await asyncio.to_thread(sending.recover, self._now())
                if held:
                    sent = await self._delivery.deliver_due()
                failed = False
            except Exception as error:
                if not failed:
                    logger.error("delivery waits: %s", type(error).__name__)
                # What became of rows under way may not have been recorded; they are looked at again.
                held, failed = False, True
            # Less than a full batch was all there was; what is written after that wakes this loop.
            if sent < BATCH:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._due.wait(), _DELIVER_EVERY)
        with contextlib.suppress(Exception):
            await asyncio.to_thread(leases.give_back, "delivery", holder)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a taken port is known before anything else is started."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise OperatorError(
            f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, or set PORT to another."
        ) from None
    return listening
