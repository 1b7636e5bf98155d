"""The methods that put a message into a chat."""

from __future__ import annotations

from .entities import formatted
from .errors import bad_request, chat_upgraded, forbidden
from .files import File
from .keyboards import read_keyboard
from .params import Params
from .state import Chat, Json, Message, World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ALBUM = 10
ACTIONS = {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
           "upload_document", "choose_sticker", "find_location", "record_video_note",
           "upload_video_note"}  # fmt: skip


def addressee(world: World, params: Params, name: str = "chat_id") -> Chat:
    """The chat a call is about. Raises ApiError where the bot may not write to it."""
    chat = known_chat(world, params, name)
    if chat.migrated_to is not None:
        raise chat_upgraded(chat.migrated_to)
    if chat.user is not None and chat.user.deleted:
        raise forbidden("user is deactivated")
    if chat.bot_status == "member":
        return chat
    if chat.user is not None:
        blocked = chat.bot_status == "kicked"
        raise forbidden(
            "bot was blocked by the user" if blocked else "bot can't initiate conversation with a user"
        )
    verb = "was kicked from" if chat.bot_status == "kicked" else "is not a member of"
    raise forbidden(f"bot {verb} the {chat.type} chat")


def known_chat(world: World, params: Params, name: str = "chat_id") -> Chat:
    """The chat a call names, whether or not the bot may write to it. Raises ApiError if there is none."""
    if not params.text(name):
        raise bad_request(f"{name} is empty")
    chat = world.chats.get(params.integer(name))
    if chat is None:
        raise bad_request("chat not found")
    return chat


def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    return _send(world, params, addressee(world, params), text_content(params)).as_api()


def send_photo(world: World, params: Params) -> Json:
    """sendPhoto."""
    return _send_file(world, params, "photo")


def send_voice(world: World, params: Params) -> Json:
    """sendVoice."""
    return _send_file(world, params, "voice")


def send_audio(world: World, params: Params) -> Json:
    """sendAudio."""
    return _send_file(world, params, "audio")


def send_video(world: World, params: Params) -> Json:
    """sendVideo."""
    return _send_file(world, params, "video")


def send_document(world: World, params: Params) -> Json:
    """sendDocument."""
    return _send_file(world, params, "document")


def send_location(world: World, params: Params) -> Json:
    """sendLocation."""
    return _send(world, params, addressee(world, params), {"location": _location(params)}).as_api()


def send_venue(world: World, params: Params) -> Json:
    """sendVenue: a place with its name and address."""
    venue = {"location": _location(params), "title": params.text("title"), "address": params.text("address")}
    if not venue["title"] or not venue["address"]:
        raise bad_request("title and address of the venue must be non-empty")
    content = {"venue": venue, "location": venue["location"]}
    return _send(world, params, addressee(world, params), content).as_api()


def send_contact(world: World, params: Params) -> Json:
    """sendContact."""
    names = ("phone_number", "first_name", "last_name")
    contact = {name: params.text(name) for name in names if params.text(name)}
    for name in names[:2]:
        if name not in contact:
            raise bad_request(f"{name.replace('_', ' ')} must be non-empty")
    return _send(world, params, addressee(world, params), {"contact": contact}).as_api()


def send_media_group(world: World, params: Params) -> list[Json]:
    """sendMediaGroup: an album, all of it or none."""
    chat = addressee(world, params)
    items = params.json("media", "can't parse media JSON object") or []
    if not isinstance(items, list) or not items:
        raise bad_request("there are no messages to send")
    if len(items) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    contents = []
    for item in items:
        kind = item.get("type")
        if kind not in ("photo", "video", "document", "audio"):
            raise bad_request(f"can't parse InputMedia: type \"{kind}\" can't be used in sendMediaGroup")
        one = Params({**item, kind: item.get("media")}, params.files)
        contents.append({kind: _file(world, one, kind).content_json, **caption_content(one)})
    kinds = {item["type"] for item in items}
    for kind in ("document", "audio"):
        if kind in kinds and len(kinds) > 1:
            raise bad_request(f"{kind} can't be mixed with other media types")
    group = str(world.next_id() + 13_000_000_000)
    sent = [_send(world, params, chat, {"media_group_id": group, **content}) for content in contents]
    return [message.as_api() for message in sent]


def send_chat_action(world: World, params: Params) -> bool:
    """sendChatAction."""
    chat = addressee(world, params)
    if params.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = params.text("action")
    chat.changed.fire()
    return True


def forward_message(world: World, params: Params) -> Json:
    """forwardMessage."""
    message = _original(world, params, "forward")
    return _send(world, params, addressee(world, params), forwarded(message)).as_api()


def copy_message(world: World, params: Params) -> Json:
    """copyMessage: like a forward, without saying where it comes from."""
    content = dict(_original(world, params, "copy").content)
    content.pop("forward_origin", None)
    if "caption" in params.values and "text" not in content:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content |= caption_content(params)
    return {"message_id": _send(world, params, addressee(world, params), content).id}


def forwarded(message: Message) -> Json:
    """The content of a message passed on, with its origin."""
    origin = {"type": "user", "sender_user": message.sender.as_api(), "date": message.date}
    return {"forward_origin": origin, **message.content}


def text_content(params: Params, too_long: str = "message is too long") -> Json:
    """The content of a text message, checked."""
    text, entities = formatted(params, "text")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad_request(too_long)
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_content(params: Params) -> Json:
    """What a caption adds to a message's content, checked."""
    caption, entities = formatted(params, "caption")
    if len(caption) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    content: Json = {"caption": caption} if caption else {}
    return content | ({"caption_entities": entities} if entities else {})


def _send(world: World, params: Params, chat: Chat, content: Json) -> Message:
    markup = read_keyboard(params, private=chat.user is not None)
    return world.add_message(chat, world.bot, content, markup, _reply_target(chat, params))


def _reply_target(chat: Chat, params: Params) -> Message | None:
    wish = params.json("reply_parameters", "can't parse reply parameters JSON object")
    if wish is None:
        wish = {
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": params.boolean("allow_sending_without_reply"),
        }
    if not wish.get("message_id"):
        return None
    target = chat.messages.get(int(wish["message_id"]))
    if target is None and not wish.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return target


def _send_file(world: World, params: Params, kind: str) -> Json:
    chat = addressee(world, params)
    caption = caption_content(params)
    content = {kind: _file(world, params, kind).content_json, **caption}
    return _send(world, params, chat, content).as_api()


def _file(world: World, params: Params, kind: str) -> File:
    """The file meant by the parameter `kind`: uploaded with this call, or known by its id."""
    wish = params.text(kind)
    upload = params.files.get(wish.removeprefix("attach://") if wish.startswith("attach://") else kind)
    if upload is not None:
        return world.files.add(kind, upload, _details(params, kind))
    if not wish or wish.startswith("attach://"):
        raise bad_request(f"there is no {kind} in the request")
    if wish.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = world.files.by_id.get(wish)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def _details(params: Params, kind: str) -> Json:
    names: dict[str, tuple[str, ...]] = {
        "voice": ("duration",),
        "audio": ("duration",),
        "video": ("duration", "width", "height"),
    }
    return {name: params.integer(name) for name in names.get(kind, ())}


def _location(params: Params) -> Json:
    place = {name: params.number(name) for name in ("latitude", "longitude")}
    if abs(place["latitude"]) > 90 or abs(place["longitude"]) > 180:
        raise bad_request("wrong coordinates specified")
    return place


def _original(world: World, params: Params, verb: str) -> Message:
    source = known_chat(world, params, "from_chat_id")
    message = source.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message
