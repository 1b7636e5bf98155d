"""Photos and voices: looked at, kept once, shown to their sender alone."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.testclient import TestClient

from bot.chat_page.uploads import LARGEST
from tests.chat_page.steps import received

ID = "message-1"


def picture(kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(content, kind)
    return content.getvalue()


def send_photo(client: TestClient, content: bytes, caption: str = "", name: str = "a.png") -> httpx.Response:
    return client.post("/api/photo", data={"id": ID, "caption": caption}, files={"file": (name, content)})


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_and_shown_to_its_sender_alone(
    browser: TestClient, stranger: TestClient, home: Path, kind: str
) -> None:
    content = picture(kind)
    assert send_photo(browser, content, "路灯坏了").status_code == 200
    ((sort, payload),) = received()
    assert (sort, payload["caption"]) == ("photo", "路灯坏了")
    assert (home / "files" / payload["file"]).read_bytes() == content
    assert browser.get("/api/file/in-1").content == content
    assert stranger.get("/api/file/in-1").status_code == 404


def test_a_photo_sent_twice_is_kept_once(browser: TestClient, home: Path) -> None:
    for _ in range(2):
        assert send_photo(browser, picture()).status_code == 200
    assert len(received()) == 1
    assert len(list((home / "files").iterdir())) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture("GIF"),
        picture("JPEG")[:200],
        picture()[:60],
    ],
    ids=["words", "svg", "gif", "half a jpeg", "half a png"],
)
def test_what_is_no_photo_is_declined(browser: TestClient, home: Path, content: bytes) -> None:
    refused = send_photo(browser, content, name="photo.jpg")
    assert refused.status_code == 422
    assert refused.json() == {"error": "这个文件打不开，或者不是照片。请发 JPG、PNG 或 WebP 格式的照片。"}
    assert received() == []
    assert not (home / "files").exists()


def test_a_photo_of_enormous_size_is_declined_before_it_is_unpacked(browser: TestClient) -> None:
    content = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(content, "PNG")
    refused = send_photo(browser, content.getvalue())
    assert refused.json() == {"error": "这张照片的尺寸太大，请换一张小一些的。"}


def test_more_than_ten_megabytes_are_declined(browser: TestClient) -> None:
    a_little = send_photo(browser, picture() + b"\0" * LARGEST)
    much = send_photo(browser, b"\0" * 2 * LARGEST)
    assert a_little.json() == {"error": "这个照片太大，请不要超过 10 MB。"}
    assert much.json() == {"error": "内容太大，发不出去。照片请不要超过 10 MB。"}
    assert (a_little.status_code, much.status_code) == (413, 413)


@pytest.mark.parametrize("path", ["say", "photo"])
def test_a_body_that_never_ends_is_cut_off(browser: TestClient, path: str) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"0" * 1024 * 1024

    form = {"Content-Type": "multipart/form-data; boundary=x"} if path == "photo" else {}
    answer = browser.post(f"/api/{path}", content=itertools.islice(endless(), 20), headers=form)
    assert answer.status_code == 413
    assert received() == []


def test_a_voice_is_kept(browser: TestClient, home: Path) -> None:
    ogg = b"OggS\0\2" + b"\0" * 50
    fields = {"id": ID, "caption": ""}
    assert browser.post("/api/voice", data=fields, files={"file": ("v", ogg)}).status_code == 200
    ((kind, payload),) = received()
    assert kind == "voice"
    assert (home / "files" / payload["file"]).read_bytes() == ogg
    refused = browser.post("/api/voice", data={"id": "voice-002"}, files={"file": ("v.ogg", b"MZ")})
    assert refused.json() == {"error": "这个文件不是录音，或者格式不认识。请重新录一段。"}
