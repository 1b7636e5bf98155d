"""The update in hand: what the library's handlers make of it, to be written in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from telegram import Message

from service.messages import chats, inbox, outbox
from service.messages.models import Chat
from service.wording import Utterance

Write = Callable[[datetime], None]


def _nothing(now: datetime) -> None:
    """What comes of an update that concerns nobody."""


@dataclass
class InHand:
    """What a handler is given besides the update, and what it gives back.

    `album` holds all messages of an album, in their order; `write` stores what came of the update and is called
    in the transaction that marks it as read; `failure` is what the handler raised.
    """

    album: Sequence[Message] = ()
    write: Write = _nothing
    failure: BaseException | None = None


in_hand: ContextVar[InHand] = ContextVar("in_hand")


def chat_of(message: Message, now: datetime) -> Chat:
    """The chat of a message, opened when it is new."""
    return chats.open_chat("telegram", str(message.chat.id), now)


def source_of(message: Message) -> str:
    """The inbox's name for a message."""
    return f"message-{message.message_id}"


def put(message: Message, kind: str, payload: dict[str, object]) -> None:
    """Let the message become a row of the inbox."""

    def write(now: datetime) -> None:
        inbox.receive(chat_of(message, now), source_of(message), kind, payload, now)

    in_hand.get().write = write


def answer(message: Message, said: Utterance) -> None:
    """Answer the message at once, without the conversation."""

    def write(now: datetime) -> None:
        outbox.reply(chat_of(message, now).id, said, now)

    in_hand.get().write = write
