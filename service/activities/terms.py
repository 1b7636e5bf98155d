"""The words by which activities are found, kept beside them so that a search touches only what it may mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select

from service import linking
from service.activities.models import Activity, activities, activity_terms, search_terms
from service.db import unit_of_work

_LONGEST = 64
# A name as a whole and a meeting point are other terms than two syllables of a name.
WHOLE, PLACE = "=", "@"
_AT_ONCE = 1000


def index(activity: Activity) -> None:
    """Write the terms of an activity anew; whoever changes its title, topics, start or place calls this."""
    with unit_of_work() as session:
        session.flush()
        session.execute(delete(activity_terms).where(activity_terms.c.activity_id == activity.id))
        _write(session, [activity])


def index_all() -> int:
    """Write the terms of all activities anew, for rows that came by another way than `publish`.

    Returns:
        How many activities there are.
    """
    count = after = 0
    with unit_of_work() as session:
        session.execute(delete(activity_terms))
        while True:
            query = select(activities).where(activities.c.id > after).order_by(activities.c.id)
            rows = session.execute(query.limit(_AT_ONCE)).all()
            if not rows:
                return count
            _write(session, rows)
            count, after = count + len(rows), rows[-1].id


def _write(session: Any, rows: Iterable[Any]) -> None:
    terms = [
        {"term": term, "starts_at": row.starts_at, "venue_id": row.venue_id, "activity_id": row.id}
        for row in rows
        for term in _terms_of(row)
    ]
    session.execute(activity_terms.insert(), terms)
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    # In one order, so that two who publish at once do not wait for one another in a ring.
    words = [{"term": term} for term in sorted({row["term"] for row in terms})]
    session.execute(insert(search_terms).on_conflict_do_nothing(), words)


def _terms_of(row: Any) -> set[str]:
    names = [row.title, *row.topics]
    terms = {f"{WHOLE}{linking.whole(name)}" for name in names}
    terms |= {pair for name in names for pair in linking.pairs(name)}
    terms |= {f"{PLACE}{pair}" for pair in linking.pairs(row.meeting_point)}
    return {term[:_LONGEST] for term in terms}
