"""What has been handed in, and how far it has got."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import or_, select

from service.db import reading
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.messages.models import Chat

_NUMBER = re.compile(r"([BSCRNTQ])\W{0,2}(20\d\d)\W{0,2}(\d{4,})", re.IGNORECASE)


def normal_no(words: str) -> str | None:
    """A receipt number as it is stored, from how somebody wrote it: s2026 0153, Ｓ２０２６－０１５３."""
    found = _NUMBER.search(unicodedata.normalize("NFKC", words))
    return f"{found[1].upper()}{found[2]}-{found[3]}" if found else None


def recent(chat: Chat, kind: str | None = None, limit: int = 5) -> list[Matter]:
    """The latest matters of the person that the chat speaks for; of a stranger, those of the chat.

    Args:
        kind: only matters of this kind.
    """
    with reading() as session:
        query = select(Matter).where(_theirs(chat)).order_by(matters.c.changed_at.desc(), matters.c.id.desc())
        if kind is not None:
            query = query.where(matters.c.kind == kind)
        return list(session.execute(query.limit(limit)).scalars())


def find(chat: Chat, words: str) -> Matter:
    """The matter of that number, if it belongs to the person that the chat speaks for.

    Raises:
        NotFound: no number in the words, or none of theirs.
    """
    with reading() as session:
        query = select(Matter).where(matters.c.receipt_no == normal_no(words), _theirs(chat))
        matter = session.execute(query).scalars().first()
        if matter is None:
            raise NotFound()
        return matter


def belongs_to(person_id: int, receipt_no: str) -> bool:
    """Whether the matter of that number is for this person."""
    with reading() as session:
        query = select(matters.c.id).where(
            matters.c.receipt_no == receipt_no.strip().upper(), matters.c.person_id == person_id
        )
        return session.execute(query).scalar() is not None


def _theirs(chat: Chat):  # type: ignore[no-untyped-def]
    # What was handed in before the chat was linked to anybody stays with the chat.
    nobodys = (matters.c.chat_id == chat.id) & matters.c.person_id.is_(None)
    if chat.person_id is None:
        return nobodys
    return or_(matters.c.person_id == chat.person_id, matters.c.actor_id == chat.person_id, nobodys)
