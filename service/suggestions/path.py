"""Staff take a suggestion along its path: passed on, taken up, instructed, decided, and what came of it.

Every step may be told twice: what is so already is not done again, and nobody hears of it again. A step that the
state does not allow is refused by name. The rules are those of 议事厅 in the accounts of real offices: each hop is
dated, what is declined has a reason, a leader's instruction is a hop of its own.
"""

from __future__ import annotations

from datetime import date, datetime

from service.clock import local
from service.db import unit_of_work
from service.ledger.earning import earn
from service.ledger.posting import Reason
from service.organisations.units import Unit
from service.staff.models import Staff
from service.suggestions.hops import OFFICE, add_hop, hops_of, last_hop
from service.suggestions.models import Hop
from service.suggestions.news import announce
from service.suggestions.records import Record, lock_root
from service.suggestions.refusals import DueInThePast, ReasonNeeded
from service.suggestions.states import (
    ADOPTED,
    DECISIONS,
    DECLINED,
    FORWARDED,
    INSTRUCTED,
    OUTCOME,
    PARTLY,
    WORKING,
)

_EARNED_AT = {FORWARDED: "suggestion_accepted", ADOPTED: "suggestion_adopted", PARTLY: "suggestion_adopted"}
_EARNED_FOR = {"suggestion_accepted": "建议被受理", "suggestion_adopted": "建议被采纳"}


def forward(
    receipt_no: str, unit: Unit, due_on: date, now: datetime, *, staff: Staff, words: str = ""
) -> Hop:
    """Pass a suggestion on to a unit, which is to answer by a day in Asia/Shanghai (转办); the first time earns points.

    Raises:
        NotFound, MoveNotAllowed, MergedAlready: as they say.
        DueInThePast: the day is over.
    """
    with unit_of_work():
        record = lock_root(receipt_no)
        suggestion = record.suggestion
        last = last_hop(record.id, FORWARDED)
        if last and suggestion.state == FORWARDED and (last.unit_id, last.due_on) == (unit.id, due_on):
            return last
        if due_on < local(now).date():
            raise DueInThePast(receipt_no=record.receipt_no)
        hop = add_hop(record, FORWARDED, now, words=words.strip(), staff=staff, unit=unit, due_on=due_on)
        suggestion.unit_id, suggestion.due_on, suggestion.chased_on = unit.id, due_on, None
        record.matter.due_on = due_on
        announce(hop, record, now, points=_reward(record, hop, now))
        return hop


def start(receipt_no: str, now: datetime, *, staff: Staff, words: str = "") -> Hop:
    """Note that the unit has taken a suggestion up (办理中).

    Raises:
        NotFound, MoveNotAllowed, MergedAlready: as they say.
    """
    with unit_of_work():
        record = lock_root(receipt_no)
        if record.suggestion.state == WORKING and (last := last_hop(record.id, WORKING)):
            return last
        hop = add_hop(record, WORKING, now, words=words.strip(), staff=staff)
        announce(hop, record, now)
        return hop


def instruct(receipt_no: str, leader: str, words: str, dated: date, now: datetime, *, staff: Staff) -> Hop:
    """Note a leader's instruction (批示) with its day; the state stays.

    Args:
        leader: as the author reads it: 县委组织部负责同志.

    Raises:
        NotFound, MoveNotAllowed, MergedAlready: as they say.
        ReasonNeeded: it says nothing, or nobody signed it.
    """
    with unit_of_work():
        record = lock_root(receipt_no)
        if not words.strip() or not leader.strip():
            raise ReasonNeeded(receipt_no=record.receipt_no)
        same = (INSTRUCTED, leader.strip(), words.strip(), dated)
        known = [h for h in hops_of(record.id) if (h.kind, h.who, h.words, h.dated) == same]
        if known:
            return known[-1]
        hop = add_hop(
            record, INSTRUCTED, now, who=leader.strip(), words=words.strip(), staff=staff, dated=dated
        )
        announce(hop, record, now)
        return hop


def decide(receipt_no: str, decision: str, now: datetime, *, staff: Staff, words: str = "") -> Hop:
    """Say whether a suggestion is adopted; the first adoption earns points.

    Args:
        decision: 已采纳, 部分采纳 or 未采纳.
        words: what is done about it; for 未采纳 the reason, which it must have.

    Raises:
        NotFound, MoveNotAllowed, MergedAlready: as they say.
        ReasonNeeded: it is declined without a reason.
    """
    if decision not in DECISIONS:
        raise ValueError(f"{decision} is not a decision")
    with unit_of_work():
        record = lock_root(receipt_no)
        if decision == DECLINED and not words.strip():
            raise ReasonNeeded(receipt_no=record.receipt_no)
        last = last_hop(record.id, decision)
        if last and record.suggestion.state == decision and last.words == words.strip():
            return last
        hop = add_hop(record, decision, now, who=OFFICE, words=words.strip(), staff=staff)
        announce(hop, record, now, points=_reward(record, hop, now))
        return hop


def record_outcome(receipt_no: str, words: str, now: datetime, *, staff: Staff) -> Hop:
    """Note what came of an adopted suggestion (成果); more may come of it later.

    Raises:
        NotFound, MoveNotAllowed, MergedAlready: as they say.
        ReasonNeeded: it says nothing.
    """
    with unit_of_work():
        record = lock_root(receipt_no)
        if not words.strip():
            raise ReasonNeeded(receipt_no=record.receipt_no)
        last = last_hop(record.id, OUTCOME)
        if last and record.suggestion.state == OUTCOME and last.words == words.strip():
            return last
        hop = add_hop(record, OUTCOME, now, who=OFFICE, words=words.strip(), staff=staff)
        announce(hop, record, now)
        return hop


def _reward(record: Record, hop: Hop, now: datetime) -> int:
    """The points that a hop earns the author, the first time that there is such a hop."""
    what = _EARNED_AT.get(hop.kind)
    alike = [kind for kind, earned in _EARNED_AT.items() if earned == what]
    if what is None or any(h.kind in alike and h.id != hop.id for h in hops_of(record.id)):
        return 0
    words = f"{_EARNED_FOR[what]}（{record.receipt_no}）"
    reason = Reason("suggestions", words, local(now).date(), f"{what}:{record.receipt_no}")
    return earn(record.suggestion.person_id, what, 1, reason, now).points
