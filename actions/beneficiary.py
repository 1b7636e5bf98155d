"""For whom something is done: whoever writes, the other one of a shared chat, or both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from actions.turn import Choice, Turn
from service.errors import Refusal
from service.messages import chats
from service.people.models import Person
from service.wording import phrase

_PARTNER = re.compile(
    r"老伴|爱人|老头子?|老太婆|老婆子?|老公|妻子|丈夫|内人|当家的|屋头那?个|(?:给|帮|替)[他她]"
)
_BOTH = re.compile(
    r"(?:我|咱|俺)们?(?:老)?(?:俩|两个?|两口子)|两口子|两个人(?:都|一起)|两位|(?:我|自己)?[和跟同](?:我)?(?:老伴|爱人).{0,3}(?:都|一起|两)"
)
_MYSELF = re.compile(r"给我(?!老|爱|家|们|妈|爸)|我(?:要|想|来|也|自己|去|报|先)|本人|帮我(?!老|爱|家|妈|爸)")


class NobodyElseHere(Refusal):
    """The chat speaks for nobody else, so nothing can be done for them here."""

    code = "nobody_else_here"


def named(turn: Turn) -> list[Person] | None:
    """The people the message says it is for; None when it does not say.

    Raises:
        NotBound: the chat is a stranger's.
        NobodyElseHere: it is for somebody whom the chat may not speak for.
    """
    speaker = turn.require_person()
    here = chats.people_of(turn.chat) or [speaker]
    if chosen := turn.entity("for"):
        ids = chosen.split(",")
        return [person for person in here if str(person.id) in ids] or [speaker]
    by_name = [person for person in here if person.name in turn.entities("person_name")]
    if by_name:
        return by_name
    others = [person for person in here if person.id != speaker.id]
    words = "" if turn.is_press else turn.text
    if _BOTH.search(words):
        if not others:
            raise NobodyElseHere()
        return [speaker, *others]
    if _PARTNER.search(words):
        if len(others) != 1:
            raise NobodyElseHere()
        return others
    return [speaker] if len(here) == 1 or _MYSELF.search(words) else None


def anybody_here(turn: Turn) -> list[Person]:
    """Whom the message is about, or everybody the chat speaks for when it does not say."""
    speaker = turn.require_person()
    return named(turn) or chats.people_of(turn.chat) or [speaker]


def ask_for_whom(turn: Turn, key: str, intent: str, entities: dict[str, object]) -> None:
    """Ask which of the people of a shared chat it is for; a button each, and one for both."""
    here = chats.people_of(turn.chat)
    buttons = [Choice(person.name, intent, {**entities, "for": person.id}) for person in here]
    if len(here) == 2:
        both = ",".join(str(person.id) for person in here)
        buttons.append(Choice(phrase("button_both"), intent, {**entities, "for": both}))
    turn.say(key, buttons)


def called(turn: Turn, people: Sequence[Person]) -> str:
    """How the assistant speaks of them: 您, or names."""
    speaker = turn.require_person()
    if [person.id for person in people] == [speaker.id]:
        return phrase("you")
    return "、".join(person.name for person in people)


@contextmanager
def refusals_named(turn: Turn, person: Person) -> Iterator[None]:
    """Let a refusal say whom it is about, when that is not the one who writes.

    Raises:
        Refusal: the refusal itself, for the one who writes; for another it was told.
    """
    try:
        yield
    except Refusal as refusal:
        if person.id == turn.require_person().id:
            raise
        turn.say("about_other", name=person.name)
        turn.say(f"refused_{refusal.code}", **refusal.reasons)
        raise _Told() from None


class _Told(Exception):
    """Said already; see `told`."""


@contextmanager
def told() -> Iterator[None]:
    """End an action quietly once a refusal about another person was told."""
    try:
        yield
    except _Told:
        return


def ids(people: Sequence[Person]) -> list[int]:
    """Their ids, to go into what waits for a yes."""
    return [person.id for person in people]


def of_ids(turn: Turn, given: Sequence[int]) -> list[Person]:
    """The people of these ids, as far as the chat still speaks for them."""
    here = {person.id: person for person in chats.people_of(turn.chat)}
    speaker = turn.require_person()
    here.setdefault(speaker.id, speaker)
    return [here[each] for each in given if each in here]
