"""Rewards: what there is, redeeming by name, place in the list or number, and giving back what was not fetched."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from actions.handler import Handler
from actions.quantities import pieces_in
from actions.turn import Choice, Turn
from service.clock import day_words, local
from service.ledger import queries as ledger
from service.ledger.posting import POINTS
from service.people.models import Person
from service.rewards import queries, redeeming, shelf
from service.rewards.models import Reward
from service.rewards.news import things
from service.rewards.pickup_days import last_day
from service.rewards.queries import Kept
from service.wording import phrase

_SHOWN = 5
_UNDO = re.compile(
    r"不换了|退(?:掉|了|回)|(?:取消|撤销|撤回|退|不要).{0,5}(?:兑换|换的|换了的|R20)|(?:兑换|换的).{0,8}(?:取消|撤|退掉|不要)"
)
_KEPT = re.compile(r"兑换|换的|换了|领(?:取|奖|东西)|兑的")


class ListRewards(Handler):
    """Lists what can be had for points, what the person can afford first."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_list_rewards"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        points = ledger.balance(turn.require_person().id, POINTS)
        offers = shelf.offers(points)
        now, later = ([each.reward for each in offers if each.affordable is able] for able in (True, False))
        if now:
            shown = now[:_SHOWN]
            names = "、".join(f"{each.name}（{each.price}分）" for each in [*now[_SHOWN:], *later][:_SHOWN])
            rest = phrase("rewards_rest", names=names) if names else ""
            turn.say("rewards_list", _choices(shown), points=points, lines=_lines(shown), rest=rest)
            turn.show("rewards", [each.id for each in shown])
        elif later:
            turn.say("rewards_not_yet", points=points, lines=_lines(later[:_SHOWN]))
            turn.show("rewards", [each.id for each in later[:_SHOWN]])
        else:
            turn.say("rewards_none")


class RedeemReward(Handler):
    """Links what was said to one reward and a number of it, and reads it back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_redeem_reward"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if receipt_no := turn.entity("undo"):
            _give_back(turn, person, receipt_no)
        elif turn.points_outside("rewards") and not turn.entity("reward"):
            turn.say_outside()
        elif not (found := _meant(turn)):
            self._ask_which(turn, person, known=not turn.entity("reward"))
        elif len(found) > 1:
            turn.say("which_reward", _choices(found[:_SHOWN]))
            turn.show("rewards", [each.id for each in found[:_SHOWN]])
        else:
            _read_back(turn, person, found[0], pieces_in(turn, found[0].unit))

    @staticmethod
    def _ask_which(turn: Turn, person: Person, known: bool) -> None:
        shown = [each.reward for each in shelf.offers(ledger.balance(person.id, POINTS))][:_SHOWN]
        if not shown:
            turn.say("rewards_none")
            return
        turn.say("which_reward" if known else "reward_unknown", _choices(shown))
        turn.show("rewards", [each.id for each in shown])


def _meant(turn: Turn) -> list[Reward]:
    if (pressed := turn.entity("reward_id")) is not None:
        return [shelf.get(int(pressed))]
    if (chosen := turn.chosen("rewards")) is not None and not turn.entity("reward"):
        return [shelf.get(int(chosen))]
    return shelf.meant(turn.entities("reward"), turn.text)


def _read_back(turn: Turn, person: Person, reward: Reward, quantity: int) -> None:
    reward = redeeming.check(person, reward.id, quantity, turn.now)
    before, cost = ledger.balance(person.id, POINTS), reward.price * quantity
    today = local(turn.now).date()
    until = last_day(today, reward.pickup_days, reward.pickup_weekdays)
    turn.confirm(
        "redeem",
        "redeem_read_back",
        {"reward_id": reward.id, "quantity": quantity, "request": secrets.token_hex(12)},
        what=things(reward, quantity),
        cost=cost,
        before=before,
        after=before - cost,
        until=day_words(until, today),
        place=reward.pickup_place,
        times=reward.pickup_times,
    )


def redeem(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: take the points and keep it."""
    person = turn.require_person()
    done = redeeming.redeem(person, details["reward_id"], details["quantity"], details["request"], turn.now)
    kept = queries.get(person.id, done.receipt_no)
    turn.say(
        "redeemed",
        receipt_no=done.receipt_no,
        what=things(kept.reward, done.quantity),
        cost=done.points,
        after=ledger.balance(person.id, POINTS),
        until=day_words(done.pick_up_until, local(turn.now).date()),
        place=kept.reward.pickup_place,
        times=kept.reward.pickup_times,
    )


