"""Standing posts: claiming a bin or a street, and handing it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from actions import beneficiary
from actions.turn import Choice, Turn
from service.activities import holdings, posts
from service.activities.refusals import PostCovered
from service.clock import day_words, local
from service.people.models import Person
from service.wording import phrase

_CLAIMING = re.compile(r"认领|認領|包下|承包|桶长|街巷长|微网格|长期(?:守|管|看)")
_SHOWN = 5


def take_up(turn: Turn) -> bool:
    """Read back the post that the message claims, or show which are still wanted.

    Returns:
        Whether it is about a post.
    """
    if (chosen := turn.entity("post_id")) is not None:
        _read_back(turn, int(chosen))
        return True
    if (again := turn.entity("take_up_again")) is not None:
        _take_up_again(turn, again)
        return True
    if turn.is_press and turn.entity("posts") is None:
        return False
    found = holdings.named_in(turn.text, turn.now)
    if _CLAIMING.search(turn.text) is None and turn.entity("posts") is None:
        return False
    if len(found) == 1:
        _read_back(turn, found[0].post.id)
        return True
    wanted = [each for each in found or holdings.coverage(turn.now) if each.wanted]
    if wanted:
        buttons = [
            Choice(each.post.name, "book_activity", {"post_id": each.post.id}) for each in wanted[:_SHOWN]
        ]
        turn.say("which_post", buttons)
    elif found:
        turn.say("refused_post_covered", title=found[0].post.name, holders=_names(found[0]))
    return bool(wanted or found)


def _names(coverage: holdings.Coverage) -> str:
    return "、".join(person.name for person in coverage.holders)


def _read_back(turn: Turn, post_id: int) -> None:
    people = beneficiary.named(turn) or [turn.require_person()]
    coverage = next(each for each in holdings.coverage(turn.now) if each.post.id == post_id)
    post, today = coverage.post, local(turn.now).date()
    if not coverage.wanted and people[0].id not in {person.id for person in coverage.holders}:
        raise PostCovered(title=post.name, holders=_names(coverage))
    turn.confirm(
        "claim",
        "claim_read_back",
        {"post_id": post_id, "for": beneficiary.ids(people[:1])},
        who=beneficiary.called(turn, people[:1]),
        name=post.name,
        place=post.place,
        minutes=post.minutes,
        first=day_words(posts.next_due(post, today), today),
    )


def _claim(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: the post is theirs."""
    (person,) = beneficiary.of_ids(turn, details["for"])
    claim = posts.claim(person, details["post_id"], turn.now, actor_id=turn.require_person().id)
    _say(turn, "claimed", person, claim.receipt_no)


def _take_up_again(turn: Turn, receipt_no: str) -> None:
    person = turn.require_person()
    posts.take_up_again(person, receipt_no, turn.now)
    _say(turn, "claimed", person, receipt_no)


def _say(turn: Turn, key: str, person: Person, receipt_no: str) -> None:
    post = posts.get_post(posts.get_claim(person.id, receipt_no).post_id)
    today = local(turn.now).date()
    turn.say(
        key,
        [Choice(phrase("button_hand_back"), "cancel_booking", {"receipt_no": receipt_no})],
        name=post.name,
        receipt_no=receipt_no,
        first=day_words(posts.next_due(post, today), today),
    )


def held_and_named(turn: Turn, people: list[Person]) -> list[holdings.Holding]:
    """The posts of these people that the message names."""
    named = {each.post.id for each in holdings.named_in(turn.text, turn.now)}
    held = [each for person in people for each in holdings.held_by(person.id, turn.now)]
    return [each for each in held if each.post.id in named]


def read_back_handing(turn: Turn, holding_of: Person, receipt_no: str) -> None:
    """Ask for a yes to handing a post back."""
    post = posts.get_post(posts.get_claim(holding_of.id, receipt_no).post_id)
    details = {"receipt_no": receipt_no, "for": [holding_of.id]}
    turn.confirm("hand_back", "hand_back_read_back", details, name=post.name, receipt_no=receipt_no)


def _hand_back(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: the post is free for somebody else."""
    (person,) = beneficiary.of_ids(turn, details["for"])
    claim = posts.hand_back(person, details["receipt_no"], turn.now)
    turn.say(
        "handed_back",
        [Choice(phrase("button_keep_post"), "book_activity", {"take_up_again": claim.receipt_no})],
        name=posts.get_post(claim.post_id).name,
        receipt_no=claim.receipt_no,
    )


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"claim": _claim, "hand_back": _hand_back}
