"""Updates before the library has read them: what can be told of one whatever it holds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from service.messages.updates import Raw

_UNKNOWN = "unknown"
_KINDS = ("message", "edited_message", "my_chat_member")


def as_raw(update: Any) -> Raw:
    """An update ready to be stored. One without a proper number gets a negative one, the same each time."""
    body = update if isinstance(update, dict) else {"not_an_object": update}
    number = body.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**62:
        content = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
        number = -1 - int.from_bytes(hashlib.sha256(content).digest()[:7], "big")
    return Raw(number, lane_of(body), body)


def lane_of(update: dict[str, Any]) -> str:
    """The chat an update concerns, within which order matters."""
    carriers = [update.get(kind) for kind in _KINDS] + [_get(update.get("callback_query"), "message")]
    for carrier in carriers:
        number = _get(_get(carrier, "chat"), "id")
        if isinstance(number, int):
            return str(number)[:32]
    return _UNKNOWN


def album_of(update: dict[str, Any] | None) -> str | None:
    """The album that a message belongs to."""
    album = _get(_get(update, "message"), "media_group_id")
    return album if isinstance(album, str) else None


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
