"""Photos, recordings, films and papers: fetched, kept, and put into the inbox as one turn a message or album."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from telegram import Message, Update
from telegram.ext import CallbackContext

from bot.telegram import files, speech
from bot.telegram.files import TooLarge, Unreadable
from bot.telegram.in_hand import answer, in_hand, put
from service import wording

logger = logging.getLogger(__name__)


async def media(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
    """A message that carries a file, or the album it is a part of."""
    messages: Sequence[Message] = in_hand.get().album or (_message(update),)
    kept = await asyncio.gather(*(_keep(context, message) for message in messages), return_exceptions=True)
    things = [thing for thing in kept if isinstance(thing, dict)]
    failures = [failure for failure in kept if isinstance(failure, BaseException)]
    unforeseen = [failure for failure in failures if not isinstance(failure, TooLarge | Unreadable)]
    if unforeseen:
        await asyncio.to_thread(files.drop, [thing["file"] for thing in things])
        raise unforeseen[0]
    if not things:
        large = isinstance(failures[0], TooLarge)
        answer(messages[0], wording.say("telegram_too_large" if large else "telegram_unreadable"))
        return
    words = "\n".join(message.caption for message in messages if message.caption)
    first, *more = things
    payload: dict[str, Any] = {"file": first["file"], "caption": words}
    if first["kind"] == "voice" and not words:
        payload["text"] = await speech.words_in(first["file"])
    if more:
        payload["more"] = more
    put(messages[0], first["kind"], payload)


async def _keep(context: CallbackContext[Any, Any, Any, Any], message: Message) -> dict[str, str]:
    """Fetch and keep what a message carries."""
    carried: Any = (
        (message.photo[-1] if message.photo else None)
        or message.voice
        or message.audio
        or message.video
        or message.video_note
        or message.animation
        or message.document
    )
    content = await files.fetch(context.bot, carried.file_id, carried.file_size)
    if message.voice or message.audio:
        # Telegram has recorded it itself, or plays it; a recorder may use a container made for films.
        return {"kind": "voice", "file": await files.keep_voice(content)}
    kind, name = await files.keep(content)
    return {"kind": kind, "file": name}


def _message(update: Update) -> Message:
    assert update.message is not None
    return update.message
