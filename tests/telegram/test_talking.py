"""Words, keys and buttons: what people see on their phones."""

from __future__ import annotations

from datetime import timedelta

from service import clock, wording
from service.messages import chats
from service.messages.models import Chat
from tests.support.talk import enrol
from tests.support.telegram.client import Person, Telegram
from tests.telegram.desk import LONG, Desk
from tests.telegram.running import Assistant

MENU = [["活动", "提建议"], ["我的积分", "学习"], ["我的安排", "找工作人员"]]


def _chat(person: Person) -> Chat:
    chat = chats.find_chat("telegram", str(person.id))
    assert chat is not None
    return chat


def _bind(person: Person, name: str, phone: str = "") -> None:
    chat = chats.open_chat("telegram", str(person.id), clock.now())
    chats.bind(chat, enrol(name, phone), "staff", clock.now())


async def test_start_shows_the_menu(sim: Telegram, assistant: Assistant) -> None:
    """胡素芬 presses Start: a greeting, and six keys that stay, with one more to say who she is."""
    fen = await sim.person("素芬")
    await fen.start()
    screen = await fen.wait(keyboard="我的积分")
    assert screen["keyboard"] == [["用手机号登记"], *MENU]
    greeting = await fen.wait(text="您好")
    assert greeting["buttons"] == []
    markup = (await sim.request("GET", "bot"))["about"]
    assert "menu" in str(markup)


async def test_the_menu_of_somebody_known(sim: Telegram, assistant: Assistant) -> None:
    """Once she is known, the key to say who she is has gone."""
    fen = await sim.person("素芬", phone="+8613900000021")
    enrol("胡素芬", "13900000021")
    await fen.start()
    await fen.wait(keyboard="用手机号登记")
    await fen.press("用手机号登记")
    await fen.wait(text="胡素芬，认出您了")
    assert (await fen.phone())["keyboard"] == MENU
    assert chats.person_of(_chat(fen)).name == "胡素芬"  # type: ignore[union-attr]


async def test_asked_who_she_is(sim: Telegram, assistant: Assistant) -> None:
    """A stranger asks for her points and is offered the key beside the ways out."""
    fen = await sim.person("素芬", phone="+8613900000021")
    enrol("胡素芬", "13900000021")
    await fen.start()
    await fen.wait(keyboard="我的积分")
    await fen.press("我的积分")
    await fen.wait(text="要先知道您是哪一位")
    assert (await fen.phone())["keyboard"] == [["用手机号登记"], ["先不登记", "找工作人员"]]
    await fen.press("用手机号登记")
    await fen.wait(text="认出您了")
    await fen.press("我的积分")
    await fen.wait(text="120 分")


async def test_the_contact_of_somebody_else(sim: Telegram, assistant: Assistant) -> None:
    """A card of her neighbour's, whatever number it has, binds nobody."""
    enrol("邻居甲", "13900000022")
    fen = await sim.person("素芬")
    await fen.start()
    await fen.send("contact", phone_number="+8613900000022", first_name="邻居", user_id=424242)
    await fen.wait(text="收到一张名片")
    await fen.send("contact", phone_number="+8613900000022", first_name="邻居")
    await fen.wait(text="收到一张名片", count=2)
    assert _chat(fen).person_id is None


