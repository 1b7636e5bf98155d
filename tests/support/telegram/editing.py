"""The methods that change a message already there, and the answer to a press."""

from __future__ import annotations

from .errors import bad_request
from .keyboards import read_keyboard
from .params import Params
from .sending import addressee, caption_content, text_content
from .state import Chat, Json, Message, Toast, World

DELETABLE = 48 * 3600  # seconds
MAX_TOAST = 200
EDITS_KEPT = 50
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(world: World, params: Params) -> Json:
    """editMessageText."""
    message = _editable(world, params)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, params, message, text_content(params, too_long="MESSAGE_TOO_LONG"))


def edit_message_caption(world: World, params: Params) -> Json:
    """editMessageCaption."""
    message = _editable(world, params)
    if not {"photo", "video", "audio", "voice", "document"} & message.content.keys():
        raise bad_request("there is no caption in the message to edit")
    kept = {name: value for name, value in message.content.items() if not name.startswith("caption")}
    return _edit(world, params, message, kept | caption_content(params))


def edit_message_reply_markup(world: World, params: Params) -> Json:
    """editMessageReplyMarkup."""
    message = _editable(world, params)
    return _edit(world, params, message, message.content)


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage."""
    chat = addressee(world, params)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if not _may_delete(world, chat, message):
        raise bad_request("message can't be deleted")
    _delete(chat, message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """deleteMessages: up to 100; those that are not there are passed over."""
    chat = addressee(world, params)
    ids = params.json("message_ids", "can't parse message identifiers JSON object") or []
    if not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > 100:
        raise bad_request("too many message identifiers specified")
    for message_id in ids:
        message = chat.messages.get(int(message_id))
        if message is not None and _may_delete(world, chat, message):
            _delete(chat, message)
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """answerCallbackQuery; only the first answer to a press is shown."""
    press = world.presses.get(params.text("callback_query_id"))
    if press is None or press.expires <= world.clock.now():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    if not press.answered:
        press.answered = True
        if text:
            toast = Toast(text, params.boolean("show_alert"), press.message.id, world.clock.now())
            press.user.toasts.append(toast)
        press.message.chat.changed.fire()
    return True


def _editable(world: World, params: Params) -> Message:
    if params.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = addressee(world, params)
    number = params.integer("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(number)
    if message is None:
        raise bad_request("message to edit not found")
    # A message that came with a reply keyboard can never be edited.
    with_reply_keyboard = message.markup is not None and "inline_keyboard" not in message.markup
    if message.sender is not world.bot or with_reply_keyboard or "forward_origin" in message.content:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, params: Params, message: Message, content: Json) -> Json:
    markup = read_keyboard(params, private=message.chat.user is not None, inline_only=True)
    if content == message.content and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    message.earlier.append({**message.content, "reply_markup": message.markup})
    del message.earlier[:-EDITS_KEPT]
    message.content, message.markup, message.edit_date = content, markup, world.clock.now()
    message.chat.changed.fire()
    return message.as_api()


def _may_delete(world: World, chat: Chat, message: Message) -> bool:
    ours = message.sender is world.bot or chat.user is not None
    return ours and world.clock.now() - message.date < DELETABLE


def _delete(chat: Chat, message: Message) -> None:
    del chat.messages[message.id]
    if chat.keyboard is message:
        chat.keyboard = None
    chat.changed.fire()
