"""What Telegram would refuse is refused, in its words, and leaves no trace on the phone.

The library changes the case of the words, so its errors are compared without regard to it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.error import BadRequest, InvalidToken, NetworkError

from tests.support.telegram.client import Person, Telegram
from tests.support.telegram.library import Poller, library_bot
from tests.support.telegram.methods import METHODS

pytest_plugins = ["tests.support.telegram.fixtures"]

MEGABYTE = 1024 * 1024


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def answer(response: aiohttp.ClientResponse) -> tuple[int, Any]:
    body = await response.json()
    return response.status, body.get("result", body.get("description"))


async def test_a_text_may_have_4096_characters_and_must_have_one(lan: Person, bot: Bot) -> None:
    await bot.send_message(lan.id, "好" * 4096)
    await bot.send_message(lan.id, "<b>" + "好" * 4096 + "</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match=r"(?i)Message is too long"):
        await bot.send_message(lan.id, "好" * 4097)
    for blank in ("", "  \n "):
        with pytest.raises(BadRequest, match=r"(?i)Message text is empty"):
            await bot.send_message(lan.id, blank)
    assert [len(text) for text in await lan.texts()] == [4096, 4096]


async def test_an_edit_keeps_the_same_limits(lan: Person, bot: Bot) -> None:
    sent = await bot.send_message(lan.id, "第一稿")
    with pytest.raises(BadRequest, match=r"(?i)MESSAGE_TOO_LONG"):
        await sent.edit_text("好" * 4097)
    with pytest.raises(BadRequest, match=r"(?i)exactly the same as a current content"):
        await sent.edit_text("第一稿")
    with pytest.raises(BadRequest, match=r"(?i)There is no caption in the message to edit"):
        await sent.edit_caption("说明")
    with pytest.raises(BadRequest, match=r"(?i)Message to edit not found"):
        await bot.edit_message_text("别的", lan.id, sent.message_id + 50)
    said = await lan.say("我自己的话")
    with pytest.raises(BadRequest, match=r"(?i)Message can't be edited"):
        await bot.edit_message_text("改你的话", lan.id, said)
    voice = await bot.send_voice(lan.id, b"OggS")
    with pytest.raises(BadRequest, match=r"(?i)There is no text in the message to edit"):
        await voice.edit_text("听写")


async def test_a_caption_may_have_1024_characters(lan: Person, bot: Bot) -> None:
    await bot.send_voice(lan.id, b"OggS", caption="好" * 1024)
    with pytest.raises(BadRequest, match=r"(?i)Message caption is too long"):
        await bot.send_voice(lan.id, b"OggS", caption="好" * 1025)


async def test_callback_data_is_1_to_64_bytes(lan: Person, bot: Bot) -> None:
    await bot.send_message(lan.id, "选", reply_markup=_inline(callback_data="字" * 21))
    with pytest.raises(BadRequest, match=r"(?i)BUTTON_DATA_INVALID"):
        await bot.send_message(lan.id, "选", reply_markup=_inline(callback_data="字" * 22))
    with pytest.raises(BadRequest, match=r"(?i)Text buttons are unallowed in the inline keyboard"):
        await bot.send_message(lan.id, "选", reply_markup=_inline(callback_data=""))


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("not json", "can't parse reply keyboard markup JSON object"),
        ([1, 2], "object expected as reply markup"),
        ({"inline_keyboard": "是"}, 'field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [{"text": "是", "callback_data": "y"}]},
         'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ({"inline_keyboard": [["是"]]},
         "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        ({"inline_keyboard": [[{"callback_data": "y"}]]},
         'can\'t parse inline keyboard button: Can\'t find field "text"'),
        ({"inline_keyboard": [[{"text": "", "callback_data": "y"}]]},
         "inline keyboard button text must be non-empty"),
        ({"inline_keyboard": [[{"text": "是", "callback_data": "y"}] * 8] * 13}, "reply markup is too long"),
        ({"keyboard": ["是", "否"]}, 'field "keyboard" must be an Array of Arrays'),
        ({"keyboard": [[7]]}, "can't parse keyboard button: KeyboardButton must be a String or an Object"),
    ],
)  # fmt: skip
async def test_a_keyboard_of_the_wrong_shape(
    sim: Telegram, lan: Person, http: aiohttp.ClientSession, markup: Any, complaint: str
) -> None:
    body = {"chat_id": lan.id, "text": "选", "reply_markup": markup}
    async with http.post(f"{sim.url}/bot{sim.token}/sendMessage", json=body) as response:
        assert await answer(response) == (400, f"Bad Request: {complaint}")
    assert await lan.texts() == []


async def test_contact_buttons_are_for_private_chats_and_edits_for_inline_keyboards(
    sim: Telegram, lan: Person, bot: Bot
) -> None:
    contact = ReplyKeyboardMarkup([[KeyboardButton("手机号", request_contact=True)]])
    group = await sim.group("样例支部", lan)
    await sim.in_group(group, "add_bot", lan)
    with pytest.raises(BadRequest, match=r"(?i)Phone number can be requested in private chats only"):
        await bot.send_message(group, "请", reply_markup=contact)
    sent = await bot.send_message(lan.id, "请")
    with pytest.raises(BadRequest, match=r"(?i)Inline keyboard expected"):
        await sent.edit_text("请选", reply_markup=contact)


@pytest.mark.parametrize(
    ("mode", "text", "complaint"),
    [
        ("HTML", "<b>没关", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "温度<5度", 'Unclosed start tag at byte offset 6'),
        ("HTML", "<p>段落</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("HTML", "完</b>", "Unexpected end tag at byte offset 3"),
        ("HTML", "<b>一<i>二</b></i>", 'Unmatched end tag at byte offset 12, expected "</i>", found "</b>"'),
        ("MarkdownV2", "1. 书法", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "*没关", "Can't find end of Bold entity at byte offset 0"),
        ("Markdown", "用_下划线", "Can't find end of the entity starting at byte offset 3"),
    ],
)  # fmt: skip
async def test_marks_that_cannot_be_read(
    sim: Telegram, lan: Person, http: aiohttp.ClientSession, mode: str, text: str, complaint: str
) -> None:
    body = {"chat_id": lan.id, "text": text, "parse_mode": mode}
    async with http.post(f"{sim.url}/bot{sim.token}/sendMessage", json=body) as response:
        assert await answer(response) == (400, f"Bad Request: can't parse entities: {complaint}")


async def test_marks_that_can_be_read(lan: Person, bot: Bot) -> None:
    source = r"*粗* _斜_ __线__ ~删~ ||密|| `码` [网](https://example.org/a) 1\. 完"
    sent = await bot.send_message(lan.id, source, parse_mode="MarkdownV2")
    assert sent.text == "粗 斜 线 删 密 码 网 1. 完"
    kinds = ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "text_link"]
    assert [entity.type for entity in sent.entities] == kinds
    assert list(sent.parse_entities().values()) == list("粗斜线删密码网")

    sent = await bot.send_message(
        lan.id, '🌹<a href="https://example.org/?a=1&amp;b=2">看<i>这里</i></a> &lt;好&gt;', parse_mode="HTML"
    )
    assert sent.text == "🌹看这里 <好>"
    assert {entity.type: text for entity, text in sent.parse_entities().items()} == {
        "text_link": "看这里",
        "italic": "这里",
    }
    assert next(entity.url for entity in sent.entities if entity.url) == "https://example.org/?a=1&b=2"


async def test_photos_up_to_10_mb_and_only_photos(lan: Person, bot: Bot) -> None:
    size = 10 * MEGABYTE + 1
    complaint = f"File of size {size} bytes is too big for a photo; the maximum size is {10 * MEGABYTE} bytes"
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await bot.send_photo(lan.id, bytes(size))
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(lan.id, b"not a picture")
    with pytest.raises(BadRequest, match=r"(?i)File must be non-empty"):
        await bot.send_document(lan.id, b"")
    with pytest.raises(BadRequest, match=r"(?i)Wrong file identifier/HTTP URL specified"):
        await bot.send_photo(lan.id, "AgAC-nobody-knows-this-one")
    voice = await bot.send_voice(lan.id, b"OggS")
    with pytest.raises(BadRequest, match=r"(?i)Can't use file of type Voice as Photo"):
        await bot.send_photo(lan.id, voice.voice.file_id)


async def test_uploads_up_to_50_mb(lan: Person, bot: Bot) -> None:
    with pytest.raises(NetworkError, match=r"(?i)Request Entity Too Large"):
        await bot.send_document(lan.id, bytes(52 * MEGABYTE), write_timeout=20, read_timeout=20)
    assert await lan.texts() == []


async def test_downloads_up_to_20_mb(lan: Person, bot: Bot) -> None:
    poller = Poller(bot)
    await lan.send("video", size=20 * MEGABYTE + 1)
    video = (await poller.one()).message.video
    with pytest.raises(BadRequest, match=r"(?i)File is too big"):
        await bot.get_file(video.file_id)
    with pytest.raises(BadRequest, match=r"(?i)Invalid file_id"):
        await bot.get_file("nothing")


async def test_what_else_is_malformed(lan: Person, bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)Wrong parameter action in request"):
        await bot.send_chat_action(lan.id, "thinking")
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([("积分", "积分")])
    with pytest.raises(BadRequest, match=r"(?i)Message to be replied not found"):
        await bot.send_message(lan.id, "答", reply_to_message_id=999)
    await bot.send_message(lan.id, "答", reply_to_message_id=999, allow_sending_without_reply=True)
    with pytest.raises(BadRequest, match=r"(?i)Latitude is empty"):
        await bot.do_api_request("sendvenue", api_kwargs={"chat_id": lan.id})


async def test_parameters_come_by_address_form_json_and_multipart(
    sim: Telegram, lan: Person, http: aiohttp.ClientSession
) -> None:
    url = f"{sim.url}/bot{sim.token}/SENDmessage"
    values = {"chat_id": str(lan.id), "text": "您好"}
    form = aiohttp.FormData(values)
    form.add_field("unused", b"x", filename="x.bin")
    for sending in (
        {"params": values},
        {"data": values},
        {"json": {**values, "chat_id": lan.id}},
        {"data": form},
    ):
        async with http.post(url, **sending) as response:
            assert response.status == 200
    async with http.get(url, params=values) as response:
        assert response.status == 200
    assert await lan.texts() == ["您好"] * 5


async def test_requests_that_make_no_sense(sim: Telegram, http: aiohttp.ClientSession) -> None:
    root = f"{sim.url}/bot{sim.token}"
    async with http.post(f"{root}/sendEverything") as response:
        assert await answer(response) == (404, "Not Found: method not found")
    async with http.post(f"{sim.url}/nothing") as response:
        assert await answer(response) == (404, "Not Found")
    async with http.post(f"{root}/sendMessage", data={"text": "您好"}) as response:
        assert await answer(response) == (400, "Bad Request: chat_id is empty")
    async with http.post(f"{root}/sendMessage", data={"chat_id": "me", "text": "您好"}) as response:
        assert await answer(response) == (400, "Bad Request: chat not found")
    for body in ("{broken", json.dumps(["a list"])):
        headers = {"Content-Type": "application/json"}
        async with http.post(f"{root}/sendMessage", data=body, headers=headers) as response:
            assert (await answer(response))[0] == 400


async def test_albums_have_one_to_ten_parts_that_go_together(
    sim: Telegram, lan: Person, http: aiohttp.ClientSession
) -> None:
    voice, file = {"type": "voice", "media": "x"}, {"type": "document", "media": "attach://a"}
    audio = {"type": "audio", "media": "attach://a"}
    for media, complaint in (
        ([], "there are no messages to send"),
        ([file] * 11, "too many messages to send as an album"),
        ([voice], "can't parse InputMedia: type \"voice\" can't be used in sendMediaGroup"),
        ([file, audio], "document can't be mixed with other media types"),
        ([{"type": "photo", "media": "attach://missing"}], "there is no photo in the request"),
    ):
        form = aiohttp.FormData({"chat_id": str(lan.id), "media": json.dumps(media)})
        form.add_field("a", b"notes", filename="a.txt")
        async with http.post(f"{sim.url}/bot{sim.token}/sendMediaGroup", data=form) as response:
            assert await answer(response) == (400, f"Bad Request: {complaint}")
    assert await lan.texts() == []


@pytest.mark.parametrize("method", sorted(METHODS.keys() - {"logout"}))
async def test_no_method_stumbles_over_json_of_the_wrong_shape(
    sim: Telegram, lan: Person, http: aiohttp.ClientSession, method: str
) -> None:
    names = ("reply_markup", "media", "commands", "scope", "menu_button", "reply_parameters", "entities",
             "message_ids", "message_id", "photo", "text", "latitude", "user_id")  # fmt: skip
    for odd in ("nonsense", [["x"]], {"a": {"b": 1}}, [None], 7):
        body = {"from_chat_id": lan.id, **dict.fromkeys(names, odd), "chat_id": lan.id}
        async with http.post(f"{sim.url}/bot{sim.token}/{method}", json=body) as response:
            assert response.status in (200, 400), await response.text()
    assert await lan.texts() == []


async def test_tokens_wrong_malformed_and_revoked(sim: Telegram, bot: Bot) -> None:
    assert (await bot.get_me()).is_bot
    for token, description in (
        ("7000000001:AAAnotherSecretThatNobodyHas-0000000", "Unauthorized"),
        ("7000000001-short", "Not Found"),
    ):
        async with library_bot(sim, token) as stranger:
            with pytest.raises(InvalidToken, match=description):
                await stranger.get_me()
    new = (await sim.request("POST", "token"))["token"]
    with pytest.raises(InvalidToken, match=r"(?i)Unauthorized"):
        await bot.get_me()
    async with library_bot(sim, new) as renewed:
        assert (await renewed.get_me()).is_bot


def _inline(**action: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("是", **action)]])
