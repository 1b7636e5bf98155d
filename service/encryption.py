"""Column types that are encrypted at rest with DATA_KEY."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from service.errors import OperatorError
from service.settings import data_key


@lru_cache(maxsize=1)
def _cipher() -> Fernet:
    return Fernet(data_key())


class EncryptedJSON(TypeDecorator):
    """A JSON value (or None) that the database holds only encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        # Half of an emoji, which a broken phone may send, cannot be written in UTF-8; it becomes a question mark.
        return _cipher().encrypt(text.encode(errors="replace"))

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        if value is None:
            return None
        try:
            return json.loads(_cipher().decrypt(value))
        except InvalidToken:
            raise OperatorError(
                "DATA_KEY does not fit this database: give the key that it was first run with."
            ) from None
