"""To be written."""

from __future__ import annotations

from datetime import datetime


def write_due(now: datetime) -> None:
    """Write the reminders that are due into the outbox."""
