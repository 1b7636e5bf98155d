"""Merging: suggestions that ask for the same are dealt with in one; each keeps its number, author and seconders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service.db import unit_of_work
from service.staff.models import Staff
from service.suggestions.hops import add_hop
from service.suggestions.models import Hop, Suggestion, suggestions
from service.suggestions.news import announce
from service.suggestions.records import Record, find, lock_all, root_of
from service.suggestions.refusals import CannotMerge, MergedAlready
from service.suggestions.states import MERGED, WITHDRAWN


def merge(receipt_no: str, into: str, now: datetime, *, staff: Staff) -> Hop | None:
    """Deal with a suggestion in another one from now on; its author and seconders are told, and follow the other.

    What had been merged into it goes along. The same merging again changes nothing.

    Args:
        receipt_no: the one that ends; into: the one that goes on.

    Returns:
        The hop; None when it was merged into that one already.

    Raises:
        NotFound, MoveNotAllowed: as they say.
        MergedAlready: it, or the other, is dealt with in a third.
        CannotMerge: the other was taken back, or it is the same one.
    """
    with unit_of_work() as session:
        ids = {find(receipt_no).id, find(into).id}
        if len(ids) < 2:
            raise CannotMerge(receipt_no=receipt_no, into=into)
        held = {record.receipt_no: record for record in lock_all(sorted(ids))}
        ends, goes_on = held[find(receipt_no).receipt_no], held[find(into).receipt_no]
        if ends.suggestion.merged_into_id == goes_on.id:
            return None
        for record in (ends, goes_on):
            if record.suggestion.merged_into_id is not None:
                raise MergedAlready(receipt_no=record.receipt_no, into=root_of(record).receipt_no)
        if goes_on.suggestion.state == WITHDRAWN:
            raise CannotMerge(receipt_no=ends.receipt_no, into=goes_on.receipt_no)
        hop = add_hop(ends, MERGED, now, words=goes_on.receipt_no, staff=staff)
        # Told while those merged into it, and all who second any of them, still belong to it.
        announce(hop, ends, now, into=goes_on.receipt_no)
        for suggestion in (*_merged_into(ends), ends.suggestion):
            suggestion.merged_into_id = goes_on.id
        ends.suggestion.due_on = ends.matter.due_on = None
        session.flush()
        return hop


def _merged_into(record: Record) -> list[Suggestion]:
    with unit_of_work() as session:
        query = select(Suggestion).where(suggestions.c.merged_into_id == record.id).order_by(suggestions.c.id)
        return list(session.execute(query.with_for_update()).scalars())
