"""Figures about suggestions: each with its definition, a numerator, a denominator and the rows behind both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from service.clock import SHANGHAI
from service.db import reading
from service.matters.models import matters
from service.suggestions.models import suggestion_hops, suggestions
from service.suggestions.states import ADOPTED, DECISIONS, FORWARDED, MERGED, PARTLY, REPLIED, WITHDRAWN


@dataclass(frozen=True)
class Rate:
    """A share: the receipt numbers that count, out of those that could; `share` is None where there are none."""

    counted: tuple[str, ...]
    of: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Numerator by denominator."""
        return len(self.counted) / len(self.of) if self.of else None


@dataclass(frozen=True)
class Figures:
    """What a period shows.

    `handed_in`: handed in within the period, those taken back included. `by_state`: how these stand now.
    `adoption`: of those handed in, dealt with on their own (neither taken back nor merged) and decided by now, the
    share whose latest decision is 已采纳 or 部分采纳. `answered`: of those handed in and passed on, the share that
    was answered. `in_time`: of those answered, the share answered on or before the due date of the time. `ratings`:
    the ratings given.
    """

    handed_in: tuple[str, ...]
    by_state: dict[str, tuple[str, ...]]
    adoption: Rate
    answered: Rate
    in_time: Rate
    ratings: dict[str, int]

    @property
    def mean_rating(self) -> float | None:
        """The mean of the ratings given; None while nobody has rated."""
        return sum(self.ratings.values()) / len(self.ratings) if self.ratings else None


def figures(first: date, last: date, campaign_id: int | None = None) -> Figures:
    """The figures of what was handed in from one day to another, both included, in Asia/Shanghai."""
    since = datetime.combine(first, time.min, SHANGHAI)
    until = datetime.combine(date.fromordinal(last.toordinal() + 1), time.min, SHANGHAI)
    with reading() as session:
        handed_in = (
            select(suggestions.c.id, matters.c.receipt_no, suggestions.c.state, suggestions.c.rating)
            .join(matters, matters.c.id == suggestions.c.matter_id)
            .where(suggestions.c.submitted_at >= since, suggestions.c.submitted_at < until)
            .order_by(suggestions.c.id)
        )
        if campaign_id is not None:
            handed_in = handed_in.where(suggestions.c.campaign_id == campaign_id)
        rows = session.execute(handed_in).all()
        of_rows = select(suggestion_hops).where(suggestion_hops.c.suggestion_id.in_([row.id for row in rows]))
        hops = session.execute(of_rows.order_by(suggestion_hops.c.id)).all()
    on_their_own = {row.id: row.receipt_no for row in rows if row.state not in (WITHDRAWN, MERGED)}
    decision = {hop.suggestion_id: hop.kind for hop in hops if hop.kind in DECISIONS}
    decided = [number for key, number in on_their_own.items() if key in decision]
    adopted = [n for key, n in on_their_own.items() if decision.get(key) in (ADOPTED, PARTLY)]
    forwarded = {hop.suggestion_id for hop in hops if hop.kind == FORWARDED}
    replies = _first_replies(hops)
    by_state: dict[str, list[str]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(row.receipt_no)
    numbers = {row.id: row.receipt_no for row in rows}
    return Figures(
        handed_in=tuple(numbers.values()),
        by_state={state: tuple(found) for state, found in by_state.items()},
        adoption=Rate(tuple(adopted), tuple(decided)),
        answered=Rate(
            tuple(n for key, n in on_their_own.items() if key in replies),
            tuple(n for key, n in on_their_own.items() if key in forwarded),
        ),
        in_time=Rate(
            tuple(n for key, n in on_their_own.items() if replies.get(key)),
            tuple(n for key, n in on_their_own.items() if key in replies),
        ),
        ratings={row.receipt_no: row.rating for row in rows if row.rating is not None},
    )


def _first_replies(hops: Sequence[Any]) -> dict[int, bool]:
    """By suggestion, whether its first reply came on or before the due date that held then."""
    due: dict[int, date] = {}
    replies: dict[int, bool] = {}
    for hop in hops:
        if hop.kind == FORWARDED:
            due[hop.suggestion_id] = hop.due_on
        elif hop.kind == REPLIED:
            on = hop.happened_at.astimezone(SHANGHAI).date()
            replies.setdefault(hop.suggestion_id, on <= due[hop.suggestion_id])
    return replies
