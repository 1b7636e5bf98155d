"""What people send arrives as Telegram would send it, and what the bot does shows on their phones."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ChatAction, ChatMemberStatus, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.support.telegram.client import Person, Refused, Telegram
from tests.support.telegram.library import Poller, whole

pytest_plugins = ["tests.support.telegram.fixtures"]

TUESDAY_NINE = 1_795_482_000  # 2026-11-24 09:00 in Shanghai
YES_NO = InlineKeyboardMarkup([[InlineKeyboardButton("确定", callback_data="y1"),
                                InlineKeyboardButton("取消", callback_data="n1")]])  # fmt: skip


@pytest.fixture(autouse=True)
async def clock(sim: Telegram) -> None:
    """It is nine on a Tuesday, and stays so."""
    await sim.set_clock(TUESDAY_NINE)


async def test_start_arrives_as_a_command_with_its_payload(sim: Telegram, poller: Poller) -> None:
    lan = await sim.person("岚")
    await lan.start("from-poster")

    message = (await poller.one()).message

    assert message.text == "/start from-poster"
    assert [(e.type, e.offset, e.length) for e in message.entities] == [("bot_command", 0, 6)]
    assert message.chat.type == ChatType.PRIVATE
    assert message.chat.id == message.from_user.id == lan.id
    assert int(message.date.timestamp()) == TUESDAY_NINE


async def test_a_command_typed_after_an_emoji_is_measured_in_utf16(lan: Person, poller: Poller) -> None:
    await lan.say("👍 /help")
    (entity,) = (await poller.one()).message.entities
    assert (entity.offset, entity.length) == (3, 5)


async def test_every_kind_of_message_is_read_whole_by_the_library(lan: Person, poller: Poller) -> None:
    await lan.send("photo", caption="路灯坏了")
    message = (await poller.one()).message
    assert message.caption == "路灯坏了"
    assert [(size.width, size.height) for size in message.photo] == [(90, 68), (640, 480)]

    await lan.send("voice", duration=7)
    assert (await poller.one()).to_dict()["message"]["voice"]["duration"] == 7

    await lan.send("location", latitude=29.56, longitude=106.55)
    assert (await poller.one()).message.location.latitude == 29.56

    await lan.send("contact", phone_number="+8613900000002", first_name="老伴")
    assert (await poller.one()).message.contact.phone_number == "+8613900000002"

    await lan.send("sticker", emoji="🌹")
    assert (await poller.one()).message.sticker.emoji == "🌹"

    await lan.send("video")
    assert (await poller.one()).message.video.width == 640

    await lan.send("audio", duration=9)
    assert (await poller.one()).to_dict()["message"]["audio"]["duration"] == 9

    await lan.send("document", file_name="建议书.docx")
    assert (await poller.one()).message.document.file_name == "建议书.docx"

    await lan.send("forward", from_name="某人", text="转账就能领大奖")
    assert (await poller.one()).message.forward_origin.sender_user_name == "某人"


async def test_an_album_is_several_messages_of_one_group(lan: Person, bot: Bot, poller: Poller) -> None:
    await lan.send("album", items=[{"kind": "photo", "caption": "两处坑"}, {"kind": "photo"}])
    first, second = [whole(update, bot).message for update in await poller.raw()]
    assert first.media_group_id == second.media_group_id
    assert (first.caption, second.caption) == ("两处坑", None)


async def test_an_edited_message_comes_again_as_edited(lan: Person, poller: Poller) -> None:
    number = await lan.say("我报周二")
    await poller.one()
    await lan.do("edit", message_id=number, text="我报周四")

    update = await poller.one()

    assert update.message is None
    assert update.edited_message.text == "我报周四"
    assert update.edited_message.message_id == number
    assert int(update.edited_message.edit_date.timestamp()) == TUESDAY_NINE


async def test_a_photo_is_downloaded_as_it_was_sent(lan: Person, bot: Bot, poller: Poller) -> None:
    await lan.send("photo")
    photo = (await poller.one()).message.photo[-1]
    content = await (await bot.get_file(photo.file_id)).download_as_bytearray()
    assert content[:2] == b"\xff\xd8"
    assert len(content) == photo.file_size


async def test_the_bot_s_reply_shows_with_its_marks_and_its_quotation(lan: Person, bot: Bot) -> None:
    question = await lan.say("明天有课吗")
    sent = await bot.send_message(
        lan.id, "<b>有课</b>：书法", parse_mode="HTML", reply_to_message_id=question
    )
    assert sent.reply_to_message.text == "明天有课吗"

    shown = await lan.wait(text="有课")

    assert shown["text"] == "有课：书法"
    assert [(e["type"], e["offset"], e["length"]) for e in shown["entities"]] == [("bold", 0, 2)]
    assert shown["reply_to"] == question


async def test_a_press_is_answered_and_the_message_edited(lan: Person, bot: Bot, poller: Poller) -> None:
    await bot.send_message(lan.id, "报名周二书法课？", reply_markup=YES_NO)
    await lan.press("确定")

    query = (await poller.one()).callback_query
    assert query.data == "y1"
    assert query.from_user.id == lan.id
    assert query.message.reply_markup == YES_NO
    assert (await lan.phone())["unanswered"] == 1
    assert await query.answer("已收到", show_alert=True)
    await query.edit_message_text("报好了，编号 B2026-0001")

    shown = await lan.wait(text="B2026-0001", toast="已收到", answered=True)
    assert shown["buttons"] == []
    assert shown["earlier"] == ["报名周二书法课？"]
    screen = await lan.phone()
    assert [toast["alert"] for toast in screen["toasts"]] == [True]


async def test_two_quick_taps_are_two_presses(lan: Person, bot: Bot, poller: Poller) -> None:
    sent = await bot.send_message(lan.id, "换一袋大米？", reply_markup=YES_NO)
    await lan.press("确定")
    await bot.edit_message_reply_markup(lan.id, sent.message_id)
    with pytest.raises(Refused, match="确定"):
        await lan.press("确定")
    await lan.do("press", message_id=sent.message_id, data="y1")
    assert [update["callback_query"]["data"] for update in await poller.raw()] == ["y1", "y1"]


async def test_an_old_press_can_no_longer_be_answered(
    sim: Telegram, lan: Person, bot: Bot, poller: Poller
) -> None:
    await bot.send_message(lan.id, "参加吗？", reply_markup=YES_NO)
    await lan.press("取消")
    query = (await poller.one()).callback_query
    await sim.request("POST", "presses/expire")
    with pytest.raises(BadRequest, match=r"(?i)query is too old and response timeout expired"):
        await query.answer()


async def test_the_reply_keyboard_sends_words_contact_and_place(
    lan: Person, bot: Bot, poller: Poller
) -> None:
    rows = [
        [KeyboardButton("我的积分"), KeyboardButton("发送手机号", request_contact=True)],
        [KeyboardButton("发送位置", request_location=True)],
    ]
    await bot.send_message(lan.id, "请选", reply_markup=ReplyKeyboardMarkup(rows, resize_keyboard=True))
    assert (await lan.phone())["keyboard"] == [["我的积分", "发送手机号"], ["发送位置"]]

    await lan.press("我的积分")
    assert (await poller.one()).message.text == "我的积分"
    await lan.press("发送手机号")
    contact = (await poller.one()).message.contact
    assert (contact.phone_number, contact.user_id) == ("+8613900000001", lan.id)
    await lan.press("发送位置", place={"latitude": 30.0, "longitude": 107.0})
    assert (await poller.one()).message.location.longitude == 107.0

    await bot.send_message(lan.id, "好", reply_markup=ReplyKeyboardRemove())
    assert (await lan.wait(no_keyboard=True))["keyboard"] is None


async def test_a_one_time_keyboard_goes_after_one_use(lan: Person, bot: Bot) -> None:
    keyboard = ReplyKeyboardMarkup([["是"], ["否"]], one_time_keyboard=True)
    sent = await bot.send_message(lan.id, "去不去？", reply_markup=keyboard)
    await lan.press("是")
    assert (await lan.phone())["keyboard"] is None
    with pytest.raises(BadRequest, match="can't be edited"):
        await sent.edit_text("定了")


async def test_photo_voice_document_and_place_reach_the_phone(lan: Person, bot: Bot) -> None:
    picture = (await _picture(lan, bot)).photo[-1]
    await bot.send_voice(lan.id, b"OggS-voice", caption="听一听", duration=4)
    await bot.send_document(lan.id, b"name,points", filename="积分.csv")
    await bot.send_location(lan.id, 29.5, 106.5)
    await bot.send_venue(lan.id, 29.5, 106.5, "南华社区活动室", "样例路 1 号")
    await bot.send_video(lan.id, b"a lesson", caption="第一课", duration=60)
    await bot.send_audio(lan.id, b"a song", duration=61)
    await bot.send_contact(lan.id, "+8613900000009", "值班室")
    await bot.send_photo(lan.id, picture.file_id, caption="再看一次")

    kinds = [message["kind"] for message in (await lan.phone())["messages"]]
    assert kinds == ["photo", "voice", "document", "location", "venue", "video", "audio", "contact", "photo"]


async def test_an_album_of_the_bot_is_one_group(lan: Person, bot: Bot) -> None:
    picture = (await _picture(lan, bot)).photo[-1].file_id
    sent = await bot.send_media_group(
        lan.id, [InputMediaPhoto(picture, caption="展评"), InputMediaPhoto(_jpeg(30, 20))]
    )
    assert len({message.media_group_id for message in sent}) == 1
    assert sent[1].photo[-1].width == 30
    assert [m["text"] for m in (await lan.phone())["messages"]] == ["", "展评", ""]


async def test_typing_shows_until_the_message_comes(lan: Person, bot: Bot) -> None:
    await bot.send_chat_action(lan.id, ChatAction.TYPING)
    assert (await lan.wait(action="typing"))["action"] == "typing"
    await bot.send_message(lan.id, "来了")
    assert (await lan.phone())["action"] is None


async def test_edits_of_caption_and_keyboard_and_a_delete(lan: Person, bot: Bot) -> None:
    sent = await _picture(lan, bot)
    edited = await sent.edit_caption("井盖已修好", reply_markup=YES_NO)
    assert int(edited.edit_date.timestamp()) == TUESDAY_NINE
    await sent.edit_reply_markup(None)
    shown = await lan.wait(message_id=sent.message_id, edited=2)
    assert (shown["text"], shown["buttons"]) == ("井盖已修好", [])

    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_caption("井盖已修好")
    assert await sent.delete()
    await lan.wait(gone=sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()


async def test_several_messages_go_at_once_and_a_keyboard_with_its_message(lan: Person, bot: Bot) -> None:
    said = await lan.say("说错了")
    plain = await bot.send_message(lan.id, "好")
    menu = await bot.send_message(lan.id, "请选", reply_markup=ReplyKeyboardMarkup([["找活动"]]))
    assert await bot.delete_messages(lan.id, [said, plain.message_id, menu.message_id, 999])
    screen = await lan.phone()
    assert (screen["messages"], screen["keyboard"]) == ([], None)


async def test_a_message_older_than_two_days_stays(sim: Telegram, lan: Person, bot: Bot) -> None:
    sent = await bot.send_message(lan.id, "三天前的话")
    await sim.set_clock(TUESDAY_NINE + 3 * 86_400)
    with pytest.raises(BadRequest, match="can't be deleted"):
        await sent.delete()


async def test_forward_and_copy(sim: Telegram, lan: Person, bot: Bot) -> None:
    qing = await sim.person("青", started=True)
    original = await bot.send_message(lan.id, "停水通知")
    forwarded = await original.forward(qing.id)
    assert forwarded.forward_origin.sender_user.is_bot
    await original.copy(qing.id)
    shown = (await qing.phone())["messages"]
    assert [(m["text"], m["forwarded"]) for m in shown] == [("停水通知", True), ("停水通知", False)]


async def test_block_unblock_and_a_deleted_account(lan: Person, bot: Bot, poller: Poller) -> None:
    await lan.do("block")
    change = (await poller.one()).my_chat_member
    assert change.new_chat_member.status == ChatMemberStatus.BANNED
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(lan.id, "在吗")
    with pytest.raises(Refused, match="unblock"):
        await lan.say("喂")

    await lan.do("unblock")
    assert (await poller.one()).my_chat_member.new_chat_member.status == ChatMemberStatus.MEMBER
    await bot.send_message(lan.id, "欢迎回来")

    await lan.do("delete")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(lan.id, "在吗")


async def test_the_bot_may_not_speak_first(sim: Telegram, bot: Bot) -> None:
    qing = await sim.person("青")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(qing.id, "您好")
    await qing.start()
    await bot.send_message(qing.id, "您好")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(424242, "您好")


async def test_a_group_shows_the_bot_only_what_is_meant_for_it(
    sim: Telegram, lan: Person, bot: Bot, poller: Poller
) -> None:
    qing = await sim.person("青")
    group = await sim.group("样例支部", lan, qing)
    await sim.in_group(group, "add_bot", lan)
    joined, service = [whole(update, bot) for update in await poller.raw()]
    assert joined.my_chat_member.new_chat_member.status == ChatMemberStatus.MEMBER
    assert service.message.new_chat_members[0].is_bot

    await lan.say("吃了吗", chat_id=group)
    await qing.say("/points", chat_id=group)
    assert (await poller.one()).message.text == "/points"

    await bot.send_message(group, "开会时间：周四")
    assert (await qing.wait(chat_id=group, text="周四"))["mine"] is False

    await sim.in_group(group, "remove_bot", qing)
    farewell, thrown_out = [whole(update, bot) for update in await poller.raw()]
    assert farewell.message.left_chat_member.is_bot
    assert thrown_out.my_chat_member.new_chat_member.status == ChatMemberStatus.BANNED
    await lan.say("/points", chat_id=group)
    assert await poller.raw(timeout=0) == []
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group, "还在吗")


async def test_a_group_that_moved_says_where_to(sim: Telegram, lan: Person, bot: Bot, poller: Poller) -> None:
    group = await sim.group("样例支部", lan)
    await sim.in_group(group, "add_bot", lan)
    await poller.raw()
    successor = (await sim.in_group(group, "migrate", lan))["id"]

    left, arrived = [whole(update, bot).message for update in await poller.raw()]
    assert left.migrate_to_chat_id == successor
    assert arrived.migrate_from_chat_id == group
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group, "通知")
    assert moved.value.new_chat_id == successor
    sent = await bot.send_message(successor, "通知")
    assert sent.chat.type == ChatType.SUPERGROUP


async def test_what_the_bot_says_of_itself(sim: Telegram, lan: Person, bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert me.can_read_all_group_messages is False
    await bot.set_my_commands([("menu", "主菜单"), ("help", "怎么用")])
    assert [command.command for command in await bot.get_my_commands()] == ["menu", "help"]
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("离退休干部的助手")
    await bot.set_my_short_description("助手")
    await bot.set_my_name("银龄")
    assert (await bot.get_my_description()).description == "离退休干部的助手"
    assert (await bot.get_my_short_description()).short_description == "助手"
    assert (await bot.get_my_name()).name == "银龄"
    await bot.set_chat_menu_button()
    assert (await bot.get_chat_menu_button()).type == "default"
    assert (await bot.get_chat(lan.id)).full_name == "岚 试"
    assert (await bot.get_chat_member(lan.id, lan.id)).status == ChatMemberStatus.MEMBER


async def test_a_bot_that_logged_out_is_out(bot: Bot) -> None:
    assert await bot.close()
    assert await bot.get_me()
    assert await bot.log_out()
    with pytest.raises(BadRequest, match="Logged out"):
        await bot.get_me()


async def _picture(lan: Person, bot: Bot) -> Message:
    return await bot.send_photo(lan.id, _jpeg(200, 100))


def _jpeg(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 40, 40)).save(buffer, "JPEG")
    return buffer.getvalue()
