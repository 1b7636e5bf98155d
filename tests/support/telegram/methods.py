"""Which methods of the Bot API the emulator knows, by their names in small letters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from . import account, editing, receiving, sending
from .params import Params
from .state import World

Method = Callable[[World, Params], Any]
AsyncMethod = Callable[[World, Params], Awaitable[Any]]


def _by_name(*functions: Callable[..., Any]) -> dict[str, Any]:
    """send_message is reached as sendMessage, whose case does not matter."""
    return {function.__name__.replace("_", ""): function for function in functions}


METHODS: dict[str, Method] = _by_name(
    account.get_me,
    account.log_out,
    account.close,
    account.get_file,
    account.get_chat,
    account.get_chat_member,
    account.set_my_commands,
    account.get_my_commands,
    account.delete_my_commands,
    account.set_my_name,
    account.get_my_name,
    account.set_my_description,
    account.get_my_description,
    account.set_my_short_description,
    account.get_my_short_description,
    account.set_chat_menu_button,
    account.get_chat_menu_button,
    sending.send_message,
    sending.send_photo,
    sending.send_voice,
    sending.send_audio,
    sending.send_video,
    sending.send_document,
    sending.send_location,
    sending.send_venue,
    sending.send_contact,
    sending.send_media_group,
    sending.send_chat_action,
    sending.forward_message,
    sending.copy_message,
    editing.edit_message_text,
    editing.edit_message_caption,
    editing.edit_message_reply_markup,
    editing.delete_message,
    editing.delete_messages,
    editing.answer_callback_query,
)
ASYNC_METHODS: dict[str, AsyncMethod] = _by_name(
    receiving.get_updates,
    receiving.set_webhook,
    receiving.delete_webhook,
    receiving.get_webhook_info,
)
# Those that Telegram's flood limits count.
COUNTED = {name for name in METHODS if name.startswith(("send", "forward", "copy"))} - {"sendchataction"}
