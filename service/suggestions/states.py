"""The path of a suggestion: which state may follow which, and the names of everything that happens on the way."""

from __future__ import annotations

from service.errors import Refusal

RECEIVED = "已收到"
FORWARDED = "已转办"
WORKING = "办理中"
REPLIED = "已答复"
ADOPTED = "已采纳"
PARTLY = "部分采纳"
DECLINED = "未采纳"
OUTCOME = "已有成果"
REOPENED = "重新办理"
WITHDRAWN = "已撤回"
MERGED = "已合并"

# A leader's instruction is a hop that leaves the state as it is.
INSTRUCTED = "批示"

DECISIONS = (ADOPTED, PARTLY, DECLINED)
ADOPTIONS = (ADOPTED, PARTLY, OUTCOME)
# Staff still have something to do: it can be merged.
IN_HAND = (RECEIVED, FORWARDED, WORKING, REOPENED)
# What came of it is open: others may second it.
UNDECIDED = (*IN_HAND, REPLIED)
ANSWERED = (REPLIED, *DECISIONS, OUTCOME)

# From which states each state is reached. What was reopened needs a unit and a due date anew.
MOVES: dict[str, tuple[str, ...]] = {
    FORWARDED: (RECEIVED, FORWARDED, WORKING, REOPENED),
    WORKING: (FORWARDED,),
    REPLIED: (WORKING,),
    ADOPTED: (REPLIED,),
    PARTLY: (REPLIED,),
    DECLINED: (REPLIED,),
    OUTCOME: (ADOPTED, PARTLY, OUTCOME),
    REOPENED: ANSWERED,
    WITHDRAWN: (RECEIVED,),
    MERGED: IN_HAND,
    INSTRUCTED: (*UNDECIDED, *DECISIONS, OUTCOME),
}


class MoveNotAllowed(Refusal):
    """The suggestion `receipt_no`, which is `state`, cannot become `to` now."""

    code = "move_not_allowed"


def require_move(receipt_no: str, state: str, to: str) -> None:
    """Let only what may follow the state pass.

    Raises:
        MoveNotAllowed: this may not.
    """
    if state not in MOVES[to]:
        raise MoveNotAllowed(receipt_no=receipt_no, state=state, to=to)
