"""What a message said while a suggestion is asked for holds: the proposal itself, or something else in between."""

from __future__ import annotations

import re
from typing import Any

# What is left of a message without these says whether it already holds the proposal.
_PREAMBLE = re.compile(
    r"^(?:您好|你好|同志|喂|那个|请问|麻烦)*[,，。！! ]*"
    r"(?:我|咱们?|俺|阿拉)?(?:也|还)?(?:想要?|要|来|可以|能不能|能)?"
    r"(?:给|向|跟|对)?(?:社区|街道|区里|县里|局里|你们|组织|单位|政府)?(?:上|里)?"
    r"(?:提|反映|说|讲|写|有)(?:一?[个条点些]|几[个条点])?(?:小)?(?:建议|建意|意见|想法|主意|看法|点子)"
    r"(?:[哈啊嘛呢吧了哦噻嘎行吗可以]|[,，。:：！!？? ])*"
)
_ENOUGH = 6
# Said while a suggestion is asked for, these are requests of their own, whatever their words.
_ASIDE = frozenset(
    [
        "cancel",
        "talk_to_staff",
        "emergency",
        "report_scam",
        "ask_help",
        "repeat",
        "main_menu",
        "share_media",
        "submit_suggestion",
        "come_back",
        "check_points",
        "points_history",
        "my_schedule",
        "track_matter",
        "find_activity",
        "book_activity",
        "cancel_booking",
        "find_course",
        "continue_study",
        "set_study_reminder",
        "stop_reminders",
        "greet",
        "thank",
        "affirm",
        "deny",
        "goodbye",
        "bind_account",
    ]
)
# A proposal may sound like another request; only a short and sure one is taken for that.
_SURE, _SHORT = 0.6, 20


def proposal_in(text: str) -> str:
    """The proposal that a message holds beyond saying that there is one; empty when it holds none."""
    rest = _PREAMBLE.sub("", text.strip(), count=1).strip(" ，,。:：")
    return rest if len(rest) >= _ENOUGH else ""


def is_aside(message: dict[str, Any]) -> bool:
    """Whether a message said at an open question of a form is a request of its own."""
    intent = message.get("intent") or {}
    if intent.get("name") in ("emergency", "report_scam", "share_media"):
        return True
    if (message.get("metadata") or {}).get("pressed"):
        return True
    if any(entity["entity"] == "rating" for entity in message.get("entities") or []):
        return True
    sure = float(intent.get("confidence") or 0) >= _SURE and len(str(message.get("text"))) <= _SHORT
    return intent.get("name") in _ASIDE and sure
