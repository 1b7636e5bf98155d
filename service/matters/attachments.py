"""Photos, voices and places that belong to a matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.matters.models import Attachment, Matter, attachments


def attach(matter: Matter, media: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Keep what came with a matter.

    Args:
        media: each {"kind": photo or voice, "file"} or {"kind": "location", "latitude", "longitude"}.
    """
    with unit_of_work() as session:
        for thing in media:
            where = thing.get("file") or f"{thing['latitude']},{thing['longitude']}"
            session.add(
                Attachment(matter_id=matter.id, kind=str(thing["kind"]), file=str(where), received_at=now)
            )
        session.flush()


def of_matter(matter: Matter) -> list[Attachment]:
    """What is kept with a matter, in the order it came."""
    with reading() as session:
        query = select(Attachment).where(attachments.c.matter_id == matter.id).order_by(attachments.c.id)
        return list(session.execute(query).scalars())
