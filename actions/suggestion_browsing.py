"""What others proposed and what came of it: listed, looked through by words, page by page, one at a time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from actions.handler import Handler
from actions.suggestion_words import choice_of, line_of, show_public
from actions.turn import Choice, Turn
from service import clock
from service.errors import NotFound
from service.suggestions.browsing import PAGE, Found, Sought, browse
from service.suggestions.campaigns import all_campaigns, get_campaign, named
from service.wording import phrase

# What is left of a question without these is what it is about.
_ASKING = re.compile(
    r"议事厅|有没有人?|有些?什么|有哪些|有几[条个]|有啥子?|哪些|大家|别人|人家|老同志|其他人|他们|都|是不是|提过|提了|提的?|"
    r"看一?看|查一?查|查看|打开|给我|帮我|我想|想|要|听听|说说|建议|建意|意见|列表|内容|详细|全文|关于|方面|那[个条些]|这[个条些]|"
    r"后来|怎么样了?|咋个?样了?|咋了|落实|采纳|成果|答复|上面|怎么|没有|了没|了吗|被|多少条?|几条|最近|一下|的话|什么|啥子?|"
    r"[的了吗呢吧啊呀嘛过还再也和跟我人条个里说]|\W"
)
_ADOPTED = re.compile(r"采纳|落实|成果|见效")
_MORE = re.compile(r"再看|再来|还有(?:别的|其他|吗|没)|下一页|多看|接着看|往下看")
_LONGEST_SPAN = timedelta(days=370)


class BrowseSuggestions(Handler):
    """Lists what others proposed, goes on with the list, or shows one of it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_browse_suggestions"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.require_person()
        if turn.points_outside("suggestions"):
            turn.say_outside()
            return
        number = turn.entity("number") or turn.entity("matter_no") or turn.chosen("suggestions")
        if number is not None:
            if not show_public(turn, str(number)):
                raise NotFound()
            # 第一个, said while similar ones are shown.
            turn.ask_form_again()
            return
        last = turn.slot("suggestion_search")
        if last and (turn.entity("more") or (not turn.is_press and _MORE.search(turn.text))):
            page = last["page"] + 1
            found = browse(_sought(last), page)
            # After the last page the first one comes again.
            page, found = (page, found) if found.page else (0, browse(_sought(last)))
            _show(turn, last, page, found)
            return
        asked = {"all": True} if turn.is_press else _asked(turn)
        _show(turn, asked, 0, browse(_sought(asked)))


def about(turn: Turn) -> str:
    """What a message about suggestions is about, without the words of asking."""
    said = [*turn.entities("topic"), *turn.entities("place")]
    return "".join(said) or _ASKING.sub("", turn.text)


def _asked(turn: Turn) -> dict[str, Any]:
    """What the message looks for, as it is remembered for the next page."""
    campaign = named(turn.text, [each for each, _ in all_campaigns()])
    asked: dict[str, Any] = {"adopted": bool(_ADOPTED.search(turn.text))}
    if campaign is not None:
        return {**asked, "campaign": campaign.id}
    if time := turn.time:
        start, end = time.get("start"), time.get("end")
        if start and end and clock.parse(start) <= turn.now and _is_span(start, end):
            asked |= {"since": start, "until": end}
    words = about(turn)
    for said in turn.entities("time"):
        words = words.replace(said, "")
    return {**asked, "words": words} if len(words) > 1 else asked


def _is_span(start: str, end: str) -> bool:
    return timedelta(days=1) <= clock.parse(end) - clock.parse(start) <= _LONGEST_SPAN


def _sought(asked: dict[str, Any]) -> Sought:
    def moment(name: str) -> datetime | None:
        return clock.parse(asked[name]) if asked.get(name) else None

    return Sought(
        words=asked.get("words", ""),
        adopted=bool(asked.get("adopted")),
        campaign_id=asked.get("campaign"),
        since=moment("since"),
        until=moment("until"),
    )


def _show(turn: Turn, asked: dict[str, Any], page: int, found: Found) -> None:
    if not found.page:
        none = "about" if asked.get("words") else "adopted" if asked.get("adopted") else "at_all"
        heading = phrase(f"suggestions_none_{none}", about=asked.get("words", ""))
        turn.say("suggestions_none", heading=heading)
        return
    turn.set("suggestion_search", {**asked, "page": page})
    turn.show("suggestions", [each.receipt_no for each in found.page])
    turn.set("suggestion", None)
    numbered = list(enumerate(found.page, 1))
    choices = [choice_of(number, each, "browse_suggestions") for number, each in numbered]
    if found.count > PAGE:
        choices.append(Choice(phrase("button_more_suggestions"), "browse_suggestions", {"more": "yes"}))
    choices.append(Choice(phrase("button_own_suggestion"), "submit_suggestion"))
    turn.say(
        "suggestions_found",
        choices,
        heading=_heading(asked, found.count),
        lines="\n".join(line_of(number, each) for number, each in numbered),
        more=phrase("suggestions_more"),
    )


def _heading(asked: dict[str, Any], count: int) -> str:
    if asked.get("campaign") is not None:
        return phrase(
            "suggestions_heading_campaign", about=get_campaign(asked["campaign"]).title, count=count
        )
    if asked.get("words"):
        return phrase("suggestions_heading_about", about=asked["words"], count=count)
    return phrase(
        "suggestions_heading_adopted" if asked.get("adopted") else "suggestions_heading", count=count
    )


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [BrowseSuggestions()]
