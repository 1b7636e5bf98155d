"""To be written."""

from __future__ import annotations

from typing import Any

ACTS: dict[str, Any] = {}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return []
