"""Buttons: rows that know what pressing them means, so that nothing sent back by a phone has to be believed."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import select, update

from service.db import reading, unit_of_work
from service.errors import Refusal
from service.messages.models import ButtonToken, Chat, Outgoing, button_tokens, outbox
from service.wording import Button

LIFETIME = timedelta(days=30)


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


def find(chat: Chat, token: str) -> ButtonToken | None:
    """The chat's button of that token, whether it can still be used or not."""
    with reading() as session:
        query = select(ButtonToken).where(button_tokens.c.token == token, button_tokens.c.chat_id == chat.id)
        return session.execute(query).scalars().first()


def press(chat: Chat, token: str, now: datetime) -> ButtonToken:
    """Use a button, and with it every other button of the same message.

    Raises:
        ButtonExpired: it is unknown, another chat's, used, or too old.
    """
    with unit_of_work() as session:
        button = find(chat, token)
        if button is None or button.used_at is not None or button.expires_at <= now:
            raise ButtonExpired()
        if button.person_id is not None and button.person_id != chat.person_id:
            raise ButtonExpired()
        session.execute(
            update(button_tokens).where(button_tokens.c.outbox_id == button.outbox_id).values(used_at=now)
        )
        session.flush()
        return button


def shown_with_words(chat: Chat, words: str, now: datetime) -> ButtonToken | None:
    """The live button of the chat's latest message with buttons that says just these words, if there is one."""
    with reading() as session:
        latest = (
            select(outbox.c.id)
            .join(button_tokens, button_tokens.c.outbox_id == outbox.c.id)
            .where(outbox.c.chat_id == chat.id)
            .order_by(outbox.c.id.desc())
            .limit(1)
        ).scalar_subquery()
        query = select(ButtonToken).where(
            button_tokens.c.outbox_id == latest,
            button_tokens.c.used_at.is_(None),
            button_tokens.c.expires_at > now,
        )
        said = _bare(words)
        return next((b for b in session.execute(query).scalars() if said and _bare(b.title) == said), None)


def _bare(words: str) -> str:
    """Words as they sound: without punctuation, spaces, symbols and the difference of full width."""
    normal = unicodedata.normalize("NFKC", words).lower()
    return "".join(char for char in normal if unicodedata.category(char)[0] in "LN")
