"""Everything that can go wrong between the bot and Telegram, on demand."""

from __future__ import annotations

import asyncio
import time

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from tests.support.telegram.client import Person, Refused, Telegram
from tests.support.telegram.errors import ApiError
from tests.support.telegram.faults import Flood
from tests.support.telegram.library import Poller, library_bot
from tests.support.telegram.running import emulator, emulator_process
from tests.support.telegram.state import World

pytest_plugins = ["tests.support.telegram.fixtures"]

# The library announces, at every RetryAfter, that a later release will count in timedeltas.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


async def outcomes(sim: Telegram) -> list[str]:
    return [call["outcome"] for call in await sim.calls(method="sendMessage")]


async def test_telegram_asks_for_patience_in_one_chat_only(sim: Telegram, lan: Person, bot: Bot) -> None:
    qing = await sim.person("青", started=True)
    await sim.fault("error", code=429, retry_after=7, method="sendMessage", chat_id=lan.id, count=1)
    await bot.send_message(qing.id, "您好")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(lan.id, "您好")
    assert "Retry in 7 seconds" in str(refused.value)
    await bot.send_message(lan.id, "您好")
    assert await outcomes(sim) == ["ok", "429", "ok"]
    assert await lan.texts() == ["您好"]


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        ({"code": 403}, Forbidden, "bot was blocked by the user"),
        ({"code": 400, "description": "Bad Request: chat not found"}, BadRequest, "Chat not found"),
        ({"code": 502}, NetworkError, "Bad Gateway"),
        ({"code": 500}, NetworkError, "Internal Server Error"),
    ],
)
async def test_refusals(
    sim: Telegram, lan: Person, bot: Bot, fault: dict[str, object], kind: type[Exception], text: str
) -> None:
    await sim.fault("error", **fault, count=1)
    with pytest.raises(kind, match=text):
        await bot.send_message(lan.id, "您好")
    assert await lan.texts() == []


async def test_a_slow_answer_comes_after_the_deed(sim: Telegram, lan: Person, bot: Bot) -> None:
    await sim.fault("slow", seconds=5, method="sendMessage", count=1)
    with pytest.raises(TimedOut):
        await bot.send_message(lan.id, "慢", read_timeout=0.5)
    assert await lan.texts() == ["慢"]
    assert await outcomes(sim) == ["slow"]


async def test_a_call_lost_on_the_way_did_nothing(sim: Telegram, lan: Person, bot: Bot) -> None:
    await sim.fault("lost", count=1)
    with pytest.raises(NetworkError):
        await bot.send_message(lan.id, "丢")
    assert await lan.texts() == []
    assert await outcomes(sim) == ["lost"]


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("dropped", "disconnected without sending a response"),
        ("cut", "without sending complete message body"),
    ],
)
async def test_delivered_and_then_the_line_broke(
    sim: Telegram, lan: Person, bot: Bot, kind: str, complaint: str
) -> None:
    await sim.fault(kind, method="sendMessage", count=1)
    with pytest.raises(NetworkError, match=complaint):
        await bot.send_message(lan.id, "到了")
    assert await lan.texts() == ["到了"]
    assert await outcomes(sim) == [kind]


async def test_a_poll_answer_cut_off_loses_nothing(sim: Telegram, lan: Person, bot: Bot) -> None:
    poller = Poller(bot)
    await sim.fault("cut", method="getUpdates", count=1)
    assert await poller.raw(timeout=0) == []  # an empty answer is not worth cutting
    await lan.say("在")
    with pytest.raises(NetworkError):
        await poller.raw()
    assert [update["message"]["text"] for update in await poller.raw()] == ["在"]


async def test_the_bot_finds_no_one_listening(sim: Telegram, lan: Person, bot: Bot) -> None:
    waiting = asyncio.create_task(Poller(bot).raw(timeout=30))
    await sim.wait_updates(polling=True)
    await sim.request("POST", "listener", {"open": False})
    with pytest.raises(NetworkError):
        await asyncio.wait_for(waiting, 2)
    with pytest.raises(NetworkError):
        await bot.send_message(lan.id, "您好")
    await sim.request("POST", "listener", {"open": True})
    await bot.send_message(lan.id, "您好")
    assert await outcomes(sim) == ["ok"]


async def test_an_outage_of_a_given_length_ends_by_itself(sim: Telegram, lan: Person, bot: Bot) -> None:
    await sim.request("POST", "listener", {"open": False, "seconds": 0.2})
    tries = 0
    while True:
        try:
            await bot.send_message(lan.id, "您好")
            break
        except NetworkError:
            tries += 1
    assert tries > 0
    assert await lan.texts() == ["您好"]


