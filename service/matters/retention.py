"""What people wrote is kept for so many days and then forgotten; what they handed in stays with its matter."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from service.db import unit_of_work
from service.matters.models import attachments
from service.messages.models import Incoming, button_tokens, dialogues, inbox, outbox
from service.settings import settings

# A tick's worth, so that nobody waits for it.
_AT_ONCE = 500


def forget(now: datetime) -> int:
    """Forget the words, buttons and dialogues of messages older than MESSAGES_KEPT_DAYS, and files no matter keeps.

    That a message came or was sent, and when, stays. A message that still waits is never touched. Deals with at most
    500 messages of each direction; to be called again and again.

    Returns:
        How many messages were forgotten.
    """
    before = now - timedelta(days=settings().messages_kept_days)
    with unit_of_work() as session:
        heard = list(
            session.execute(
                select(Incoming)
                .where(inbox.c.received_at < before, inbox.c.payload.is_not(None), inbox.c.state != "waiting")
                .order_by(inbox.c.received_at)
                .limit(_AT_ONCE)
            ).scalars()
        )
        said = list(
            session.execute(
                select(outbox.c.id)
                .where(
                    outbox.c.created_at < before,
                    outbox.c.payload.is_not(None),
                    outbox.c.state.not_in(("pending", "sending")),
                )
                .order_by(outbox.c.created_at)
                .limit(_AT_ONCE)
            ).scalars()
        )
        files = _kept_by_no_matter(session, {name for row in heard for name in _files(row)})
        _empty(session, inbox, [row.id for row in heard])
        _empty(session, outbox, said)
        session.execute(delete(button_tokens).where(button_tokens.c.outbox_id.in_(said)))
        session.execute(delete(dialogues).where(dialogues.c.updated_at < before))
    for name in files:
        (settings().files / name).unlink(missing_ok=True)
    return len(heard) + len(said)


def _empty(session: Session, table: Table, ids: list[int]) -> None:
    session.execute(update(table).where(table.c.id.in_(ids)).values(payload=None))


def _files(row: Incoming) -> list[str]:
    """The names of the files that came with a message, an album's included."""
    payload = row.payload or {}
    return [part["file"] for part in (payload, *payload.get("more", [])) if part.get("file")]


def _kept_by_no_matter(session: Session, files: set[str]) -> set[str]:
    kept = session.execute(select(attachments.c.file).where(attachments.c.file.in_(files))).scalars()
    return files - set(kept)
