"""Tables between people's messengers and the assistant: chats, inbox, outbox, dialogues, buttons, leases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from service.db import RowId, UtcDateTime, mapped, metadata
from service.encryption import EncryptedJSON

chats = Table(
    "chats",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_heard_at", UtcDateTime),
    Column("blocked_at", UtcDateTime),
    Column("claimed_by", String(128)),
    Column("claimed_until", UtcDateTime),
    UniqueConstraint("channel", "address"),
)

bindings = Table(
    "bindings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("bound_at", UtcDateTime, nullable=False),
    Column("proof", String(16), nullable=False),
    Column("unbound_at", UtcDateTime),
    Index("uq_bindings_live", "chat_id", "person_id", unique=True,
          sqlite_where=text("unbound_at IS NULL"), postgresql_where=text("unbound_at IS NULL")),
)  # fmt: skip

binding_codes = Table(
    "binding_codes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("code_hash", String(128), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

binding_attempts = Table(
    "binding_attempts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), nullable=False, index=True),
    Column("failed_at", UtcDateTime, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("source_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("payload", EncryptedJSON),
    Column("received_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("state", String(16), nullable=False),
    Column("handled_at", UtcDateTime),
    Column("failure_id", String(16)),
    UniqueConstraint("chat_id", "source_id"),
    Index("ix_inbox_waiting", "chat_id", "id", sqlite_where=text("state = 'waiting'"),
          postgresql_where=text("state = 'waiting'")),
    Index("ix_inbox_kept", "received_at", sqlite_where=text("payload IS NOT NULL"),
          postgresql_where=text("payload IS NOT NULL")),
)  # fmt: skip

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), index=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("kind", String(24), nullable=False),
    Column("operation", String(16), nullable=False),
    Column("payload", EncryptedJSON),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("dedupe_key", String(128), unique=True),
    Column("inbox_id", ForeignKey("inbox.id"), index=True),
    Column("target_id", ForeignKey("outbox.id")),
    Column("external_id", String(64)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("settled_at", UtcDateTime),
    Column("error", String(128)),
    Index("ix_outbox_open", "state", "due_at", "id", sqlite_where=text("state IN ('pending', 'sending')"),
          postgresql_where=text("state IN ('pending', 'sending')")),
    Index("ix_outbox_kept", "created_at", sqlite_where=text("payload IS NOT NULL"),
          postgresql_where=text("payload IS NOT NULL")),
)  # fmt: skip

dialogues = Table(
    "dialogues",
    metadata,
    Column("chat_id", ForeignKey("chats.id"), primary_key=True),
    Column("snapshot", EncryptedJSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

button_tokens = Table(
    "button_tokens",
    metadata,
    Column("token", String(24), primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), index=True),
    Column("person_id", ForeignKey("people.id")),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("title", String(64), nullable=False),
    Column("payload", String(512), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

telegram_updates = Table(
    "telegram_updates",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("lane", String(32), nullable=False),
    Column("payload", EncryptedJSON),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", String(64)),
    UniqueConstraint("bot_id", "update_id"),
    Index("ix_telegram_updates_waiting", "bot_id", "lane", "update_id", sqlite_where=text("state = 'waiting'"),
          postgresql_where=text("state = 'waiting'")),
)  # fmt: skip

gates = Table(
    "gates",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("closed_until", UtcDateTime, nullable=False),
)


@mapped
@dataclass
class Chat:
    """A conversation on one messenger: `channel` is telegram, page, terminal or rasa; `address` its name there.

    `person_id` is the person it speaks for now; `bindings` holds everyone it may speak for.
    """

    __table__ = chats

    channel: str
    address: str
    opened_at: datetime
    person_id: int | None = None
    last_heard_at: datetime | None = None
    blocked_at: datetime | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    id: int = field(init=False)

    @property
    def sender_id(self) -> str:
        """The name under which Rasa knows this conversation."""
        return f"{self.channel}:{self.address}"


@mapped
@dataclass
class Binding:
    """A chat may speak for a person since `bound_at`; `proof` is how that was shown: phone, code, demo or staff."""

    __table__ = bindings

    chat_id: int
    person_id: int
    bound_at: datetime
    proof: str
    unbound_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class BindingCode:
    """A one-time code that staff gave to a person; only its hash is kept."""

    __table__ = binding_codes

    person_id: int
    code_hash: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    id: int = field(init=False)


@mapped
@dataclass
class BindingAttempt:
    """A failed attempt of a chat to be linked to a person."""

    __table__ = binding_attempts

    chat_id: int
    failed_at: datetime
    id: int = field(init=False)


@mapped
@dataclass
class Incoming:
    """A message that arrived: `kind` is words, press, photo, voice, video, document, location, contact or command.

    `state` goes waiting -> handled, or apologised after three attempts; `failure_id` is the id the person was told.
    `source_id` is the messenger's own number, unique in a chat, so that a redelivery is stored once.
    """

    __table__ = inbox

    chat_id: int
    source_id: str
    kind: str
    payload: dict[str, Any] | None
    received_at: datetime
    state: str = "waiting"
    attempts: int = 0
    handled_at: datetime | None = None
    failure_id: str | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Outgoing:
    """An operation on a messenger: `operation` is send, edit or answer, `kind` reply, answer, alert, or what
    is rechecked before it is sent (study_reminder, booking_reminder, notice).

    `state`: pending -> sending (committed before the call) -> sent / blocked / failed / uncertain; withdrawn when a
    recheck says so, expired when it was too late. A row for a person (no chat yet) gets its chat when it is sent.
    """

    __table__ = outbox

    kind: str
    operation: str
    payload: dict[str, Any] | None
    created_at: datetime
    due_at: datetime
    chat_id: int | None = None
    person_id: int | None = None
    state: str = "pending"
    expires_at: datetime | None = None
    dedupe_key: str | None = None
    inbox_id: int | None = None
    target_id: int | None = None
    external_id: str | None = None
    attempts: int = 0
    settled_at: datetime | None = None
    error: str | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Dialogue:
    """What the assistant remembers of a conversation: slots, open form, the last turns, in Rasa's event format."""

    __table__ = dialogues

    chat_id: int
    snapshot: dict[str, Any]
    updated_at: datetime


@mapped
@dataclass
class ButtonToken:
    """A button as shown: what it says, the Rasa payload it means, for whom, until when, and whether it was used.

    A button written to a person has no chat until its message is sent.
    """

    __table__ = button_tokens

    token: str
    chat_id: int | None
    outbox_id: int
    place: int
    title: str
    payload: str
    expires_at: datetime
    person_id: int | None = None
    used_at: datetime | None = None


@mapped
@dataclass
class Lease:
    """A role that one process holds at a time, until a moment that it keeps moving forward."""

    __table__ = leases

    name: str
    holder: str
    until: datetime


@mapped
@dataclass
class TelegramUpdate:
    """An update as Telegram sent it, stored before it is read: `state` goes waiting -> read, or failed for good.

    `lane` is the chat it concerns, within which order is kept. What it says is forgotten once it has been read;
    `error` is an id and the kind of exception, for one that could not be read.
    """

    __table__ = telegram_updates

    bot_id: int
    update_id: int
    lane: str
    payload: dict[str, Any] | None
    received_at: datetime
    state: str = "waiting"
    attempts: int = 0
    error: str | None = None
    id: int = field(init=False)


@mapped
@dataclass
class Gate:
    """A messenger that has asked to be left alone until a moment."""

    __table__ = gates

    name: str
    closed_until: datetime