async def test_chance_follows_its_seed(sim: Telegram, lan: Person, bot: Bot) -> None:
    patterns = []
    for _ in range(2):
        number = await sim.fault("error", code=502, probability=0.5, seed=4)
        await sim.request("DELETE", "calls")
        for _ in range(12):
            try:
                await bot.send_message(lan.id, "试")
            except NetworkError:
                continue
        patterns.append(await outcomes(sim))
        await sim.request("DELETE", f"faults/{number}")
    assert patterns[0] == patterns[1]
    assert {"ok", "502"} == set(patterns[0])
    with pytest.raises(Refused, match="not a fault"):
        await sim.fault("earthquake")


async def test_telegram_s_own_pace_can_be_kept(sim: Telegram, lan: Person, bot: Bot) -> None:
    group = await sim.group("样例支部", lan)
    await sim.in_group(group, "add_bot", lan)
    await sim.request("POST", "flood", {"group_per_minute": 2})
    await bot.send_message(group, "一")
    await bot.send_message(group, "二")
    with pytest.raises(RetryAfter):
        await bot.send_message(group, "三")
    await bot.send_message(lan.id, "一")
    await sim.request("POST", "flood", {"off": True})
    await bot.send_message(group, "三")
    assert await outcomes(sim) == ["ok", "ok", "429", "ok", "ok"]


def test_the_pace_is_one_a_second_in_a_chat_and_thirty_over_all() -> None:
    flood = Flood()
    flood.check(1, now=10.0)
    with pytest.raises(ApiError) as refused:
        flood.check(1, now=10.5)
    assert refused.value.parameters == {"retry_after": 1}
    flood.check(1, now=11.1)
    for chat in range(2, 31):
        flood.check(chat, now=11.2)
    with pytest.raises(ApiError):
        flood.check(99, now=11.3)
    flood.check(99, now=12.2)


async def test_the_log_says_what_happened_when_and_can_be_waited_for(
    sim: Telegram, lan: Person, bot: Bot
) -> None:
    await sim.set_clock(1_795_482_000)
    waiting = asyncio.create_task(sim.wait_calls(method="sendMessage", chat_id=lan.id, count=2))
    began = time.time()
    await bot.send_message(lan.id, "一")
    await bot.send_message(lan.id, "二")
    first, second = await waiting
    assert (first["message_id"], second["message_id"]) == (1, 2)
    assert first["date"] == 1_795_482_000
    assert began <= first["time"] <= second["time"] <= time.time()


async def test_memory_is_bounded() -> None:
    async with emulator(World(messages_kept=3, calls_kept=5)) as sim, library_bot(sim) as bot:
        lan = await sim.person("岚", started=True)
        for number in range(8):
            await bot.send_message(lan.id, f"第{number}条")
        assert await lan.texts() == ["第5条", "第6条", "第7条"]
        assert [call["number"] for call in await sim.calls()] == [4, 5, 6, 7, 8]


async def test_a_wait_that_comes_to_nothing_shows_the_phone(sim: Telegram, lan: Person, bot: Bot) -> None:
    await bot.send_message(lan.id, "别的话")
    with pytest.raises(Refused, match="别的话") as refused:
        await lan.wait(text="想听的话", timeout=0.05)
    assert refused.value.status == 408


async def test_a_phone_can_be_followed_from_version_to_version(lan: Person, bot: Bot) -> None:
    version = (await lan.phone())["version"]
    with pytest.raises(Refused):
        await lan.wait(version=version, timeout=0.05)
    await bot.send_message(lan.id, "新消息")
    assert (await lan.wait(version=version))["messages"][-1]["text"] == "新消息"


async def test_many_phones_can_wait_at_once(sim: Telegram, bot: Bot) -> None:
    people = [await sim.person(f"某{number}", started=True) for number in range(120)]
    waiting = [asyncio.create_task(person.wait(text="全体", timeout=30)) for person in people]
    for person in people:
        await bot.send_message(person.id, "全体：周四开会")
    assert {message["text"] for message in await asyncio.gather(*waiting)} == {"全体：周四开会"}


async def test_an_emulator_in_its_own_process_outlives_a_bot() -> None:
    async with emulator_process("--calls-kept", "50") as sim:
        lan = await sim.person("岚")
        async with library_bot(sim) as first:
            await lan.say("一")
            assert len(await first.get_updates()) == 1  # and dies without acknowledging it
        async with library_bot(sim) as second:
            assert len(await second.get_updates()) == 1
            await second.send_message(lan.id, "收到")
        await lan.wait(text="收到")


async def test_the_line_breaks_the_same_way_in_its_own_process() -> None:
    async with emulator_process() as sim, library_bot(sim) as bot:
        lan = await sim.person("岚", started=True)
        for kind in ("lost", "dropped", "cut"):
            await sim.fault(kind, method="sendMessage", count=1)
            with pytest.raises(NetworkError):
                await bot.send_message(lan.id, kind)
        await sim.request("POST", "listener", {"open": False})
        with pytest.raises(NetworkError):
            await bot.send_message(lan.id, "closed")
        await sim.request("POST", "listener", {"open": True})
        await bot.send_message(lan.id, "open")
        assert await lan.texts() == ["dropped", "cut", "open"]
