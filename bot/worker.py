"""The conversation's thread: Rasa in an event loop of its own, so that nothing else waits for it."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from datetime import datetime

from bot.conversation import Agent, Conversation
from service.errors import TurnAborted
from service.messages import inbox
from service.messages.models import Chat

logger = logging.getLogger(__name__)

# How long an idle worker waits before it looks for what another process put in the inbox.
_LOOK_EVERY = 0.2
_AFTER_FAILURE = 1.0
_GIVE_WAY = 0.001


class Worker:
    """Answers waiting messages until it is stopped.

    Args:
        load: makes the agent; called in the worker's thread, where it stays.
        now: the clock.
        on_apology: see `Conversation`.
        on_answer: called after each turn, to wake delivery.
        channels: answer only chats of these channels.
    """

    def __init__(
        self,
        load: Callable[[], Agent],
        now: Callable[[], datetime],
        on_apology: Callable[[Chat, str, datetime], None],
        on_answer: Callable[[], None],
        channels: tuple[str, ...],
    ) -> None:
        self._load, self._now, self._on_apology = load, now, on_apology
        self._on_answer, self._channels = on_answer, channels
        self._thread = threading.Thread(target=self._run, name="conversation", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look: asyncio.Event | None = None
        self._stopping = False
        self.ready = threading.Event()
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Begin loading the model; `ready` is set when the first message can be answered, or with `failure`."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the inbox now. May be called from any thread."""
        if self._loop is not None and self._look is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look.set)

    def stop(self, timeout: float = 8.0) -> None:
        """Finish the turn in hand and end the thread."""
        self._stopping = True
        self.wake()
        self._thread.join(timeout)

    def _run(self) -> None:
        # Between turns of this thread the gateway's loop waits for the interpreter; five milliseconds is long there.
        sys.setswitchinterval(_GIVE_WAY)
        try:
            asyncio.run(self._answer())
        except BaseException as error:
            self.failure = error
        finally:
            self.ready.set()

    async def _answer(self) -> None:
        self._loop, self._look = asyncio.get_running_loop(), asyncio.Event()
        conversation = Conversation(self._load(), self._now, self._on_apology)
        inbox.release_claims_of_the_gone()
        self.ready.set()
        while not self._stopping:
            self._look.clear()
            pause = _LOOK_EVERY
            try:
                while not self._stopping and await conversation.handle_one(channels=self._channels):
                    self._on_answer()
            except TurnAborted as error:
                logger.warning("the database failed in a turn (%s); it will be tried again", error)
                pause = _AFTER_FAILURE
            except Exception as error:
                logger.error("conversation: %s", type(error).__name__)
                pause = _AFTER_FAILURE
            try:
                await asyncio.wait_for(self._look.wait(), pause)
            except asyncio.TimeoutError:
                continue
