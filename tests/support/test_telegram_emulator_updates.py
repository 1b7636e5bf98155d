"""How updates reach the bot: long polling, webhooks, and the ways in which Telegram repeats itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from tests.support.telegram.client import Person, Telegram
from tests.support.telegram.library import Poller, library_bot, whole

pytest_plugins = ["tests.support.telegram.fixtures"]

MORNING = 1_795_482_000


class Receiver:
    """A web server that takes the bot's updates, after turning away as many as it is told to."""

    def __init__(self) -> None:
        self.seen: list[tuple[str | None, dict[str, Any]]] = []
        self.refuse = 0
        self.came = asyncio.Condition()

    async def __aenter__(self) -> Receiver:
        self._server = web.Server(self._take)
        self._listener = await asyncio.get_running_loop().create_server(self._server, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}/hook"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._listener.close()
        await self._server.shutdown(0.1)

    async def _take(self, request: web.BaseRequest) -> web.Response:
        self.seen.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        async with self.came:
            self.came.notify_all()
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503)
        return web.Response()

    async def wait(self, count: int) -> list[dict[str, Any]]:
        async with self.came:
            await asyncio.wait_for(self.came.wait_for(lambda: len(self.seen) >= count), 5)
        return [body for _, body in self.seen]


async def test_a_poll_waits_until_somebody_speaks(sim: Telegram, lan: Person, bot: Bot) -> None:
    waiting = asyncio.create_task(Poller(bot).raw(timeout=30))
    await sim.wait_updates(polling=True)
    assert not waiting.done()
    await lan.say("有人吗")
    (update,) = await asyncio.wait_for(waiting, 5)
    assert update["message"]["text"] == "有人吗"


async def test_a_poll_with_nothing_to_say_ends_after_its_time(bot: Bot) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await Poller(bot).raw(timeout=1) == []
    assert 0.9 < loop.time() - began < 10


async def test_updates_come_again_until_an_offset_acknowledges_them(
    sim: Telegram, lan: Person, bot: Bot
) -> None:
    for text in ("一", "二", "三"):
        await lan.say(text)
    first = await bot.get_updates(limit=2)
    again = await bot.get_updates()
    assert [update.message.text for update in first] == ["一", "二"]
    assert [update.message.text for update in again] == ["一", "二", "三"]

    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in rest] == ["三"]
    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert await bot.get_updates(offset=rest[-1].update_id + 1, timeout=0) == ()
    await sim.wait_updates(pending=0)


async def test_a_negative_offset_keeps_only_the_last(lan: Person, bot: Bot) -> None:
    for text in ("一", "二", "三"):
        await lan.say(text)
    assert [update.message.text for update in await bot.get_updates(offset=-1)] == ["三"]
    assert [update.message.text for update in await bot.get_updates()] == ["三"]


async def test_updates_nobody_fetched_grow_too_old(sim: Telegram, lan: Person, bot: Bot) -> None:
    await sim.set_clock(MORNING)
    await bot.send_message(
        lan.id, "选", reply_markup={"inline_keyboard": [[{"text": "是", "callback_data": "y"}]]}
    )
    await lan.press("是")
    await lan.say("早")
    await sim.set_clock(MORNING + 200)
    assert [update.message.text for update in await bot.get_updates()] == ["早"]
    await sim.set_clock(MORNING + 86_400)
    assert await bot.get_updates(timeout=0) == ()


async def test_a_second_poller_throws_out_the_first(sim: Telegram, lan: Person, bot: Bot) -> None:
    first = asyncio.create_task(Poller(bot).raw(timeout=30))
    await sim.wait_updates(polling=True)
    async with library_bot(sim) as twin:
        second = asyncio.create_task(Poller(twin).raw(timeout=30))
        with pytest.raises(Conflict, match="make sure that only one bot instance is running"):
            await asyncio.wait_for(first, 5)
        await lan.say("在")
        assert len(await asyncio.wait_for(second, 5)) == 1


async def test_a_poller_that_died_leaves_no_trace(sim: Telegram, lan: Person, bot: Bot) -> None:
    dying = asyncio.create_task(Poller(bot).raw(timeout=30))
    await sim.wait_updates(polling=True)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await lan.say("在")
    assert len(await bot.get_updates()) == 1


