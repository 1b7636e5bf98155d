"""Keyboards: the menu that is always at the bottom, and the buttons under a message."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from service import wording
from service.messages.models import ButtonToken, Chat

# Two buttons of so many characters stand side by side on a small phone with large letters.
_HALF = 7

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | None


def under(text: str, shown: Sequence[ButtonToken], chat: Chat) -> Markup:
    """What goes with a message.

    Buttons stand under it. Without any the menu at the bottom is shown anew, and so it is instead of buttons that
    would only repeat it. Somebody who is asked who they are can share their number there.
    """
    if chat.address.startswith("-"):
        return None
    if text == wording.phrase("ask_bind_name"):
        return _at_bottom([button.title for button in shown], register=True)
    if shown and [button.payload for button in shown] != menu_payloads():
        return InlineKeyboardMarkup(
            _rows([InlineKeyboardButton(b.title, callback_data=b.token) for b in shown])
        )
    return menu(register=chat.person_id is None)


def menu(*, register: bool) -> ReplyKeyboardMarkup:
    """The menu; with a button for strangers that shares their number."""
    return _at_bottom([button.title for button in wording.say("telegram_menu").buttons], register=register)


def menu_payloads() -> list[str]:
    """What the buttons of the menu mean, in their order."""
    return [button.payload for button in wording.say("telegram_menu").buttons]


def link(title: str, address: str) -> InlineKeyboardMarkup:
    """One button that opens an address."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(title, url=address)]])


def _at_bottom(titles: Sequence[str], *, register: bool) -> ReplyKeyboardMarkup:
    rows = [list(titles[place : place + 2]) for place in range(0, len(titles), 2)]
    keys: list[list[KeyboardButton]] = [[KeyboardButton(title) for title in row] for row in rows]
    if register:
        keys.insert(0, [KeyboardButton(wording.phrase("telegram_register"), request_contact=True)])
    return ReplyKeyboardMarkup(keys, is_persistent=True, resize_keyboard=True)


def _rows(buttons: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Short ones two a row, long ones alone."""
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        last = rows[-1] if rows else []
        if len(last) == 1 and max(len(last[0].text), len(button.text)) <= _HALF:
            last.append(button)
        else:
            rows.append([button])
    return rows
