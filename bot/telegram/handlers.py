"""Handlers: what each kind of update means, said in rows of the inbox or in a friendly line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from telegram import ChatMember, Message, MessageEntity, Update
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    MessageHandler,
    filters,
)

from bot.telegram import staff
from bot.telegram.in_hand import answer, chat_of, in_hand, put, source_of
from bot.telegram.media import media
from service import wording
from service.messages import chats, inbox, outbox, page_view
from service.people import queries as people

Context = CallbackContext[Any, Any, Any, Any]

_COMMANDS = {"start": "/greet", "help": "/ask_help", "menu": "/main_menu"}
_GROUPS = filters.ChatType.GROUPS
_MESSAGE = filters.UpdateType.MESSAGE
_FILES = (
    filters.PHOTO | filters.VOICE | filters.AUDIO | filters.VIDEO | filters.VIDEO_NOTE | filters.ANIMATION
    | filters.Document.ALL
)  # fmt: skip


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Teach the library what each kind of update means; the first that fits is called."""
    application.add_handlers(
        [
            ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(press),
            MessageHandler(_MESSAGE & filters.StatusUpdate.MIGRATE, migrated),
            MessageHandler(_MESSAGE & filters.StatusUpdate.ALL, ignored),
            MessageHandler(_MESSAGE & _GROUPS, in_group),
            MessageHandler(filters.UpdateType.EDITED_MESSAGE & ~_GROUPS, edited),
            MessageHandler(_MESSAGE & filters.COMMAND, command),
            MessageHandler(_MESSAGE & filters.TEXT, words),
            MessageHandler(_MESSAGE & _FILES, media),
            MessageHandler(_MESSAGE & (filters.LOCATION | filters.VENUE), place),
            MessageHandler(_MESSAGE & filters.CONTACT, contact),
            MessageHandler(_MESSAGE & filters.Sticker.ALL, sticker),
            MessageHandler(_MESSAGE, unknown),
        ]
    )
    application.add_error_handler(failed)


async def failed(update: object, context: Context) -> None:
    """Keep what a handler raised for the reader, who knows what to do about it."""
    in_hand.get().failure = context.error


async def words(update: Update, context: Context) -> None:
    """Words, forwarded ones too; of staff perhaps an answer to somebody; the menu's buttons are commands."""
    message = _message(update)
    text, quoted = str(message.text), _quoted(message)

    def write(now: datetime) -> None:
        chat = chat_of(message, now)
        said = staff.respond(chat, text, quoted, now)
        if said is not None:
            outbox.reply(chat.id, said, now)
            return
        means = {button.title: button.payload for button in wording.say("telegram_menu").buttons}.get(text)
        payload = {"text": text} if means is None else {"text": text, "means": means}
        inbox.receive(chat, source_of(message), "words" if means is None else "command", payload, now)

    in_hand.get().write = write


async def command(update: Update, context: Context) -> None:
    """A slash command, with whatever stands behind it; one that nobody knows is only words."""
    message = _message(update)
    name = str(message.text)[1:].split(maxsplit=1)[0].partition("@")[0].lower()
    if name in _COMMANDS:
        put(message, "command", {"text": "", "means": _COMMANDS[name]})
    else:
        put(message, "words", {"text": str(message.text)})


async def press(update: Update, context: Context) -> None:
    """A button under a message. A second tap on the same message is told apart and does nothing."""
    query = update.callback_query
    assert query is not None
    message = query.message
    token = str(query.data or "")

    def write(now: datetime) -> None:
        address = str(message.chat.id) if message else str(query.from_user.id)
        chat = chats.open_chat("telegram", address, now)
        taken = staff.take(chat, token, now)
        chosen = None if taken else page_view.buttons_beside(chat, token, now).chosen
        said = wording.phrase("telegram_chosen", title=chosen) if chosen else ""
        outbox.answer_press(chat, query.id, now, said)
        if taken is not None:
            outbox.reply(chat.id, taken, now)
        elif chosen is None:
            inbox.receive(chat, f"press-{update.update_id}", "press", {"token": token}, now)

    in_hand.get().write = write


