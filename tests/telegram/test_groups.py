"""Groups, and people who block, come back or leave Telegram."""

from __future__ import annotations

from service import clock, wording
from service.messages import chats, outbox
from service.messages.models import Chat
from tests.support.telegram.client import Person, Telegram
from tests.telegram.desk import Desk
from tests.telegram.running import Assistant, until


def _chat(address: int) -> Chat:
    chat = chats.find_chat("telegram", str(address))
    assert chat is not None
    return chat


async def _group(sim: Telegram, *members: Person) -> int:
    group = await sim.group("青溪合唱队", *members)
    await sim.in_group(group, "add_bot", members[0])
    return group


async def test_in_a_group(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """Asked in a group, the assistant says where to ask alone, with a button that leads there, and nothing more."""
    await sim.request("POST", "bot", {"privacy": False})
    mei = await sim.person("红梅")
    group = await _group(sim, mei)
    await mei.say("今天排练吗", chat_id=group)
    await mei.say("@silver_desk_bot 我有多少积分", chat_id=group)
    said = await mei.wait(chat_id=group, text="请到我这里单独问")
    assert said["buttons"] == [[{"text": "单独跟我说", "url": "https://t.me/silver_desk_bot?start=group"}]]
    assert (await mei.phone(group))["keyboard"] is None
    await mei.say("我的积分呢", chat_id=group, reply_to=said["id"])
    await mei.wait(chat_id=group, text="请到我这里单独问", count=2)
    await mei.say("/start", chat_id=group)
    await mei.wait(chat_id=group, text="请到我这里单独问", count=3)
    assert desk.heard == []
    assert (
        len([m for m in (await mei.phone(group))["messages"] if not m["mine"] and m["kind"] == "text"]) == 3
    )


async def test_a_group_that_moves(sim: Telegram, assistant: Assistant) -> None:
    """A group becomes a supergroup; what is sent to it goes to its new address."""
    mei = await sim.person("红梅")
    group = await _group(sim, mei)
    await mei.say("/start", chat_id=group)
    await mei.wait(chat_id=group, text="单独问")
    before = _chat(group)
    moved = int((await sim.in_group(group, "migrate", mei))["id"])
    await sim.wait_updates(pending=0)
    outbox.write_to_chat(before.id, "notice", wording.say("telegram_group"), clock.now())
    await mei.wait(chat_id=moved, text="单独问")
    assert _chat(moved).id == before.id


async def test_a_group_that_moved_unnoticed(sim: Telegram, assistant: Assistant) -> None:
    """Telegram tells only when we send: the address is changed and the message sent again."""
    mei = await sim.person("红梅")
    group = await _group(sim, mei)
    await mei.say("/start", chat_id=group)
    await mei.wait(chat_id=group, text="单独问")
    before = _chat(group)
    await sim.request("POST", "updates/hold")
    moved = int((await sim.in_group(group, "migrate", mei))["id"])
    outbox.write_to_chat(before.id, "notice", wording.say("telegram_group"), clock.now())
    await mei.wait(chat_id=moved, text="单独问")
    assert _chat(moved).id == before.id


async def test_blocking_and_coming_back(sim: Telegram, assistant: Assistant) -> None:
    """Somebody who blocks the assistant gets nothing; once back, messages come again."""
    mei = await sim.person("红梅")
    await mei.say("早")
    await mei.wait(text="听到了：早")
    await mei.do("block")
    await sim.wait_updates(pending=0)
    await until(assistant, lambda: _chat(mei.id).blocked_at is not None)
    row = outbox.write_to_chat(_chat(mei.id).id, "notice", wording.say("telegram_sticker"), clock.now())
    await until(assistant, lambda: outbox.get(row.id).state == "blocked")
    await mei.do("unblock")
    await until(assistant, lambda: _chat(mei.id).blocked_at is None)
    await mei.say("又来了")
    await mei.wait(text="听到了：又来了")


async def test_blocked_unnoticed_and_deleted(sim: Telegram, assistant: Assistant) -> None:
    """Telegram refuses to deliver: the chat counts as blocked, and nothing is tried again."""
    mei = await sim.person("红梅")
    await mei.say("早")
    await mei.wait(text="听到了：早")
    await mei.do("delete")
    row = outbox.write_to_chat(_chat(mei.id).id, "notice", wording.say("telegram_sticker"), clock.now())
    await until(assistant, lambda: outbox.get(row.id).state == "blocked")
    assert _chat(mei.id).blocked_at is not None