async def test_only_the_kinds_asked_for_come(lan: Person, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["message"], timeout=0)
    number = await lan.say("一")
    await lan.do("edit", message_id=number, text="二")
    await lan.do("block")
    assert [whole(update, bot).message.text for update in await Poller(bot).raw()] == ["一"]


async def test_the_webhook_gets_every_update_with_the_secret(sim: Telegram, lan: Person, bot: Bot) -> None:
    await lan.say("攒着的")
    async with Receiver() as receiver:
        await bot.set_webhook(receiver.url, secret_token="quiet-word_1", max_connections=10)
        await lan.say("新来的")
        bodies = await receiver.wait(2)
        assert [whole(body, bot).message.text for body in bodies] == ["攒着的", "新来的"]
        assert {secret for secret, _ in receiver.seen} == {"quiet-word_1"}
        await sim.wait_updates(pending=0)

        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        info = await bot.get_webhook_info()
        assert (info.url, info.max_connections, info.last_error_message) == (receiver.url, 10, None)
        await bot.delete_webhook()
    await lan.say("改回轮询")
    assert len(await bot.get_updates()) == 1
    assert (await bot.get_webhook_info()).url == ""


async def test_a_webhook_is_tried_again_in_order(sim: Telegram, lan: Person, bot: Bot) -> None:
    async with Receiver() as receiver:
        receiver.refuse = 2
        await bot.set_webhook(receiver.url)
        await lan.say("一")
        await lan.say("二")
        bodies = await receiver.wait(4)
        assert [body["message"]["text"] for body in bodies] == ["一", "一", "一", "二"]
        info = await bot.get_webhook_info()
        assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
        await sim.wait_updates(pending=0)


async def test_setting_a_webhook_ends_the_poll(sim: Telegram, bot: Bot) -> None:
    waiting = asyncio.create_task(Poller(bot).raw(timeout=30))
    await sim.wait_updates(polling=True)
    async with Receiver() as receiver:
        await bot.set_webhook(receiver.url)
        with pytest.raises(Conflict, match="terminated by setWebhook request"):
            await asyncio.wait_for(waiting, 5)


async def test_a_webhook_must_be_fit_to_be_one(lan: Person, bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)An HTTPS URL must be provided for webhook"):
        await bot.set_webhook("http://example.org/hook")
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook("https://example.org/hook", secret_token="口令")
    await lan.say("旧的")
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_the_same_update_can_come_twice(sim: Telegram, lan: Person, bot: Bot) -> None:
    poller = Poller(bot)
    await sim.fault("duplicate", chat_id=lan.id, count=1)
    await lan.say("报名")
    first, second = await poller.raw()
    assert first == second

    await poller.raw(timeout=0)
    await sim.request("POST", "updates/redeliver", {"update_id": first["update_id"]})
    assert await poller.raw() == [first]
    assert await poller.raw(timeout=0) == []


async def test_updates_can_come_out_of_order(sim: Telegram, lan: Person, bot: Bot) -> None:
    poller = Poller(bot)
    await sim.request("POST", "updates/hold")
    for text in ("一", "二", "三"):
        await lan.say(text)
    assert await poller.raw(timeout=0) == []
    await sim.request("POST", "updates/release", {"order": "reversed"})
    assert [update["message"]["text"] for update in await poller.raw()] == ["三", "二", "一"]
    await lan.say("四")
    assert [update["message"]["text"] for update in await poller.raw()] == ["四"]


async def test_an_update_the_library_cannot_read(sim: Telegram, lan: Person, bot: Bot) -> None:
    number = await sim.inject({"message": {"message_id": "?", "chat": 7}})
    await sim.inject({"brand_new_thing": {"since": "tomorrow"}})
    await lan.say("还在")
    broken, unknown, fine = await Poller(bot).raw()
    assert broken["update_id"] == number
    with pytest.raises((TypeError, AttributeError, KeyError)):
        whole(broken, bot)
    assert "brand_new_thing" in unknown
    assert whole(fine, bot).message.text == "还在"
