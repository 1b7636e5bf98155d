"""Replies to suggestions: drafted and edited as long as it takes, and seen by nobody until one is published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.staff.models import Staff
from service.suggestions.hops import OFFICE, add_hop, last_hop
from service.suggestions.models import Hop, Reply, suggestion_replies
from service.suggestions.news import announce
from service.suggestions.records import lock_root
from service.suggestions.refusals import NothingDrafted, ReasonNeeded
from service.suggestions.states import FORWARDED, REPLIED, WORKING, MoveNotAllowed


def draft_reply(receipt_no: str, words: str, now: datetime, *, staff: Staff) -> Reply:
    """Keep a version of the reply; the author hears nothing of it. The same words again are the same version.

    Raises:
        NotFound, MergedAlready: as they say.
        MoveNotAllowed: the suggestion was answered already, or taken back.
        ReasonNeeded: it says nothing.
    """
    with unit_of_work() as session:
        record = lock_root(receipt_no)
        if not words.strip():
            raise ReasonNeeded(receipt_no=record.receipt_no)
        # Drafts may be begun as soon as it is passed on; only what is under way can be answered.
        if record.suggestion.state not in (FORWARDED, WORKING):
            raise MoveNotAllowed(receipt_no=record.receipt_no, state=record.suggestion.state, to=REPLIED)
        versions = replies_of(record.id)
        if versions and versions[-1].published_at is None and versions[-1].words == words.strip():
            return versions[-1]
        draft = Reply(record.id, words.strip(), written_at=now, written_by=staff.id)
        session.add(draft)
        session.flush()
        return draft


def publish_reply(receipt_no: str, now: datetime, *, staff: Staff) -> Hop:
    """Publish the latest draft; with it the suggestion is 已答复, and author and seconders read it.

    Raises:
        NotFound, MoveNotAllowed, MergedAlready: as they say.
        NothingDrafted: there is no draft that was not published yet.
    """
    with unit_of_work() as session:
        record = lock_root(receipt_no)
        if record.suggestion.state == REPLIED and (last := last_hop(record.id, REPLIED)):
            return last
        versions = replies_of(record.id)
        if not versions or versions[-1].published_at is not None:
            raise NothingDrafted(receipt_no=record.receipt_no)
        hop = add_hop(record, REPLIED, now, who=OFFICE, words=versions[-1].words, staff=staff)
        versions[-1].published_at, versions[-1].published_by = now, staff.id
        session.flush()
        announce(hop, record, now)
        return hop


def replies_of(suggestion_id: int) -> list[Reply]:
    """Every version of the reply, drafts included, oldest first; for staff alone."""
    with reading() as session:
        query = select(Reply).where(suggestion_replies.c.suggestion_id == suggestion_id)
        return list(session.execute(query.order_by(suggestion_replies.c.id)).scalars())


def published_reply(suggestion_id: int) -> Reply | None:
    """The reply that people read: the one published last; None before that."""
    published = [reply for reply in replies_of(suggestion_id) if reply.published_at is not None]
    return published[-1] if published else None
