"""Keyboards: their shapes and limits, refused in the words of Telegram's server."""

from __future__ import annotations

from typing import Any

from .errors import bad_request
from .params import Params

Json = dict[str, Any]

MAX_CALLBACK_DATA = 64  # bytes
MAX_INLINE_BUTTONS = 100
# What makes a button of an inline keyboard do something; exactly one is needed.
INLINE_ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query",
                  "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text",
                  "callback_game", "pay")  # fmt: skip
REPLY_FLAGS = ("resize_keyboard", "one_time_keyboard", "is_persistent", "selective",
               "input_field_placeholder")  # fmt: skip


def read_keyboard(params: Params, *, private: bool, inline_only: bool = False) -> Json | None:
    """The `reply_markup` of a call, checked. `inline_only` is for edits.

    Returns the markup as it will be stored, or None. Raises ApiError for one that Telegram refuses.
    """
    markup = params.json("reply_markup", "can't parse reply keyboard markup JSON object")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    checked = _check(markup, private)
    if inline_only and checked is not None and "inline_keyboard" not in checked:
        raise bad_request("inline keyboard expected")
    return checked


def _check(markup: Json, private: bool) -> Json | None:
    if rows := _rows(markup, "keyboard", 'field "keyboard" must be an Array of Arrays'):
        kept = {name: markup[name] for name in REPLY_FLAGS if name in markup}
        return {"keyboard": [[_reply_button(button, private) for button in row] for row in rows], **kept}
    complaint = 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    if rows := _rows(markup, "inline_keyboard", complaint):
        if sum(len(row) for row in rows) > MAX_INLINE_BUTTONS:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": [[_inline_button(button) for button in row] for row in rows]}
    for kind in ("remove_keyboard", "force_reply"):
        if markup.get(kind):
            return {kind: True}
    return None


def _rows(markup: Json, name: str, complaint: str) -> list[list[Any]]:
    rows = markup.get(name) or []
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(complaint)
    return [row for row in rows if row]


def _reply_button(button: Any, private: bool) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    if "text" not in button:
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not button["text"]:
        raise bad_request("keyboard button text must be non-empty")
    if button.get("request_contact") and not private:
        raise bad_request("phone number can be requested in private chats only")
    if button.get("request_location") and not private:
        raise bad_request("location can be requested in private chats only")
    return button


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"]:
        raise bad_request("inline keyboard button text must be non-empty")
    # An empty address or an empty callback_data counts as none at all; an empty inline query does not.
    if not any(button.get(name) or (name.startswith("switch") and name in button) for name in INLINE_ACTIONS):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(str(button.get("callback_data", "")).encode()) > MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return button
