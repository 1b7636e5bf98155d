"""What exists: people, chats, messages, presses of buttons, and what the bot has told Telegram of itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .calls import CallLog
from .clock import Clock
from .errors import SimError
from .faults import ON_UPDATES, Faults
from .files import FileStore
from .updates import UpdateQueue
from .waiting import Signal
from .webhook import Webhook

Json = dict[str, Any]

BOT_ID = 7_000_000_001
DEFAULT_TOKEN = f"{BOT_ID}:AAEmulatorTokenOfNoValueAtAll-00000"


@dataclass(slots=True)
class Toast:
    """What a phone showed after a button was pressed; an `alert` has to be dismissed."""

    text: str
    alert: bool
    message_id: int
    at: int


@dataclass(slots=True)
class User:
    """A person with a phone, or the bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    phone: str | None = None
    language_code: str | None = "zh-hans"
    is_bot: bool = False
    deleted: bool = False
    toasts: list[Toast] = field(default_factory=list)

    def as_api(self) -> Json:
        """The `User` object of the Bot API."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language_code and not self.is_bot:
            user["language_code"] = self.language_code
        return user


@dataclass(slots=True)
class Message:
    """One message as it stands now. `content` holds what its kind adds: text, photo, caption, contact …"""

    id: int
    chat: Chat
    sender: User
    date: int
    content: Json
    markup: Json | None = None
    reply_to: Message | None = None
    edit_date: int | None = None
    earlier: list[Json] = field(default_factory=list)

    def as_api(self, *, with_reply: bool = True) -> Json:
        """The `Message` object of the Bot API."""
        message: Json = {
            "message_id": self.id,
            "from": self.sender.as_api(),
            "chat": self.chat.as_api(),
            "date": self.date,
        }
        if self.edit_date is not None:
            message["edit_date"] = self.edit_date
        if with_reply and self.reply_to is not None:
            message["reply_to_message"] = self.reply_to.as_api(with_reply=False)
        message.update(self.content)
        if self.markup is not None and "inline_keyboard" in self.markup:
            message["reply_markup"] = self.markup
        return message


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's), a group or a supergroup."""

    id: int
    type: str
    title: str | None = None
    user: User | None = None
    members: dict[int, User] = field(default_factory=dict)
    bot_status: str = "left"  # member, left or kicked; in a private chat kicked means blocked
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: Message | None = None  # the message whose reply keyboard is shown
    action: str | None = None  # what the bot was last seen doing, such as typing
    changed: Signal = field(default_factory=Signal)

    def as_api(self) -> Json:
        """The `Chat` object of the Bot API."""
        chat: Json = {"id": self.id, "type": self.type}
        if self.user is None:
            return {**chat, "title": self.title}
        chat["first_name"] = self.user.first_name
        if self.user.last_name:
            chat["last_name"] = self.user.last_name
        if self.user.username:
            chat["username"] = self.user.username
        return chat


@dataclass(slots=True)
class Press:
    """A press of an inline button, waiting for the bot's answer."""

    id: str
    user: User
    message: Message
    expires: int
    answered: bool = False


@dataclass
class World:
    """Everything the emulator knows. Only one bot lives in it."""

    token: str = DEFAULT_TOKEN
    messages_kept: int = 1000  # a chat; the oldest go first, so that memory stays bounded
    calls_kept: int = 100_000
    clock: Clock = field(default_factory=Clock)
    files: FileStore = field(default_factory=FileStore)
    faults: Faults = field(default_factory=Faults)
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)  # commands, descriptions, menu
    webhook: Webhook | None = None
    logged_out: bool = False
    privacy: bool = True  # in groups the bot sees only what is meant for it

    def __post_init__(self) -> None:
        self.bot = User(
            int(self.token.partition(":")[0]), "银龄助手", username="silver_desk_bot", is_bot=True
        )
        self.updates = UpdateQueue(self.clock, repeat=self._repeats)
        self.calls = CallLog(self.calls_kept)
        self._ids: Iterator[int] = itertools.count(1)
        self._message_ids: dict[int, Iterator[int]] = {}

    def _repeats(self, chat_id: int) -> bool:
        return self.faults.pick(ON_UPDATES, None, chat_id) is not None

    def next_id(self) -> int:
        """A number never given before."""
        return next(self._ids)

    def user(self, user_id: int) -> User:
        """The person of this id. Raises SimError if there is none."""
        if user_id not in self.users:
            raise SimError(f"no user {user_id}", 404)
        return self.users[user_id]

    def chat(self, chat_id: int) -> Chat:
        """The chat of this id, for the person's side. Raises SimError if there is none."""
        if chat_id not in self.chats:
            raise SimError(f"no chat {chat_id}", 404)
        return self.chats[chat_id]

    def add_message(
        self,
        chat: Chat,
        sender: User,
        content: Json,
        markup: Json | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Puts a message into a chat and shows it on the phones there."""
        # Private chats and groups share the account's numbers; each supergroup counts for itself.
        owner = chat.id if chat.type == "supergroup" else 0
        numbering = self._message_ids.setdefault(owner, itertools.count(1))
        message = Message(next(numbering), chat, sender, self.clock.now(), content, markup, reply_to)
        chat.messages[message.id] = message
        if len(chat.messages) > self.messages_kept:
            del chat.messages[next(iter(chat.messages))]
        if sender is self.bot:
            chat.action = None
            if markup is not None:
                self._show_keyboard(chat, message)
        chat.changed.fire()
        return message

    @staticmethod
    def _show_keyboard(chat: Chat, message: Message) -> None:
        markup = message.markup or {}
        if "keyboard" in markup:
            chat.keyboard = message
        elif "remove_keyboard" in markup:
            chat.keyboard = None
