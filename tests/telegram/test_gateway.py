"""The gateway: nothing is acknowledged before it is stored, and nothing that comes harms the rest."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from sqlalchemy import event, select
from sqlalchemy import exc as sa_exc
from starlette.applications import Starlette

from bot.telegram.serving import Telegram as Side
from service import clock, db, wording
from service.cases import alerts
from service.db import reading, unit_of_work
from service.errors import OperatorError
from service.messages import chats, inbox, leases, updates
from service.messages.models import Outgoing, TelegramUpdate, outbox, telegram_updates
from service.organisations.models import Office
from service.settings import settings
from service.staff.models import Staff
from tests.support.telegram.client import Telegram
from tests.support.telegram.library import library_bot
from tests.telegram.desk import Desk
from tests.telegram.running import Assistant, until

SECRET = "a-secret-of-some-length"


def _stored(state: str = "read") -> list[TelegramUpdate]:
    with reading() as session:
        query = select(TelegramUpdate).where(telegram_updates.c.state == state)
        return list(session.execute(query).scalars())


def _texts_to(chat_id: int) -> list[str]:
    with reading() as session:
        rows = session.execute(select(Outgoing).where(outbox.c.chat_id == chat_id)).scalars()
        return [(row.payload or {})["text"] for row in rows]


@contextlib.contextmanager
def _away(engine: db.Engine) -> Any:
    """The database answers nothing."""

    def refuse(*_: Any) -> None:
        raise sa_exc.OperationalError("any", {}, Exception("database is locked"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def _duty_chat(office: Office) -> int:
    """Somebody on duty, reached on the page; returns the chat."""
    chat = chats.open_chat("page", "duty", clock.now())
    with unit_of_work() as session:
        session.add(Staff(office_id=office.id, name="值班员", chat_id=chat.id))
    return chat.id


async def test_an_update_nobody_can_read(
    sim: Telegram, assistant: Assistant, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Among good ones come some that make no sense: the good ones are answered, staff hear of it, no log shows words."""
    _duty_chat(office)
    an = await sim.person("安")
    await sim.request("POST", "updates/hold")
    await an.say("第一句")
    await sim.inject({"message": {"message_id": "x", "text": "身份证号码", "chat": {"id": an.id}}})
    await sim.inject({"message": 7})
    await sim.inject({"callback_query": {"id": [], "data": "身份证号码"}})
    await sim.inject({"update_id": "no number", "message": {"text": "身份证号码"}})
    await sim.inject({"something_new": {"text": "身份证号码"}})
    await an.say("第二句")
    await sim.request("POST", "updates/release")
    await an.wait(text="听到了：第一句")
    await an.wait(text="听到了：第二句")
    await an.wait(text="对不起，刚才这件事没有办成")
    await until(assistant, lambda: len(_stored("failed")) >= 3)
    assert [alert.kind for alert in alerts.open_alerts()] == ["update"]
    assert "身份证号码" not in caplog.text
    assert (await an.texts()).count("听到了：第一句") == 1


