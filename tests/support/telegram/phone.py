"""What a person's phone shows, and what it can be waited for to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .errors import SimError
from .state import Chat, Json, Message, User, World

KINDS = ("photo", "voice", "video", "audio", "document", "sticker", "venue", "location", "contact", "text")
MESSAGE_WISHES = {"text", "button", "message_id", "kind", "edited"}
OTHER_WISHES = {"keyboard", "no_keyboard", "toast", "gone", "action", "version", "count", "after",
                "timeout", "chat_id", "answered"}  # fmt: skip


def screen(world: World, user: User, chat: Chat) -> Json:
    """One chat as the person sees it, oldest message first."""
    markup = chat.keyboard.markup if chat.keyboard else None
    return {
        "user": {**user.as_api(), "phone": user.phone},
        "chat": chat.as_api(),
        "version": chat.changed.version,
        "messages": [_shown(user, message) for message in chat.messages.values()],
        "keyboard": [[button["text"] for button in row] for row in markup["keyboard"]] if markup else None,
        "toasts": [asdict(toast) for toast in user.toasts],
        "action": chat.action,
        "unanswered": _unanswered(world, user),
        "blocked": chat.user is not None and chat.bot_status == "kicked",
    }


def find_button(chat: Chat, wish: Json) -> tuple[Message | None, Json]:
    """What a press on `label` hits: an inline button with its message, or one of the reply keyboard.

    The newest message wins unless `message_id` names one; with `reply_keyboard` only that keyboard counts.
    Raises SimError if no such button is shown.
    """
    label, only = wish.get("label"), wish.get("message_id")
    for message in () if wish.get("reply_keyboard") else reversed(chat.messages.values()):
        if only is not None and message.id != only:
            continue
        for row in (message.markup or {}).get("inline_keyboard", []):
            for button in row:
                if button["text"] == label:
                    return message, button
    if only is None and chat.keyboard is not None:
        for row in (chat.keyboard.markup or {})["keyboard"]:
            for button in row:
                if button["text"] == label:
                    return None, button
    raise SimError(f"no button {label!r} is shown", 404)


def condition(world: World, user: User, chat: Chat, wish: Json) -> Callable[[], Json | None]:
    """A look at the phone that yields the messages found and the screen once all of `wish` is true."""
    if unknown := wish.keys() - MESSAGE_WISHES - OTHER_WISHES:
        raise SimError(f"a phone cannot be waited for by {sorted(unknown)}", 400)
    about_messages = bool(wish.keys() & (MESSAGE_WISHES | {"count"}))

    def look() -> Json | None:
        found = [_shown(user, m) for m in chat.messages.values() if m.sender is world.bot]
        found = [message for message in found if _fits(message, wish)]
        if about_messages and len(found) < wish.get("count", 1):
            return None
        if not _rest_holds(world, user, chat, wish):
            return None
        return {"found": found, "screen": screen(world, user, chat)}

    return look


def _fits(message: Json, wish: Json) -> bool:
    labels = [button["text"] for row in message["buttons"] for button in row]
    return (
        message["id"] > wish.get("after", 0)
        and wish.get("text", "") in message["text"]
        and ("button" not in wish or wish["button"] in labels)
        and wish.get("message_id", message["id"]) == message["id"]
        and wish.get("kind", message["kind"]) == message["kind"]
        and message["edits"] >= int(wish.get("edited", 0))
    )


def _rest_holds(world: World, user: User, chat: Chat, wish: Json) -> bool:
    markup = (chat.keyboard.markup or {}) if chat.keyboard else {}
    labels = [button["text"] for row in markup.get("keyboard", []) for button in row]
    return (
        ("keyboard" not in wish or wish["keyboard"] in labels)
        and (not wish.get("no_keyboard") or chat.keyboard is None)
        and ("toast" not in wish or any(wish["toast"] in toast.text for toast in user.toasts))
        and ("gone" not in wish or wish["gone"] not in chat.messages)
        and (not wish.get("answered") or not _unanswered(world, user))
        and ("action" not in wish or chat.action == wish["action"])
        and chat.changed.version > wish.get("version", -1)
    )


def _unanswered(world: World, user: User) -> int:
    """How many of this person's presses still show as waiting."""
    return sum(press.user is user and not press.answered for press in world.presses.values())


def _shown(user: User, message: Message) -> Json:
    content = message.content
    kind = next((kind for kind in KINDS if kind in content), "service")
    shown: dict[str, Any] = {
        "id": message.id,
        "mine": message.sender is user,
        "from": message.sender.first_name,
        "date": message.date,
        "kind": kind,
        "text": _words(content),
        "entities": content.get("entities") or content.get("caption_entities") or [],
        "buttons": (message.markup or {}).get("inline_keyboard", []),
        "edits": len(message.earlier),
        "earlier": [_words(content) for content in message.earlier],
        "reply_to": message.reply_to.id if message.reply_to else None,
        "forwarded": "forward_origin" in content,
    }
    if kind not in ("text", "service"):
        media = content[kind][-1] if kind == "photo" else content[kind]
        shown["media"] = media
    if "media_group_id" in content:
        shown["album"] = content["media_group_id"]
    return shown


def _words(content: Json) -> str:
    return content.get("text") or content.get("caption") or ""
