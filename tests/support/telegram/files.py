"""Files people and the bot have sent, kept in memory."""

from __future__ import annotations

import base64
import hashlib
import io
import mimetypes
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError

from .errors import bad_request

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
THUMBNAIL = (90, 90)
KEPT = 256 * 1024 * 1024  # bytes in all; the oldest files go first, so that memory stays bounded

# Kind: folder on the server, first letters of the file id, usual suffix.
KINDS = {
    "photo": ("photos", "AgACAgUAAx", ".jpg"),
    "voice": ("voice", "AwACAgUAAx", ".oga"),
    "audio": ("music", "CQACAgUAAx", ".mp3"),
    "video": ("videos", "BAACAgUAAx", ".mp4"),
    "document": ("documents", "BQACAgUAAx", ""),
    "sticker": ("stickers", "CAACAgUAAx", ".webp"),
}


@dataclass(slots=True)
class Upload:
    """A file as it came in. `size` may exceed `content` where only the size matters to a test."""

    name: str
    content: bytes
    size: int
    mime_type: str | None = None


@dataclass(slots=True)
class File:
    """A stored file. `content_json` is the object a message shows it as; for a photo, the list of sizes."""

    id: str
    unique_id: str
    kind: str
    path: str
    size: int
    content: bytes
    content_json: Any = None


@dataclass
class FileStore:
    """All files by id and by path."""

    by_id: dict[str, File] = field(default_factory=dict)
    by_path: dict[str, File] = field(default_factory=dict)
    _stored: int = 0  # files ever
    _bytes: int = 0

    def add(self, kind: str, upload: Upload, details: dict[str, Any] | None = None) -> File:
        """Stores an upload as `kind`. Raises ApiError for a photo that is none or is too big."""
        if upload.size == 0:
            raise bad_request("file must be non-empty")
        if kind == "photo":
            return self._add_photo(upload)
        file = self._store(kind, upload.content, upload.size, upload.name)
        shown: dict[str, Any] = {**_identity(file), **(details or {})}
        if kind in ("document", "audio", "video"):
            shown["file_name"] = upload.name
        mime_type = upload.mime_type or mimetypes.guess_type(file.path)[0]
        if kind != "sticker" and mime_type:
            shown["mime_type"] = mime_type
        file.content_json = shown
        return file

    def _add_photo(self, upload: Upload) -> File:
        if upload.size > MAX_PHOTO:
            raise bad_request(
                f"file of size {upload.size} bytes is too big for a photo; "
                f"the maximum size is {MAX_PHOTO} bytes"
            )
        try:
            image = Image.open(io.BytesIO(upload.content)).convert("RGB")
        except (UnidentifiedImageError, OSError):
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        small = image.copy()
        small.thumbnail(THUMBNAIL)
        buffer = io.BytesIO()
        small.save(buffer, "JPEG")
        thumbnail = self._store("photo", buffer.getvalue(), len(buffer.getvalue()), "small.jpg")
        file = self._store("photo", upload.content, upload.size, upload.name)
        sizes = [(thumbnail, small), (file, image)] if image.size != small.size else [(file, image)]
        shown = [_identity(f) | {"width": i.width, "height": i.height} for f, i in sizes]
        file.content_json = thumbnail.content_json = shown
        return file

    def _store(self, kind: str, content: bytes, size: int, name: str) -> File:
        folder, prefix, suffix = KINDS[kind]
        number, self._stored = self._stored, self._stored + 1
        hashed = hashlib.sha256(f"{kind}{number}".encode()).digest()
        digest = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        ending = suffix or ("." + name.rpartition(".")[2] if "." in name else "")
        path = f"{folder}/file_{number}{ending}"
        file = File(prefix + digest, "AQAD" + digest[:11], kind, path, size, content)
        self.by_id[file.id] = self.by_path[path] = file
        self._bytes += len(content)
        while self._bytes > KEPT:
            oldest = self.by_id.pop(next(iter(self.by_id)))
            del self.by_path[oldest.path]
            self._bytes -= len(oldest.content)
        return file


def _identity(file: File) -> dict[str, Any]:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
