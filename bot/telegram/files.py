"""Files people send: fetched, looked at, and kept under names that nobody can guess."""

from __future__ import annotations

import asyncio
import os
import secrets
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from telegram import Bot
from telegram.error import BadRequest

from service.settings import settings

LARGEST = 20 * 1024 * 1024
_MOST_PIXELS = 50_000_000
_READ = 60.0
_PHOTOS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
# What recorders, cameras and offices write, told by the first bytes: (kind, offset, bytes, suffix).
_OTHERS = (
    ("voice", 0, b"OggS", ".ogg"),
    ("voice", 0, b"ID3", ".mp3"),
    ("voice", 0, b"\xff\xfb", ".mp3"),
    ("voice", 8, b"WAVE", ".wav"),
    ("voice", 0, b"#!AMR", ".amr"),
    ("voice", 4, b"ftypM4A", ".m4a"),
    ("video", 4, b"ftyp", ".mp4"),
    ("video", 0, b"\x1aE\xdf\xa3", ".webm"),
    ("document", 0, b"%PDF", ".pdf"),
    ("document", 0, b"PK\x03\x04", ".zip"),
    ("document", 0, b"\xd0\xcf\x11\xe0", ".doc"),
)


class TooLarge(Exception):
    """Larger than what can be fetched from Telegram."""


class Unreadable(Exception):
    """Not of a kind that we keep, or damaged."""


async def fetch(bot: Bot, file_id: str, size: int | None) -> bytes:
    """What Telegram holds under this id.

    Raises:
        TooLarge: more than 20 MB, which Telegram does not hand out.
        NetworkError: it could not be fetched just now.
    """
    if size is not None and size > LARGEST:
        raise TooLarge
    try:
        file = await bot.get_file(file_id)
    except BadRequest as refusal:
        if "too big" in str(refusal):
            raise TooLarge from None
        raise
    content = bytes(await file.download_as_bytearray(read_timeout=_READ))
    if len(content) > LARGEST:
        raise TooLarge
    return content


async def keep(content: bytes) -> tuple[str, str]:
    """Keep a file by what it is, whatever it is called.

    Returns:
        Its kind (photo, voice, video or document) and its name under ASSISTANT_HOME/files.

    Raises:
        Unreadable: it is none of these, or a photo that cannot be opened.
    """
    return await asyncio.to_thread(_keep, content)


async def keep_voice(content: bytes) -> str:
    """Keep a recording, whatever recorder it comes from, and return its name."""
    suffix = next((suffix for _, offset, begin, suffix in _OTHERS if _begins(content, offset, begin)), ".oga")
    return await asyncio.to_thread(_write, content, suffix)


def drop(names: list[str]) -> None:
    """Remove files that nothing refers to."""
    for name in names:
        (settings().files / name).unlink(missing_ok=True)


def _keep(content: bytes) -> tuple[str, str]:
    kind, suffix = _kind_of(content)
    return kind, _write(content, suffix)


def _write(content: bytes, suffix: str) -> str:
    folder = settings().files
    folder.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(16) + suffix
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


def _kind_of(content: bytes) -> tuple[str, str]:
    for kind, offset, begin, suffix in _OTHERS:
        if _begins(content, offset, begin):
            return kind, suffix
    try:
        with Image.open(BytesIO(content), formats=list(_PHOTOS)) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise Unreadable
            # A damaged photo shows itself only when it is read; an eighth of its size is enough for that.
            image.draft("RGB", (max(image.width // 8, 1), max(image.height // 8, 1)))
            image.load()
            return "photo", _PHOTOS[image.format or ""]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Unreadable from None


def _begins(content: bytes, offset: int, begin: bytes) -> bool:
    return content[offset : offset + len(begin)] == begin
