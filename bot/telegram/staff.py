"""Staff on Telegram: known by their phone, they take alerts and answer people from their own chat."""

from __future__ import annotations

import re
from datetime import datetime

from service import wording
from service.cases import alerts, questions
from service.db import unit_of_work
from service.errors import NotFound
from service.messages import buttons, outbox
from service.messages.models import Chat
from service.staff import reach
from service.staff.models import Staff
from service.wording import Utterance

_NUMBER = re.compile(r"[Qq]\d{4}-\d{4,}")
_COMMAND = re.compile(
    r"^\s*(?P<verb>答复|回复|办结|结束|交回)\s*(?P<number>[Qq]\d{4}-\d{4,})?[\s:：,，]*(?P<words>.*)$",
    re.DOTALL,
)
_TAKE = re.compile(r"/take_alert\{\"alert_id\": ?\"?(?P<id>\d+)\"?\}")


def recognise(chat: Chat, phone: str) -> Utterance | None:
    """Reach a member of staff in this chat from now on, if the number that Telegram vouches for is theirs."""
    who = reach.by_phone(phone)
    if who is None:
        return None
    reach.reach(who, chat.id)
    return wording.say("staff_known", name=who.name)


def respond(chat: Chat, text: str, quoted: str | None, now: datetime) -> Utterance | None:
    """Carry out what a member of staff writes about a question.

    Args:
        text: "答复 Q2026-0001 …", "办结 Q2026-0001", or any words in reply to an alert.
        quoted: Telegram's number of the message it replies to.

    Returns:
        What to tell them; None when it is no such thing, or not from staff.
    """
    command = _COMMAND.match(text)
    if command is None and quoted is None:
        return None
    who = reach.by_chat(chat.id)
    if who is None:
        return None
    number = (command["number"] if command else None) or _number_in(chat, quoted)
    if number is None:
        return None
    verb, words = (command["verb"], command["words"].strip()) if command else ("答复", text.strip())
    act = _close if verb in ("办结", "结束", "交回") else _answer
    try:
        return act(number.upper(), who, words, now)
    except NotFound:
        return wording.say("staff_no_question", receipt_no=number.upper())


def take(chat: Chat, token: str, now: datetime) -> Utterance | None:
    """Take an alert whose button was pressed; None when it is no button of an alert."""
    button = buttons.find(chat.id, token)
    meant = _TAKE.fullmatch(button.payload) if button else None
    who = reach.by_chat(chat.id) if meant else None
    if button is None or meant is None or who is None:
        return None
    with unit_of_work():
        if button.used_at is None:
            buttons.press(chat, token, now)
        try:
            alerts.take(int(meant["id"]), who, now)
        except NotFound:
            return wording.say("staff_alert_taken_already")
        alert = outbox.get(button.outbox_id)
        outbox.edit(
            alert, wording.phrase("staff_took", text=(alert.payload or {})["text"], name=who.name), now
        )
        return wording.say("staff_alert_taken")


def _number_in(chat: Chat, quoted: str | None) -> str | None:
    """The receipt number in the message that was replied to."""
    row = outbox.sent_as(chat, quoted) if quoted else None
    found = _NUMBER.search(str((row.payload or {}).get("text"))) if row else None
    return found.group() if found else None


def _answer(number: str, who: Staff, words: str, now: datetime) -> Utterance:
    if not words:
        return wording.say("staff_how", receipt_no=number)
    questions.answer(number, who, words, now)
    return wording.say("staff_answered", receipt_no=number)


def _close(number: str, who: Staff, words: str, now: datetime) -> Utterance:
    """Pass on the last words, if there are any, and hand the person back to the assistant."""
    if words:
        questions.answer(number, who, words, now)
    matter = questions.close(number, "已解决", now)
    said = wording.say("staff_handed_back", receipt_no=number)
    if matter.person_id is not None:
        outbox.tell(matter.person_id, "answer", said, now)
    elif matter.chat_id is not None:
        outbox.write_to_chat(matter.chat_id, "answer", said, now)
    return wording.say("staff_closed", receipt_no=number)
