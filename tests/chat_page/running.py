"""A chat page that runs: a real server in a thread, and a small conversation that answers what arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import uvicorn
from starlette.types import ASGIApp

from bot.chat_page.app import create_app
from bot.chat_page.bell import Bell
from service import clock
from service.db import unit_of_work
from service.messages import buttons, chats, inbox, outbox, sending
from service.messages.holders import this_holder
from service.messages.models import Incoming, Outgoing
from service.wording import Button, Utterance

Answer = Callable[[Incoming], Iterable[Utterance]]

ACTIVITIES = Utterance(
    "本周您能参加的活动有两个。\n一、11月26日（周四）下午3点，书法课，青溪老年大学。\n"
    "二、11月27日（周五）上午9点，健步走，滨河公园。\n想参加哪一个？",
    [Button("书法课", "/book{}"), Button("健步走", "/book{}"), Button("都不去", "/deny")],
)


def answer(row: Incoming) -> list[Utterance]:
    """What the stand-in says: activities with buttons, which button was pressed, or what it heard."""
    payload = row.payload or {}
    if row.kind == "press":
        pressed = buttons.press(chats.get_chat(row.chat_id), payload["token"], clock.now())
        return [Utterance(f"好的，{pressed.title}，记下了。")]
    if row.kind == "photo":
        return [Utterance("照片收到了。")]
    return [ACTIVITIES if payload.get("text") == "活动" else Utterance(f"听到了：{payload.get('text')}")]


class Conversation:
    """Answers page chats one message at a time and delivers at once, as the service does."""

    def __init__(self, bell: Bell, answer: Answer = answer) -> None:
        self._bell = bell
        self._answer = answer
        self._look = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def wake(self) -> None:
        self._look.set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self.wake()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            self._look.wait()
            self._look.clear()
            while not self._stopped and (row := inbox.claim(this_holder(), clock.now())) is not None:
                with unit_of_work():
                    for utterance in self._answer(row):
                        deliver(outbox.reply(row.chat_id, utterance, clock.now(), answers=row))
                    inbox.settle(row, clock.now())
                self._bell.ring()


def deliver(row: Outgoing) -> Outgoing:
    """Mark a row as delivered to its page."""
    sending.settle(row, "sent", clock.now())
    return row


class Server:
    """The page under uvicorn, on a port that stays the same when it is started again."""

    def __init__(self, answer: Answer = answer) -> None:
        self._answer = answer
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        self.bell = Bell()
        self.conversation = Conversation(self.bell, self._answer)
        self._uvicorn = _uvicorn(create_app(self.conversation.wake, self.bell), self._port)
        self._thread = threading.Thread(target=self._uvicorn.run, daemon=True)
        self.conversation.start()
        self._thread.start()
        self._port = self._uvicorn.listening()

    def stop(self) -> None:
        self.bell.close()
        self._uvicorn.should_exit = True
        self._thread.join()
        self.conversation.stop()


class _Announcing(uvicorn.Server):
    """Says when it listens, and where."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._started = threading.Event()

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        self._started.set()

    def listening(self) -> int:
        assert self._started.wait(20), "the server did not start"
        return self.servers[0].sockets[0].getsockname()[1]


def _uvicorn(app: ASGIApp, port: int) -> _Announcing:
    return _Announcing(uvicorn.Config(app, host="127.0.0.1", port=port, ws="none", log_level="warning"))
