"""What a person is told unasked about what is kept for them, and whether it still holds when it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service import wording
from service.clock import day_words, local
from service.db import reading
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import SEND, WITHDRAWN, Verdict, quiet_until
from service.people import queries
from service.rewards.models import Redemption, Reward, redemptions

KIND = "redemption_news"


def tell(redemption: Redemption, reward: Reward, key: str, now: datetime) -> None:
    """Tell the person in the words of that key how their redemption stands, once for each state."""
    said = wording.say(
        key,
        what=things(reward, redemption.quantity),
        points=redemption.points,
        place=reward.pickup_place,
        times=reward.pickup_times,
        until=day_words(redemption.pick_up_until, local(now).date()),
        receipt_no=redemption.receipt_no,
    )
    outbox.tell(
        redemption.person_id,
        KIND,
        said,
        now,
        dedupe_key=f"{key}:{redemption.receipt_no}",
        about={"receipt_no": redemption.receipt_no, "state": redemption.state},
    )


def things(reward: Reward, quantity: int) -> str:
    """So many of a reward in words: 大米 2袋."""
    return f"{reward.name} {quantity}{reward.unit}"


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not when it no longer holds, and not in quiet hours. That messages were stopped does not matter here."""
    about = (row.payload or {})["about"]
    with reading() as session:
        query = select(redemptions.c.state, redemptions.c.person_id)
        state, person_id = session.execute(query.where(redemptions.c.receipt_no == about["receipt_no"])).one()
    if state != about["state"]:
        return WITHDRAWN
    until = quiet_until(queries.get(person_id), now)
    return SEND if until is None else Verdict("send", until)
