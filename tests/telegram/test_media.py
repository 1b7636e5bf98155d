"""Photos, recordings, places, papers, stickers, and words that were changed: each gets a sensible answer."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from service.db import reading
from service.messages.models import Incoming, inbox
from service.settings import settings
from tests.support.telegram.client import Telegram
from tests.telegram.desk import Desk
from tests.telegram.running import Assistant


def _arrived() -> list[Incoming]:
    with reading() as session:
        return list(session.execute(select(Incoming).order_by(inbox.c.id)).scalars())


def _in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _picture(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 40, 40)).save(buffer, kind)
    return buffer.getvalue()


async def test_a_photo(sim: Telegram, assistant: Assistant) -> None:
    """A photo with words under it is kept, and both come to the conversation."""
    qing = await sim.person("志清")
    await qing.send("photo", caption="路灯坏了")
    await qing.wait(text="听到了：路灯坏了，photo1")
    (row,) = _arrived()
    assert row.kind == "photo"
    with Image.open(settings().files / row.payload["file"]) as kept:  # type: ignore[index]
        assert kept.size == (640, 480)


async def test_an_album_is_one_turn(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """Three photos sent together, a word under the second, are one message."""
    qing = await sim.person("志清")
    items = [{"kind": "photo"}, {"kind": "photo", "caption": "河边的垃圾"}, {"kind": "photo"}]
    await qing.send("album", items=items)
    await qing.wait(text="听到了：河边的垃圾，photo3")
    assert desk.heard == ["河边的垃圾"]
    assert len(list(settings().files.iterdir())) == 3


async def test_an_album_in_pieces(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """The photos of an album are delivered out of order and one by one, and still are one message."""
    qing = await sim.person("志清")
    await sim.request("POST", "updates/hold")
    await qing.send("album", items=[{"kind": "photo", "caption": "甲"}, {"kind": "photo"}, {"kind": "photo"}])
    await sim.request("POST", "updates/release", {"order": "reversed"})
    await qing.wait(text="听到了：甲，photo3")
    assert desk.heard == ["甲"]


async def test_a_voice_is_kept(sim: Telegram, assistant: Assistant) -> None:
    """Without a recogniser a recording is kept as it is."""
    qing = await sim.person("志清")
    await qing.send("voice", content=_in_base64(b"OggS" + bytes(100)), duration=4)
    await qing.wait(text="听到了：share_media，voice1")
    (row,) = _arrived()
    assert (settings().files / row.payload["file"]).read_bytes()[:4] == b"OggS"  # type: ignore[index]


async def test_a_voice_is_understood(
    sim: Telegram, pointed: Callable[..., None], office: object, desk: Desk
) -> None:
    """With a recogniser its words come with the recording."""
    pointed(speech_recogniser=f"{sys.executable} -c \"print('给我报个名')\" {{file}}")
    async with Assistant(desk).running():
        qing = await sim.person("志清")
        await qing.send("voice", content=_in_base64(b"OggS" + bytes(100)))
        await qing.wait(text="听到了：给我报个名，voice1")


@pytest.mark.parametrize("command", ["false {file}", "no-such-program-anywhere {file}"])
async def test_a_recogniser_that_fails(
    sim: Telegram, pointed: Callable[..., None], office: object, desk: Desk, command: str
) -> None:
    """A recogniser that does not work costs nothing but the words."""
    pointed(speech_recogniser=command)
    async with Assistant(desk).running():
        qing = await sim.person("志清")
        await qing.send("voice", content=_in_base64(b"OggS" + bytes(100)))
        await qing.wait(text="voice1")


async def test_a_place(sim: Telegram, assistant: Assistant) -> None:
    """A place on the map comes with its coordinates."""
    qing = await sim.person("志清")
    await qing.send("location", latitude=29.6, longitude=106.5)
    await qing.wait(text="听到了：share_media，location1")
    (row,) = _arrived()
    assert row.payload == {"latitude": 29.6, "longitude": 106.5}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "document", "content": _in_base64(b"%PDF-1.7 ..."), "file_name": "a.pdf"}, "document1"),
        ({"kind": "document", "content": _in_base64(_picture()), "file_name": "a.exe"}, "photo1"),
        ({"kind": "video", "content": _in_base64(bytes(4) + b"ftypisom" + bytes(9))}, "video1"),
        ({"kind": "audio", "content": _in_base64(b"ID3" + bytes(9))}, "voice1"),
        ({"kind": "document", "content": _in_base64(b"MZ program"), "file_name": "photo.jpg"}, "我打不开"),
        ({"kind": "document", "content": _in_base64(_picture()[:200]), "file_name": "a.png"}, "我打不开"),
        ({"kind": "video", "size": 21 * 1024 * 1024}, "超过了 20 MB"),
        ({"kind": "sticker", "emoji": "👍"}, "收到您的表情"),
        ({"kind": "forward", "from_name": "老战友", "text": "明天几点集合"}, "听到了：明天几点集合"),
    ],
)
async def test_everything_else(sim: Telegram, assistant: Assistant, sent: dict[str, Any], said: str) -> None:
    """A file is told by what it is and not by its name; whatever comes is answered."""
    qing = await sim.person("志清")
    await qing.do("send", **sent)
    await qing.wait(text=said)


async def test_an_unknown_kind(sim: Telegram, assistant: Assistant) -> None:
    """A throw of the dice is nothing that we know; the answer says what is."""
    qing = await sim.person("志清", started=True)
    await sim.inject({"message": _message(qing.id, 900, dice={"emoji": "🎲", "value": 3})})
    await qing.wait(text="这种消息我看不了")


async def test_changed_before_it_is_handled(
    sim: Telegram, pointed: object, office: object, desk: Desk
) -> None:
    """Words changed while they wait are answered as they are now, once."""
    qing = await sim.person("志清")
    await sim.request("POST", "updates/hold")
    number = await qing.say("周四的书画课")
    await qing.do("edit", message_id=number, text="周五的书画课")
    await sim.request("POST", "updates/release")
    assistant = Assistant(desk)
    assistant._conversation = _Waiting(assistant._conversation)  # type: ignore[assignment]
    async with assistant.running():
        await sim.wait_updates(pending=0)
        while not _arrived() or _arrived()[0].payload != {"text": "周五的书画课"}:
            await qing.wait(version=0, timeout=1)
        assistant._conversation.open = True  # type: ignore[attr-defined]
        await qing.wait(text="听到了：周五的书画课")
    assert desk.heard == ["周五的书画课"]


class _Waiting:
    """A conversation that is busy elsewhere until it is opened."""

    def __init__(self, real: Any) -> None:
        self._real, self.open = real, False

    async def handle_one(self, **wish: Any) -> bool:
        return bool(self.open and await self._real.handle_one(**wish))


async def test_changed_too_late(sim: Telegram, assistant: Assistant, desk: Desk) -> None:
    """Words changed after they were answered change nothing, and the person is told."""
    qing = await sim.person("志清")
    number = await qing.say("周四的书画课")
    await qing.wait(text="听到了")
    await qing.do("edit", message_id=number, text="周五的书画课")
    await qing.wait(text="原来那句我已经答复了")
    assert desk.heard == ["周四的书画课"]


async def test_a_download_that_fails_for_a_moment(sim: Telegram, assistant: Assistant) -> None:
    """The file cannot be fetched at first; it is tried again before anybody is bothered."""
    qing = await sim.person("志清")
    await sim.fault("error", method="getFile", code=502, count=1)
    await qing.send("photo")
    await qing.wait(text="photo1")


async def test_a_download_that_fails_for_good(sim: Telegram, assistant: Assistant) -> None:
    """The file cannot be fetched at all: the person gets an apology with an id, and nothing is left lying about."""
    qing = await sim.person("志清")
    await sim.fault("error", method="download", code=404)
    await qing.send("photo")
    await qing.wait(text="对不起，刚才这件事没有办成")
    assert not list(Path(settings().files).glob("*"))


def _message(chat_id: int, number: int, **content: Any) -> dict[str, Any]:
    sender = {"id": chat_id, "is_bot": False, "first_name": "志清"}
    chat = {"id": chat_id, "type": "private", "first_name": "志清"}
    return {"message_id": number, "from": sender, "chat": chat, "date": 1795300000, **content}