async def test_a_message_that_cannot_be_stored(
    sim: Telegram, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours hits one person's message: an apology with an id after three attempts, and nobody else notices."""
    real = inbox.receive

    def receive(chat: Any, source_id: str, kind: str, payload: dict[str, Any], now: Any) -> Any:
        if payload.get("text") == "难办的话":
            raise ValueError("a bug")
        return real(chat, source_id, kind, payload, now)

    monkeypatch.setattr(inbox, "receive", receive)
    an, bo = await sim.person("安"), await sim.person("博")
    await sim.request("POST", "updates/hold")
    await an.say("难办的话")
    await bo.say("好办的话")
    await sim.request("POST", "updates/release")
    await bo.wait(text="听到了：好办的话")
    await an.wait(text="对不起，刚才这件事没有办成")
    assert [row.attempts for row in _stored("failed")] == [2]
    await an.say("再来一句")
    await an.wait(text="听到了：再来一句")


async def test_once_whatever_comes_twice(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """Telegram delivers an update twice, later once more, and others in the wrong order: each is answered once."""
    an = await sim.person("安")
    await sim.fault("duplicate", chat_id=an.id, count=2)
    await an.say("一")
    await an.wait(text="听到了：一")
    await sim.request("POST", "updates/hold")
    for said in ("二", "三", "四"):
        await an.say(said)
    await sim.request("POST", "updates/release", {"order": "shuffled", "seed": 3})
    for said in ("二", "三", "四"):
        await an.wait(text=f"听到了：{said}")
    first = min(row.update_id for row in _stored())
    await sim.request("POST", "updates/redeliver", {"update_id": first})
    await sim.wait_updates(pending=0)
    await an.say("五")
    await an.wait(text="听到了：五")
    assert desk.heard == ["一", "二", "三", "四", "五"]


async def test_a_poll_that_breaks_off(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """Telegram's answer with the updates is cut off twice; they come again and are answered once."""
    an = await sim.person("安")
    await sim.fault("cut", method="getUpdates", count=2)
    await an.say("还在吗")
    await an.wait(text="听到了：还在吗")
    assert desk.heard == ["还在吗"]


async def test_nothing_is_acknowledged_without_the_database(
    sim: Telegram, assistant: Assistant, sqlite: db.Engine, desk: Desk
) -> None:
    """While the database is away messages stay with Telegram; afterwards each is answered once."""
    an = await sim.person("安")
    await sim.wait_updates(polling=True)
    with _away(sqlite):
        await an.say("听得到吗")
        before = len(await sim.calls(method="getupdates"))
        await sim.wait_calls(method="getupdates", count=before + 3)
        assert (await sim.request("GET", "updates"))["pending"] == 1
    await an.wait(text="听到了：听得到吗")
    await sim.wait_updates(pending=0)
    assert desk.heard == ["听得到吗"]


async def test_telegram_cannot_be_reached(
    sim: Telegram, assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The network is away for a while: one line says so, one that it is back, and people are answered."""
    an = await sim.person("安")
    await an.say("一")
    await an.wait(text="听到了：一")
    caplog.set_level(logging.INFO, "bot.telegram.gateway")
    caplog.clear()
    await sim.request("POST", "listener", {"open": False, "seconds": 0.6})
    await an.say("二")
    await an.wait(text="听到了：二")
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.telegram.gateway"]
    assert lines[0].startswith("Telegram cannot be reached")
    assert lines[-1] == "Telegram is served again"
    assert len([line for line in lines if line.startswith("Telegram cannot")]) <= 2
    assert sim.token not in caplog.text


async def test_a_token_that_is_refused_at_the_start(sim: Telegram, office: Office, pointed: Any) -> None:
    """The operator is told in one sentence, without the token."""
    for wrong in (f"{sim.token}x", "7000000001:AAnother-Token-Of-Nobody-At-All-00"):
        pointed(telegram_bot_token=wrong)
        with pytest.raises(OperatorError) as told:
            async with Side(clock.now, lambda: None, gateway=True).serving():
                pass
        assert "BotFather" in str(told.value)
        assert wrong not in str(told.value)
    pointed(telegram_bot_token="no token")
    with pytest.raises(OperatorError, match="no bot token"):
        Side(clock.now, lambda: None, gateway=True)


async def test_the_program_ends_with_status_2(sim: Telegram, office: Office, pointed: Any) -> None:
    """`serve` with a wrong token ends at once with status 2 and one sentence."""
    wrong = f"{sim.token}x"
    code = (
        "import asyncio, sys\nfrom bot.app import App\nfrom service.errors import OperatorError\n"
        "async def run():\n await App(['gateway']).run(print)\n"
        "try:\n asyncio.run(run())\nexcept OperatorError as e:\n print(e, file=sys.stderr); sys.exit(2)\n"
    )
    engine_url = db.engine().url.render_as_string(hide_password=False)
    environment = {**os.environ, "TELEGRAM_BOT_TOKEN": wrong, "DATABASE_URL": engine_url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2, said.decode()
    assert "TELEGRAM_BOT_TOKEN" in said.decode()
    assert wrong not in said.decode()


async def test_a_token_revoked_while_running(
    sim: Telegram, assistant: Assistant, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """The token is revoked: staff are told once, nothing written meanwhile is lost, and when it is valid again all goes on."""
    duty = _duty_chat(office)
    an = await sim.person("安")
    await an.say("一")
    await an.wait(text="听到了：一")
    old = sim.token
    await sim.request("POST", "token", {})
    await until(assistant, lambda: alerts.open_alerts())
    await sim.request("POST", "token", {"token": old})
    await an.say("二")
    await an.wait(text="听到了：二")
    assert [alert.kind for alert in alerts.open_alerts()] == ["token"]
    assert _texts_to(duty) == [wording.phrase("alert_token")]
    assert old not in caplog.text


async def test_two_processes_on_one_database(
    sim: Telegram, office: Office, pointed: Any, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Another process serves the bot: this one says so, waits, and takes over when the other is gone."""
    bot_id = int(sim.token.partition(":")[0])
    leases.take(f"telegram-{bot_id}", "another-machine/1/1", clock.now() - leases.TERM + timedelta(seconds=1))
    async with Assistant(desk).running():
        await _logged(caplog, "Another process on this database serves this Telegram bot already")
        an = await sim.person("安")
        await an.say("有人吗")
        await an.wait(text="听到了：有人吗")


async def test_another_machine_with_the_same_token(
    sim: Telegram, assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody else fetches this bot's messages: one clear sentence, and afterwards all goes on."""
    await sim.wait_updates(polling=True)
    async with library_bot(sim) as other:
        with contextlib.suppress(Exception):
            await other.do_api_request("getupdates", api_kwargs={"timeout": 1}, read_timeout=9)
        await _logged(caplog, "Another program, perhaps on another machine")
    an = await sim.person("安")
    await an.say("有人吗")
    await an.wait(text="听到了：有人吗", timeout=15)


async def _logged(caplog: pytest.LogCaptureFixture, sentence: str) -> None:
    async def look() -> None:
        while sentence not in caplog.text:
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), 10)
    assert caplog.text.count(sentence) == 1


async def test_a_stop_in_the_middle(sim: Telegram, office: Office, pointed: Any, desk: Desk) -> None:
    """Stopped while messages come, the assistant is gone within a moment; the next start answers what is left, once."""
    an = await sim.person("安")
    for number in range(7):
        await an.say(f"第{number}句")
    began = asyncio.get_running_loop().time()
    async with Assistant(desk).running():
        await an.wait(text="听到了：第2句")
    assert asyncio.get_running_loop().time() - began < 10
    async with Assistant(desk).running():
        await an.wait(text="听到了：第6句", timeout=30)
    assert desk.heard == [f"第{number}句" for number in range(7)]


async def test_what_was_read_is_forgotten(sim: Telegram, assistant: Assistant) -> None:
    """What people wrote does not stay in the store of raw updates, and the rows themselves go after some days."""
    an = await sim.person("安")
    await an.say("一")
    await an.wait(text="听到了：一")
    assert [row.payload for row in _stored()] == [None]
    updates.purge(clock.now() + timedelta(days=4))
    assert _stored() == []


@pytest.fixture
async def posted(
    sim: Telegram, office: Office, pointed: Callable[..., None], desk: Desk
) -> AsyncIterator[str]:
    """The assistant behind a webhook; gives the address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    pointed(telegram_webhook_url=address, telegram_webhook_secret=SECRET)
    assistant = Assistant(desk)
    config = uvicorn.Config(
        Starlette(routes=assistant.side.routes), ws="none", log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve([listening]))
    async with assistant.running():
        await sim.wait_calls(method="setWebhook")
        yield address
    server.should_exit = True
    await task


async def test_the_webhook(sim: Telegram, posted: str, desk: Desk) -> None:
    """Telegram posts what people write, and it is answered."""
    an = await sim.person("安")
    await an.say("一")
    await an.wait(text="听到了：一")
    await sim.wait_updates(pending=0)
    assert await sim.calls(method="getupdates") == []


async def test_a_webhook_call_from_somebody_else(sim: Telegram, posted: str, desk: Desk) -> None:
    """Without the secret nothing is taken."""
    update = {"update_id": 1, "message": {"text": "假的"}}
    for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
        async with sim.session.post(f"{posted}/telegram", json=update, headers=headers) as response:
            assert response.status == 403
    right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with sim.session.post(f"{posted}/telegram", data=b"{", headers=right) as response:
        assert response.status == 400
    assert _stored("waiting") == _stored() == []


async def test_the_webhook_without_the_database(
    sim: Telegram, posted: str, sqlite: db.Engine, desk: Desk
) -> None:
    """The database is away: Telegram is told 503, posts again, and the message is answered once."""
    an = await sim.person("安")
    right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    with _away(sqlite):
        await an.say("一")
        async with sim.session.post(f"{posted}/telegram", json={"update_id": 1}, headers=right) as response:
            assert response.status == 503
    await an.wait(text="听到了：一")
    assert desk.heard == ["一"]


def test_a_webhook_needs_a_secret(configure: Callable[..., None]) -> None:
    """Without a secret anybody could post."""
    configure(telegram_webhook_url="https://assistant.example.org")
    with pytest.raises(OperatorError, match="TELEGRAM_WEBHOOK_SECRET"):
        settings()
