"""Dialogue snapshots: what the assistant remembers of each chat between turns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.db import reading, unit_of_work
from service.messages.models import Dialogue


def load(chat_id: int) -> Dialogue | None:
    """The snapshot of the chat, or None before its first turn."""
    with reading() as session:
        return session.get(Dialogue, chat_id)


def store(chat_id: int, snapshot: dict[str, Any], now: datetime) -> None:
    """Replace the snapshot of the chat."""
    with unit_of_work() as session:
        session.merge(Dialogue(chat_id=chat_id, snapshot=snapshot, updated_at=now))
        session.flush()
