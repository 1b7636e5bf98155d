"""A stand-in for Rasa that knows a little of everything the messenger must show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from service import clock, wording
from service.messages import bindings, chats
from service.wording import Utterance

LONG = "这一段话有好几个句子。它很长，长到一条消息放不下！" * 300
CHOICES = [{"title": "确认报名", "payload": "/affirm"}, {"title": "不报了", "payload": "/deny"}]


@dataclass
class Answered:
    """What a turn led to, as `bot.rasa_agent.Answered` has it."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    snapshot: dict[str, Any] = field(default_factory=dict)


class Desk:
    """Greets, asks strangers who they are, offers two buttons, and otherwise says what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def parse(self, text: str, now: str) -> dict[str, Any]:
        """Words as they are."""
        return {"text": text, "intent": {"name": "said", "confidence": 1.0}, "entities": []}

    async def turn(
        self,
        sender_id: str,
        text: str,
        parse_data: dict[str, Any],
        metadata: dict[str, Any],
        before: dict[str, Any] | None,
    ) -> Answered:
        """Answer one message."""
        chat = chats.chat_of_sender(sender_id, clock.now())
        intent = parse_data["intent"]["name"]
        media = Counter(thing["kind"] for thing in metadata.get("media", []))
        self.heard.append(text or intent)
        if intent in ("greet", "main_menu", "ask_help"):
            return (
                _answered(wording.say(intent, name=""))
                if intent == "greet"
                else _answered(wording.say(intent))
            )
        if intent == "bind_account" and metadata.get("contact"):
            found = bindings.bind_by_contact(chat, metadata["contact"], clock.now())
            return _answered(wording.say("bound", name=found[0].name))
        if intent == "check_points" and chat.person_id is None:
            return _answered(wording.say("ask_bind_name"))
        if intent == "check_points":
            return Answered([{"text": "您现在有 120 分。"}])
        if text == "书法课":
            return Answered(
                [{"text": "书法课，11月26日（周四）下午3点。给您报名，对吗？", "buttons": CHOICES}]
            )
        if text == "说长一点":
            return Answered([{"text": LONG}])
        things = "".join(f"，{kind}{count}" for kind, count in media.items())
        return Answered([{"text": f"听到了：{text or intent}{things}"}])


def _answered(said: Utterance) -> Answered:
    buttons = [{"title": button.title, "payload": button.payload} for button in said.buttons]
    return Answered([{"text": said.text, "buttons": buttons}])
