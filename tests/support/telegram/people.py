"""What people do with their phones, and the updates that come of it."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image

from .account import member_json
from .entities import trimmed
from .errors import SimError
from .files import Upload
from .sending import forwarded
from .state import Chat, Json, Message, Press, User, World
from .updates import PRESS_LIFETIME

PRESSES_KEPT = 10_000
SUPERGROUP = -1_000_000_000_000  # ids of supergroups lie below this
FILE_NAMES = {"photo": "photo.jpg", "voice": "voice.oga", "video": "video.mp4", "sticker": "sticker.webp",
              "audio": "audio.mp3", "document": "document.pdf"}  # fmt: skip


def add_user(world: World, wish: Json) -> User:
    """A person with a phone; with `started` the bot may write to them already."""
    user_id = int(wish.get("id") or 100_000_000 + world.next_id())
    if user_id in world.users:
        raise SimError(f"there is a user {user_id} already")
    names = wish["first_name"], wish.get("last_name"), wish.get("username")
    user = User(user_id, *names, wish.get("phone"), wish.get("language_code", "zh-hans"))
    world.users[user_id] = user
    status = "member" if wish.get("started") else "left"
    world.chats[user_id] = Chat(user_id, "private", user=user, bot_status=status)
    return user


def add_group(world: World, title: str, members: list[User], *, supergroup: bool = False) -> Chat:
    """A group of people; the bot is not in it yet."""
    number = 1_000_000 + world.next_id()
    chat_id, kind = (SUPERGROUP - number, "supergroup") if supergroup else (-number, "group")
    chat = Chat(chat_id, kind, title, members={member.id: member for member in members})
    world.chats[chat_id] = chat
    return chat


def speak(world: World, user: User, chat: Chat, content: Json, reply_to: Message | None = None) -> Message:
    """A person sends a message of any kind. Raises SimError where their phone would not let them."""
    if user.deleted:
        raise SimError(f"{user.first_name} has deleted the account")
    if chat.user is not None and chat.bot_status == "kicked":
        raise SimError(f"{user.first_name} has blocked the bot and must unblock it first")
    if chat.user is not user and user.id not in chat.members:
        raise SimError(f"{user.first_name} is not in this chat")
    if chat.user is not None:
        chat.bot_status = "member"
    message = world.add_message(chat, user, content, reply_to=reply_to)
    if _bot_sees(world, chat, message):
        world.updates.push("message", message.as_api(), chat.id)
    return message


def say(world: World, user: User, chat: Chat, text: str, reply_to: Message | None = None) -> Message:
    """A person types."""
    plain, entities = trimmed(text, [])
    return speak(world, user, chat, {"text": plain, **({"entities": entities} if entities else {})}, reply_to)


def edit(world: World, user: User, chat: Chat, message_id: int, text: str) -> Message:
    """A person changes what they wrote."""
    message = chat.messages.get(message_id)
    if message is None or message.sender is not user:
        raise SimError(f"{user.first_name} has written no message {message_id}", 404)
    message.earlier.append(message.content)
    plain, entities = trimmed(text, [])
    field = "text" if "text" in message.content else "caption"
    kept = {name: value for name, value in message.content.items() if not name.endswith("entities")}
    marks = {"entities" if field == "text" else "caption_entities": entities} if entities else {}
    message.content = {**kept, field: plain, **marks}
    message.edit_date = world.clock.now()
    chat.changed.fire()
    if _bot_sees(world, chat, message):
        world.updates.push("edited_message", message.as_api(), chat.id)
    return message


def press(world: World, user: User, message: Message, data: str) -> Press:
    """A person presses an inline button that carries `data`."""
    query = Press(str(4_000_000_000_000 + world.next_id()), user, message, world.clock.now() + PRESS_LIFETIME)
    world.presses[query.id] = query
    if len(world.presses) > PRESSES_KEPT:
        del world.presses[next(iter(world.presses))]
    shown = {
        "id": query.id,
        "from": user.as_api(),
        "message": message.as_api(),
        "chat_instance": str(5_000_000_000 + abs(message.chat.id)),
        "data": data,
    }
    world.updates.push("callback_query", shown, user.id, lifetime=PRESS_LIFETIME)
    return query


def tap(world: World, user: User, chat: Chat, button: Json, place: Json | None) -> Message:
    """A person taps a button of the reply keyboard: its text, their contact or their place is sent."""
    keyboard = chat.keyboard
    if keyboard is not None and (keyboard.markup or {}).get("one_time_keyboard"):
        chat.keyboard = None
    if button.get("request_contact"):
        if not user.phone:
            raise SimError(f"{user.first_name} has no phone number to share")
        card = {"phone_number": user.phone, "first_name": user.first_name, "user_id": user.id}
        return speak(world, user, chat, {"contact": card}, keyboard)
    if button.get("request_location"):
        return speak(world, user, chat, {"location": place or {"latitude": 29.5, "longitude": 106.5}})
    return say(world, user, chat, button["text"])


def send(world: World, user: User, chat: Chat, wish: Json, reply_to: Message | None = None) -> list[Message]:
    """A person sends something other than words: `kind` says what, the README says with which fields."""
    if wish["kind"] == "album":
        group = str(world.next_id() + 13_000_000_000)
        contents = [{"media_group_id": group, **_content(world, user, item)} for item in wish["items"]]
    else:
        contents = [_content(world, user, wish)]
    return [speak(world, user, chat, content, reply_to) for content in contents]


def set_blocked(world: World, user: User, *, blocked: bool) -> None:
    """A person blocks the bot, or lets it write again."""
    chat = world.chats[user.id]
    _bot_status(world, chat, user, "kicked" if blocked else "member")


def add_bot(world: World, group: Chat, by: User) -> None:
    """A member takes the bot into a group."""
    _bot_status(world, group, by, "member")
    _service_message(world, group, by, {"new_chat_members": [world.bot.as_api()]})


def remove_bot(world: World, group: Chat, by: User) -> None:
    """A member throws the bot out of a group."""
    _service_message(world, group, by, {"left_chat_member": world.bot.as_api()})
    _bot_status(world, group, by, "kicked")


def migrate(world: World, group: Chat, by: User) -> Chat:
    """A group becomes a supergroup, with a new id; the old one refuses everything from then on."""
    successor = add_group(world, group.title or "", list(group.members.values()), supergroup=True)
    successor.bot_status = group.bot_status
    _service_message(world, group, by, {"migrate_to_chat_id": successor.id})
    _service_message(world, successor, by, {"migrate_from_chat_id": group.id})
    group.migrated_to = successor.id
    return successor


def _bot_sees(world: World, chat: Chat, message: Message) -> bool:
    """In private, all; in a group with privacy on, commands, mentions and replies to the bot."""
    if chat.user is not None or (chat.bot_status == "member" and not world.privacy):
        return True
    if chat.bot_status != "member":
        return False
    words = message.content.get("text") or message.content.get("caption") or ""
    answers_bot = message.reply_to is not None and message.reply_to.sender is world.bot
    return answers_bot or words.startswith("/") or f"@{world.bot.username}" in words


def _service_message(world: World, chat: Chat, by: User, content: Json) -> None:
    message = world.add_message(chat, by, content)
    world.updates.push("message", message.as_api(), chat.id)


def _bot_status(world: World, chat: Chat, by: User, status: str) -> None:
    if chat.bot_status == status:
        raise SimError(f"the bot is {status} in this chat already")
    bot = world.bot.as_api()
    change = {
        "chat": chat.as_api(),
        "from": by.as_api(),
        "date": world.clock.now(),
        "old_chat_member": member_json(bot, chat.bot_status),
        "new_chat_member": member_json(bot, status),
    }
    chat.bot_status = status
    world.updates.push("my_chat_member", change, chat.id)
    chat.changed.fire()


def _content(world: World, user: User, wish: Json) -> Json:
    kind = wish["kind"]
    if kind == "location":
        return {"location": {name: float(wish[name]) for name in ("latitude", "longitude")}}
    if kind == "contact":
        names = ("phone_number", "first_name", "last_name", "user_id")
        return {"contact": {name: wish[name] for name in names if name in wish}}
    if kind == "forward":
        if "message_id" in wish:
            return forwarded(world.chat(int(wish["from_chat_id"])).messages[int(wish["message_id"])])
        origin = {"type": "hidden_user", "sender_user_name": wish["from_name"], "date": world.clock.now()}
        return {"forward_origin": origin, "text": wish["text"]}
    if kind not in FILE_NAMES:
        raise SimError(f"people do not send {kind!r}", 400)
    content = base64.b64decode(wish["content"]) if "content" in wish else _sample(kind)
    name = wish.get("file_name", FILE_NAMES[kind])
    upload = Upload(name, content, int(wish.get("size", len(content))), wish.get("mime_type"))
    file = world.files.add(kind, upload, _details(kind, wish))
    caption, entities = trimmed(wish.get("caption", ""), [])
    marks = {"caption_entities": entities} if entities else {}
    return {kind: file.content_json, **({"caption": caption} if caption else {}), **marks}


def _details(kind: str, wish: Json) -> dict[str, Any]:
    duration = {"duration": int(wish.get("duration", 3))}
    if kind == "video":
        return {**duration, "width": 640, "height": 480}
    if kind == "sticker":
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return {**shape, "emoji": wish.get("emoji", "👍")}
    return duration if kind in ("voice", "audio") else {}


def _sample(kind: str) -> bytes:
    """Something of this kind, where a test does not care what: for a photo, a real picture."""
    if kind != "photo":
        return f"a sample {kind}".encode()
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 140, 90)).save(buffer, "JPEG")
    return buffer.getvalue()
