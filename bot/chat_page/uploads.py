"""Photos and voices: looked at before they are kept, under names that nobody can guess."""

from __future__ import annotations

import os
import secrets
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from bot.chat_page.answers import Declined
from service.settings import settings

LARGEST = 10 * 1024 * 1024
_MOST_PIXELS = 50_000_000
_PHOTOS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
# What recorders write, told by the first bytes: (offset, bytes, suffix).
_VOICES = (
    (0, b"OggS", ".ogg"),
    (0, b"\x1aE\xdf\xa3", ".webm"),
    (4, b"ftyp", ".m4a"),
    (0, b"ID3", ".mp3"),
    (0, b"\xff\xfb", ".mp3"),
    (8, b"WAVE", ".wav"),
    (0, b"#!AMR", ".amr"),
)


def keep_photo(content: bytes) -> str:
    """Keep a photo that can be opened, in JPEG, PNG or WebP.

    Returns:
        Its file name under ASSISTANT_HOME/files.

    Raises:
        Declined: it is too large, damaged, or something else.
    """
    _check_size(content, "照片")
    try:
        with Image.open(BytesIO(content), formats=list(_PHOTOS)) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise Declined("这张照片的尺寸太大，请换一张小一些的。")
            # A damaged JPEG shows itself only when it is read; an eighth of its size is enough for that.
            image.draft("RGB", (max(image.width // 8, 1), max(image.height // 8, 1)))
            image.load()
            suffix = _PHOTOS[image.format or ""]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Declined("这个文件打不开，或者不是照片。请发 JPG、PNG 或 WebP 格式的照片。") from None
    return _keep(content, suffix)


def keep_voice(content: bytes) -> str:
    """Keep a voice recording: Ogg, WebM, M4A, MP3, WAV or AMR.

    Returns:
        Its file name under ASSISTANT_HOME/files.

    Raises:
        Declined: it is too large, or something else.
    """
    _check_size(content, "录音")
    for offset, begin, suffix in _VOICES:
        if content[offset : offset + len(begin)] == begin:
            return _keep(content, suffix)
    raise Declined("这个文件不是录音，或者格式不认识。请重新录一段。")


def drop(name: str) -> None:
    """Remove a file that turned out to be a repetition."""
    (settings().files / name).unlink(missing_ok=True)


def _check_size(content: bytes, what: str) -> None:
    if not content:
        raise Declined(f"没有收到{what}，请再选一次。")
    if len(content) > LARGEST:
        raise Declined(f"这个{what}太大，请不要超过 10 MB。", 413)


def _keep(content: bytes, suffix: str) -> str:
    folder = settings().files
    folder.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(16) + suffix
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name