def take(turn: Turn) -> bool:
    """Giving back and asking after what is kept, in words that were understood as something of another area."""
    if turn.person is None or (turn.is_press and turn.intent != "track_matter"):
        return False
    number = (turn.entity("matter_no") or "").upper()
    of_one = number.startswith("R")
    undoes = _UNDO.search(turn.text) is not None
    asks = turn.intent == "track_matter" and (of_one or (not number and _KEPT.search(turn.text) is not None))
    if not (undoes or asks):
        return False
    kept = queries.reserved_for(turn.person.id)
    if not (of_one or kept):
        return False
    if undoes:
        _which_to_undo(turn, turn.person, number)
    elif of_one:
        tell_kept(turn, queries.get(turn.person.id, number))
    else:
        for each in kept[:3]:
            tell_kept(turn, each)
    return True


def tell_kept(turn: Turn, kept: Kept) -> None:
    """How a redemption stands, in plain words."""
    done, today = kept.redemption, local(turn.now).date()
    said = {"what": things(kept.reward, done.quantity), "receipt_no": done.receipt_no, "points": done.points}
    if done.state == "reserved":
        turn.say(
            "redemption_kept",
            until=day_words(done.pick_up_until, today),
            place=kept.reward.pickup_place,
            times=kept.reward.pickup_times,
            **said,
        )
    else:
        day = day_words(done.settled_at or done.reserved_at, today)
        turn.say("redemption_over", how=redeeming.IN_WORDS[done.state], day=day, **said)


def _which_to_undo(turn: Turn, person: Person, number: str) -> None:
    kept = queries.reserved_for(person.id)
    if number:
        _read_back_undo(turn, queries.get(person.id, number.upper()))
    elif len(kept) == 1:
        _read_back_undo(turn, kept[0])
    else:
        turn.say(
            "which_redemption",
            [
                Choice(
                    phrase(
                        "button_redemption",
                        number=place,
                        what=each.reward.name,
                        receipt_no="",
                    ).strip(),
                    "redeem_reward",
                    {"undo": each.redemption.receipt_no},
                )
                for place, each in enumerate(kept[:_SHOWN], 1)
            ],
        )


def _read_back_undo(turn: Turn, kept: Kept) -> None:
    done = kept.redemption
    if done.state != "reserved":
        tell_kept(turn, kept)
        return
    turn.confirm(
        "undo_redemption",
        "undo_redeem_read_back",
        {"receipt_no": done.receipt_no},
        what=things(kept.reward, done.quantity),
        receipt_no=done.receipt_no,
        points=done.points,
    )


def undo(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: give it back."""
    _give_back(turn, turn.require_person(), details["receipt_no"])


def _give_back(turn: Turn, person: Person, receipt_no: str) -> None:
    done = redeeming.cancel(person, receipt_no, turn.now)
    kept = queries.get(person.id, receipt_no)
    turn.say(
        "redemption_cancelled",
        what=things(kept.reward, done.quantity),
        receipt_no=receipt_no,
        points=done.points,
        balance=ledger.balance(person.id, POINTS),
    )


def _lines(found: list[Reward]) -> str:
    return "\n".join(
        phrase(
            "reward_line_limit" if each.per_person else "reward_line",
            number=number,
            name=each.name,
            price=each.price,
            unit=each.unit,
            stock=each.stock,
            limit=each.per_person,
        )
        for number, each in enumerate(found, 1)
    )


def _choices(found: list[Reward]) -> list[Choice]:
    return [
        Choice(
            phrase("button_redeem", number=number, name=each.name), "redeem_reward", {"reward_id": each.id}
        )
        for number, each in enumerate(found, 1)
    ]


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"redeem": redeem, "undo_redemption": undo}


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [ListRewards(), RedeemReward()]
