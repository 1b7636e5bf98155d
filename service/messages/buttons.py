"""Buttons: rows that know what pressing them means, so that nothing sent back by a phone has to be believed."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from service.db import reading, unit_of_work
from service.errors import Refusal
from service.messages.chats import people_of
from service.messages.models import ButtonToken, Chat, Outgoing, button_tokens, outbox
from service.ordinals import place_of
from service.wording import Button, equivalents

LIFETIME = timedelta(days=30)
_NUMBERED = re.compile(r"\d+[.、．]")
_WHICH_ONE = re.compile(
    r"(?:就|要|选|我要|我选|看|看看|点)?"
    r"(?:(?:倒数)?第?(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:个|项|场|门|条|位)?|最后(?:一个|那个)?|头一个|[上下]面(?:那|这)?一?个)"
    r"(?:吧|嘛|就行|就好|那个|的)?"
)


# Put together once, since every turn asks it.
_LATEST = (
    select(ButtonToken)
    .where(
        button_tokens.c.outbox_id
        == (
            select(outbox.c.id)
            .join(button_tokens, button_tokens.c.outbox_id == outbox.c.id)
            .where(outbox.c.chat_id == bindparam("chat_id"))
            .order_by(outbox.c.id.desc())
            .limit(1)
            .correlate(None)
            .scalar_subquery()
        ),
        button_tokens.c.used_at.is_(None),
        button_tokens.c.expires_at > bindparam("now"),
    )
    .order_by(button_tokens.c.place)
)


class ButtonExpired(Refusal):
    """The button is unknown, of another chat, used already, or too old."""

    code = "button_expired"


def issue(row: Outgoing, buttons: list[Button], now: datetime) -> list[ButtonToken]:
    """Make a token for each button of an outgoing message that has its id already."""
    with unit_of_work() as session:
        issued = [
            ButtonToken(
                token=secrets.token_urlsafe(12),
                chat_id=row.chat_id,
                person_id=row.person_id,
                outbox_id=row.id,
                place=place,
                title=button.title,
                payload=button.payload,
                expires_at=now + LIFETIME,
            )
            for place, button in enumerate(buttons)
        ]
        session.add_all(issued)
        session.flush()
        return issued


def find(chat_id: int, token: str) -> ButtonToken | None:
    """The chat's button of that token, whether it can still be used or not."""
    with reading() as session:
        query = select(ButtonToken).where(button_tokens.c.token == token, button_tokens.c.chat_id == chat_id)
        return session.execute(query).scalars().first()


def press(chat: Chat, token: str, now: datetime) -> ButtonToken:
    """Use a button, and with it every other button of the same message.

    Raises:
        ButtonExpired: it is unknown, another chat's, used, too old, or for somebody the chat may not speak for.
    """
    with unit_of_work() as session:
        button = find(chat.id, token)
        if button is None or button.used_at is not None or button.expires_at <= now:
            raise ButtonExpired()
        if button.person_id is not None and button.person_id not in (chat.person_id, *_may_speak_for(chat)):
            raise ButtonExpired()
        session.execute(
            update(button_tokens).where(button_tokens.c.outbox_id == button.outbox_id).values(used_at=now)
        )
        session.flush()
        return button


def _may_speak_for(chat: Chat) -> list[int]:
    """A button knows for whom it is: on the phone of a couple it works whoever of them spoke last."""
    return [person.id for person in people_of(chat)]


def shown_with_words(chat_id: int, words: str, now: datetime) -> ButtonToken | None:
    """The live button of the chat's latest message with buttons that these words stand for.

    They stand for a button when they are all that it says, or everyday words for it (`also` in the wording), or when
    its words begin with a number, as in a list, and the words are no more than which one: 第二个, 2, 最后一个.
    """
    said = _bare(words)
    shown = _latest(chat_id, now) if said else []
    if exactly := next((button for button in shown if _bare(button.title) == said), None):
        return exactly
    if as_good := next((button for button in shown if said in _as_good_as(button.title)), None):
        return as_good
    listed = [button for button in shown if _NUMBERED.match(button.title)]
    place = place_of(words, len(listed)) if is_which_one(words) else None
    return None if place is None else listed[place]


def _as_good_as(title: str) -> frozenset[str]:
    """The everyday words for a button, as they sound."""
    return frozenset(map(_bare, equivalents().get(title, ())))


def is_which_one(words: str) -> bool:
    """Whether the words say no more than which one of a list: 第二个, 2, 最后一个."""
    return _WHICH_ONE.fullmatch(_bare(words)) is not None


def _latest(chat_id: int, now: datetime) -> list[ButtonToken]:
    """The live buttons of the chat's latest message that has any, in the order they are shown."""
    with reading() as session:
        return list(session.execute(_LATEST, {"chat_id": chat_id, "now": now}).scalars())


def _bare(words: str) -> str:
    """Words as they sound: without punctuation, spaces, symbols and the difference of full width."""
    normal = unicodedata.normalize("NFKC", words).lower()
    return "".join(char for char in normal if unicodedata.category(char)[0] in "LN")
