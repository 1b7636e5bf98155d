"""Judging: rounds from which the best go on, awards, and what came of each work told to whoever entered it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from service import wording
from service.activities.contest_models import Entry, Round, Score, entries, rounds, scores
from service.activities.contests import KIND, mark_entry
from service.activities.models import Activity
from service.activities.seats import lock
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.messages import outbox


class TieAtTheCut(ValueError):
    """Entries that go on and entries that do not have the same score; another judge has to decide."""


@dataclass(frozen=True)
class Ranked:
    """An entry with the mean of its scores in a round, and how many judges gave one."""

    entry: Entry
    mean: float
    judges: int


def open_round(activity_id: int, keeps: int, now: datetime) -> Round:
    """Begin the next round of judging, from which so many go on.

    Raises:
        NotFound: there is no such contest.
        ValueError: works are still taken, or a round is open.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        if activity.entries_close_at is None or now < activity.entries_close_at:
            raise ValueError("works are still taken, or never were")
        before = _rounds(activity_id)
        if before and before[-1].closed_at is None:
            raise ValueError("a round is open")
        opened = Round(activity_id, len(before) + 1, keeps)
        session.add(opened)
        session.flush()
        return opened


def score(receipt_no: str, staff_id: int, points: int, now: datetime) -> Score:
    """Give an entry points in the open round; the same judge again puts their own score right.

    Raises:
        NotFound: there is no such entry.
        ValueError: no round is open, the entry is out, or the points are not 0 to 100.
    """
    if not 0 <= points <= 100:
        raise ValueError("a score is 0 to 100")
    with unit_of_work() as session:
        query = select(Entry).where(entries.c.receipt_no == receipt_no.strip().upper())
        entry = session.execute(query).scalars().first()
        if entry is None:
            raise NotFound()
        lock(entry.activity_id)
        session.refresh(entry)
        current = _open_round(entry.activity_id)
        if entry.state != "in":
            raise ValueError("the entry is out of the running")
        mine = select(Score).where(
            scores.c.round_id == current.id, scores.c.entry_id == entry.id, scores.c.staff_id == staff_id
        )
        given = session.execute(mine).scalars().first()
        if given is None:
            given = Score(entry.id, current.id, staff_id, points, now)
            session.add(given)
        given.points, given.given_at = points, now
        session.flush()
        return given


def ranking(activity_id: int) -> list[Ranked]:
    """Those in the running by their mean in the latest round, the best first; without a score they come last."""
    before = _rounds(activity_id)
    number = before[-1].id if before else None
    mean, judges = func.avg(scores.c.points), func.count(scores.c.id)
    with reading() as session:
        query = (
            select(Entry, mean, judges)
            .outerjoin(scores, (scores.c.entry_id == entries.c.id) & (scores.c.round_id == number))
            .where(entries.c.activity_id == activity_id, entries.c.state.in_(("in", "awarded")))
            .group_by(entries.c.id)
        )
        found = [Ranked(entry, float(points or 0), count) for entry, points, count in session.execute(query)]
    return sorted(found, key=lambda each: (-each.mean, each.entry.id))


def close_round(activity_id: int, now: datetime) -> list[Entry]:
    """End the open round: the best go on, all are told.

    Returns:
        Those that go on, the best first.

    Raises:
        NotFound: there is no such contest.
        TieAtTheCut: the last that would go on and the first that would not have the same score.
        ValueError: no round is open, or an entry has no score.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        current = _open_round(activity_id)
        ranked = ranking(activity_id)
        if any(each.judges == 0 for each in ranked):
            raise ValueError("every entry needs a score")
        if len(ranked) > current.keeps and ranked[current.keeps - 1].mean == ranked[current.keeps].mean:
            raise TieAtTheCut(f"place {current.keeps} and the next have the same score")
        current.closed_at = now
        for place, each in enumerate(ranked):
            passed = place < current.keeps
            each.entry.state = "in" if passed else "out"
            mark_entry(each.entry, f"第{current.number}轮入围" if passed else "未入围", now)
            _tell(each.entry, activity, "entry_goes_on" if passed else "entry_out", now, round=current.number)
        session.flush()
        return [each.entry for each in ranked[: current.keeps]]


def publish_awards(activity_id: int, awards: Sequence[tuple[str, int]], now: datetime) -> list[Entry]:
    """Give those left in the running their awards by rank, and tell them; published already, nothing changes.

    Args:
        awards: names with how many of each, the highest first: [("一等奖", 1), ("二等奖", 3)].

    Raises:
        NotFound: there is no such contest.
        ValueError: no round was closed, or one is open.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        before = _rounds(activity_id)
        if not before or before[-1].closed_at is None:
            raise ValueError("awards follow a round that is closed")
        names = [name for name, count in awards for _ in range(count)]
        ranked = ranking(activity_id)
        if any(each.entry.state == "awarded" for each in ranked):
            return [each.entry for each in ranked if each.entry.state == "awarded"]
        given = [each.entry for each in ranked[: len(names)]]
        for entry, award in zip(given, names, strict=False):
            entry.state, entry.award = "awarded", award
            mark_entry(entry, award, now)
            _tell(entry, activity, "entry_awarded", now, award=award)
        session.flush()
        return given


def _rounds(activity_id: int) -> list[Round]:
    with reading() as session:
        query = select(Round).where(rounds.c.activity_id == activity_id).order_by(rounds.c.number)
        return list(session.execute(query).scalars())


def _open_round(activity_id: int) -> Round:
    found = _rounds(activity_id)
    if not found or found[-1].closed_at is not None:
        raise ValueError("no round is open")
    return found[-1]


def _tell(entry: Entry, activity: Activity, key: str, now: datetime, **words: object) -> None:
    said = wording.say(key, title=activity.title, words=entry.words, receipt_no=entry.receipt_no, **words)
    outbox.tell(
        entry.person_id,
        KIND,
        said,
        now,
        dedupe_key=f"{key}:{entry.receipt_no}:{words.get('round', '')}",
        about={"receipt_no": entry.receipt_no},
    )
