"""Giving hours to somebody: 把两个小时送给王秀兰."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from actions.quantities import minutes_in
from actions.turn import Choice, Turn
from service.ledger import queries as ledger
from service.ledger.hours import hours_words
from service.ledger.posting import MINUTES
from service.people import cards, queries
from service.people.models import Person
from service.timebank import giving
from service.wording import phrase

_HOURS = r"(?:[0-9.]+|[零一二两俩兩三四五六七八九十半]+)\s*[个個]?半?\s*(?:小时|小時|钟头|鐘頭|钟|分钟)半?"
_TO = r"(?:给|給|畀|俾|与)"
_GIVE = r"(?:送|转|轉|赠|贈|匀|拨|捐)"
_NAME = r"(?P<name>[㐀-鿿]{2,4}?)"
_END = r"(?:同志|老师|大姐|大哥|婆婆|爷爷)?(?:吧|嘛|哈|了|啊|呀|哦)?[，。！\s]*$"
# Each has a name, if it is said; the hours are read by themselves.
_SAID = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_HOURS}(?:的?(?:时间|工时|服务|余额))?(?:都|也|想|要)?{_GIVE}(?:送|让)?{_TO}(?:我们?)?{_NAME}{_END}",
        rf"{_GIVE}{_HOURS}.{{0,4}}{_TO}{_NAME}{_END}",
        rf"{_GIVE}{_TO}{_NAME}{_HOURS}",
        rf"{_TO}{_NAME}{_GIVE}{_HOURS}",
    )
)
_VAGUE = re.compile(
    rf"(?:想|要|怎么|可以|能不能){_GIVE}(?:点|些|几个)?(?:小时|小時|钟头|工时)|(?:小时|钟头|时间银行).{{0,4}}{_GIVE}{_TO}?(?:别人|人吗|人么)"
)
# What such words may be understood as; a reminder or a call for staff is none of them.
_MISTAKEN_FOR = {
    "check_points",
    "points_history",
    "ask_points_rules",
    "list_rewards",
    "redeem_reward",
    "request_service",
    "book_activity",
    "find_activity",
    "register_skill",
    "small_talk",
    "out_of_scope",
    "nlu_fallback",
}
_HOW_MANY_SHOWN = 5


def take(turn: Turn) -> bool:
    """Giving hours, and taking a gift back, by button or in words that were understood as something else."""
    if receipt_no := turn.entity("undo_gift"):
        _undo(turn, receipt_no)
    elif turn.entity("give_to"):
        receiver = queries.get(int(str(turn.entity("give_to"))))
        _read_back(turn, receiver, int(str(turn.entity("minutes"))))
    elif turn.entity("which") == "gift":
        _ask(turn)
    elif turn.is_press or turn.intent not in _MISTAKEN_FOR:
        return False
    elif name := _receiver(turn):
        _to(turn, name, minutes_in(turn.text))
    elif _VAGUE.search(turn.text):
        _ask(turn)
    else:
        return False
    return True


def _receiver(turn: Turn) -> str | None:
    """Who is to get hours, if the words say so."""
    said = next((found for pattern in _SAID if (found := pattern.search(turn.text))), None)
    if said is None:
        return None
    return turn.entity("person_name") or said["name"]


def _ask(turn: Turn) -> None:
    person = turn.require_person()
    turn.say("ask_gift", balance=hours_words(ledger.balance(person.id, MINUTES)))


def _to(turn: Turn, name: str, minutes: int | None) -> None:
    giver = turn.require_person()
    found = queries.by_name(name)
    others = [each for each in found if each.id != giver.id]
    if not minutes:
        turn.say("gift_hours_missing", name=name)
    elif len(others) == 1 and len(found) == 1:
        _read_back(turn, others[0], minutes)
    elif found and not others:
        _read_back(turn, found[0], minutes)
    elif others:
        turn.say(
            "gift_which",
            [
                Choice(
                    phrase("button_gift_to", number=number, name=each.name, where=_where(each)[:8]),
                    "check_points",
                    {"give_to": each.id, "minutes": minutes},
                )
                for number, each in enumerate(others[:_HOW_MANY_SHOWN], 1)
            ],
            name=name,
        )
    else:
        turn.say("gift_nobody", name=name)


def _where(person: Person) -> str:
    """What tells people of one name apart: community, or branch."""
    card = next((card for card in cards.look_up(person.name) if card.person.id == person.id), None)
    return (card.community or card.branch) if card else ""


def _read_back(turn: Turn, receiver: Person, minutes: int) -> None:
    giver = turn.require_person()
    after = giving.check(giver, receiver, minutes)
    where = _where(receiver)
    turn.confirm(
        "give_hours",
        "gift_read_back",
        {"receiver_id": receiver.id, "minutes": minutes, "request": secrets.token_hex(12)},
        hours=hours_words(minutes),
        name=receiver.name,
        where=phrase("gift_where", name=receiver.name, where=where) if where else "",
        before=hours_words(after + minutes),
        after=hours_words(after),
    )


def give(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: move the hours."""
    giver, receiver = turn.require_person(), queries.get(details["receiver_id"])
    gift = giving.give(giver, receiver, details["minutes"], details["request"], turn.now)
    turn.say(
        "gift_given",
        receipt_no=gift.receipt_no,
        hours=hours_words(gift.minutes),
        name=receiver.name,
        after=hours_words(ledger.balance(giver.id, MINUTES)),
        minutes=int(giving.UNDO_FOR.total_seconds() // 60),
    )


def _undo(turn: Turn, receipt_no: str) -> None:
    giver = turn.require_person()
    gift = giving.undo(giver, receipt_no, turn.now)
    turn.say(
        "gift_undone",
        receipt_no=receipt_no,
        hours=hours_words(gift.minutes),
        balance=hours_words(ledger.balance(giver.id, MINUTES)),
    )


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"give_hours": give}