async def place(update: Update, context: Context) -> None:
    """A place on the map."""
    message = _message(update)
    spot = message.location or (message.venue.location if message.venue else None)
    assert spot is not None
    put(message, "location", {"latitude": spot.latitude, "longitude": spot.longitude})


async def contact(update: Update, context: Context) -> None:
    """A contact: the sender's own, which tells who they are, or a card of somebody else."""
    message = _message(update)
    card, sender = message.contact, message.from_user
    assert card is not None
    if sender is None or card.user_id != sender.id:
        answer(message, wording.say("telegram_contact"))
        return

    def write(now: datetime) -> None:
        chat = chat_of(message, now)
        known = staff.recognise(chat, card.phone_number)
        if known is not None:
            outbox.reply(chat.id, known, now)
        if known is None or people.by_phone(card.phone_number):
            payload = {"phone": card.phone_number, "own": True}
            inbox.receive(chat, source_of(message), "contact", payload, now)

    in_hand.get().write = write


async def edited(update: Update, context: Context) -> None:
    """Words that were changed: taken instead of the first ones while nobody has begun on those."""
    message = update.edited_message
    assert message is not None
    text = message.text or message.caption
    if not text:
        return

    def write(now: datetime) -> None:
        chat = chat_of(message, now)
        if not inbox.correct(chat, source_of(message), text):
            outbox.reply(chat.id, wording.say("telegram_edited_late"), now)

    in_hand.get().write = write


async def sticker(update: Update, context: Context) -> None:
    """A picture that says hello."""
    answer(_message(update), wording.say("telegram_sticker"))


async def unknown(update: Update, context: Context) -> None:
    """Anything else: a poll, a game, whatever Telegram thinks of next."""
    answer(_message(update), wording.say("telegram_unknown"))


async def ignored(update: Update, context: Context) -> None:
    """What Telegram says of a chat itself: somebody joined, the title changed."""


async def in_group(update: Update, context: Context) -> None:
    """In a group the assistant speaks when spoken to, and only to say where to speak to it."""
    message = _message(update)
    if _is_addressed(message, context.bot.id, context.bot.username):
        answer(message, wording.say("telegram_group"))


async def membership(update: Update, context: Context) -> None:
    """Somebody has blocked the assistant, or lets it write again; a group has thrown it out, or taken it in."""
    change = update.my_chat_member
    assert change is not None
    gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)

    def write(now: datetime) -> None:
        chat = chats.open_chat("telegram", str(change.chat.id), now)
        if gone:
            chats.block(chat, now)
        else:
            chats.unblock(chat)

    in_hand.get().write = write


async def migrated(update: Update, context: Context) -> None:
    """A group has become a supergroup and has another number now."""
    message = _message(update)
    new, old = message.migrate_to_chat_id, message.migrate_from_chat_id
    addresses = (message.chat.id, new) if new else (old, message.chat.id)

    def write(now: datetime) -> None:
        before, after = (str(number) for number in addresses)
        known = chats.find_chat("telegram", before)
        if known is not None:
            chats.move(known, after)

    in_hand.get().write = write


def _is_addressed(message: Message, bot_id: int, username: str) -> bool:
    """Whether a message in a group is meant for the assistant: a mention, a reply to it, a command."""
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == bot_id:
        return True
    text = (message.text or message.caption or "").lower()
    if f"@{username.lower()}" in text:
        return True
    commands = message.parse_entities([MessageEntity.BOT_COMMAND]) if message.text else {}
    return any(entity.offset == 0 and "@" not in said for entity, said in commands.items())


def _quoted(message: Message) -> str | None:
    return str(message.reply_to_message.message_id) if message.reply_to_message else None


def _message(update: Update) -> Message:
    assert update.message is not None
    return update.message