async def test_commands_and_deep_links(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """Slash commands mean what the menu means; what stands behind Start is not obeyed."""
    fen = await sim.person("素芬")
    await fen.start(payload="redeem_reward")
    await fen.wait(text="您好")
    await fen.say("/help")
    await fen.wait(text="柜台")
    await fen.say("/menu")
    await fen.wait(text="您想办哪一样？直接说")
    await fen.say('/redeem_reward{"reward_id": "3"}')
    await fen.wait(text="听到了：/redeem_reward")
    assert desk.heard[:3] == ["greet", "ask_help", "main_menu"]


async def test_a_key_of_the_menu(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """The key 活动 means finding activities, whatever the language model thinks of the word."""
    fen = await sim.person("素芬")
    await fen.start()
    await fen.wait(keyboard="活动")
    await fen.press("活动")
    await fen.wait(text="听到了：活动")


async def test_a_button_shows_what_was_chosen(sim: Telegram, assistant: Assistant) -> None:
    """She confirms: the message says so, its buttons are gone, and the waiting on the button has ended."""
    fen = await sim.person("素芬")
    await fen.say("书法课")
    asked = await fen.wait(button="确认报名")
    assert [[button["text"] for button in row] for row in asked["buttons"]] == [["确认报名", "不报了"]]
    assert all(len(button["callback_data"].encode()) <= 64 for row in asked["buttons"] for button in row)
    await fen.press("确认报名")
    edited = await fen.wait(message_id=asked["id"], edited=1)
    assert edited["text"].endswith("您选了：确认报名")
    assert edited["buttons"] == []
    await fen.wait(text="听到了：确认报名", answered=True)


async def test_a_second_tap(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """She taps twice, and once more the other button of the old message: only the first tap counts."""
    fen = await sim.person("素芬")
    await fen.say("书法课")
    asked = await fen.wait(button="确认报名")
    yes, no = (button["callback_data"] for button in asked["buttons"][0])
    for data in (yes, yes, no):
        await fen.do("press", message_id=asked["id"], data=data)
    await fen.wait(text="听到了：确认报名")
    await fen.wait(toast="您已经选过了：确认报名", answered=True)
    assert desk.heard == ["书法课", "确认报名"]
    assert sum("按钮" in text for text in await fen.texts()) == 0


async def test_a_press_that_is_answered_too_late(sim: Telegram, assistant: Assistant) -> None:
    """Telegram has forgotten the press by the time it is answered; the person does not notice."""
    fen = await sim.person("素芬")
    await fen.say("书法课")
    asked = await fen.wait(button="确认报名")
    await sim.request("POST", "updates/hold")
    await fen.press("确认报名")
    await sim.request("POST", "presses/expire")
    await sim.request("POST", "updates/release")
    await fen.wait(text="听到了：确认报名")
    await fen.wait(message_id=asked["id"], edited=1)
    assert [call["outcome"] for call in await sim.calls(method="answerCallbackQuery")] == ["400"]


async def test_a_button_can_be_typed(sim: Telegram, assistant: Assistant) -> None:
    """Typing the words of a button is pressing it."""
    fen = await sim.person("素芬")
    await fen.say("书法课")
    asked = await fen.wait(button="确认报名")
    await fen.say("确认报名")
    await fen.wait(message_id=asked["id"], edited=1)


async def test_a_long_answer(sim: Telegram, assistant: Assistant) -> None:
    """An answer longer than a message comes in several, each ending with a sentence, nothing missing."""
    fen = await sim.person("素芬")
    await fen.say("说长一点")
    await fen.wait(keyboard="活动")
    said = [message["text"] for message in (await fen.phone())["messages"] if not message["mine"]]
    assert len(said) == 2
    assert all(len(text) <= 4096 and text[-1] in "。！" for text in said)
    assert "".join(said) == LONG


async def test_told_where_she_last_wrote(sim: Telegram, assistant: Assistant) -> None:
    """曹大爷 has two phones; what is sent to him unasked comes once, to the one he wrote from last."""
    from service.messages import outbox

    old, new = await sim.person("老曹旧机"), await sim.person("老曹新机")
    _bind(old, "曹有田")
    chats.bind(
        chats.open_chat("telegram", str(new.id), clock.now()),
        chats.person_of(_chat(old)),  # type: ignore[arg-type]
        "staff",
        clock.now(),
    )
    await new.say("早")
    await new.wait(text="听到了：早")
    await old.say("晚")
    await old.wait(text="听到了：晚")
    person_id = _chat(old).person_id
    assert person_id is not None
    outbox.tell(person_id, "reminder", wording.say("telegram_sticker"), clock.now() - timedelta(seconds=1))
    await old.wait(text="收到您的表情")
    assert not any("收到您的表情" in text for text in await new.texts())
