"""A human being, from anywhere: danger, fraud, complaints, questions to staff, and how far a matter has got."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

from actions.handler import Handler
from actions.suggestion_words import show_path, show_public
from actions.turn import Choice, Turn
from service import clock, wording
from service.cases import questions
from service.errors import NotFound
from service.matters import queries
from service.matters.models import Matter
from service.organisations.queries import office_phone

_SHORT = 40
# What people call what they handed in.
_KINDS = (("建议", "suggestion"), ("报名", "booking"), ("投诉", "question"), ("工作人员", "question"))


class TalkToStaff(Handler):
    """Hands the conversation to staff; its buttons withdraw or end it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_talk_to_staff"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if receipt_no := turn.entity("withdraw"):
            questions.close(queries.find(turn.chat, receipt_no).receipt_no, "已撤回", turn.now)
            turn.say("handover_withdrawn", receipt_no=receipt_no)
        elif receipt_no := turn.entity("solved"):
            questions.close(queries.find(turn.chat, receipt_no).receipt_no, "已解决", turn.now)
            turn.say("question_solved", receipt_no=receipt_no)
        elif receipt_no := turn.entity("again"):
            found = queries.find(turn.chat, receipt_no).receipt_no
            matter = questions.ask_again(found, turn.chat, turn.text, turn.now)
            turn.say("asked_again", receipt_no=matter.receipt_no, phone=office_phone())
        else:
            matter = questions.hand_over(turn.chat, "talk", words_of(turn), turn.now, turn.media)
            turn.say("handed_over", receipt_no=matter.receipt_no, phone=office_phone())


class Complain(Handler):
    """Hands a complaint to staff, word for word."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_complain"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        matter = questions.hand_over(turn.chat, "complaint", words_of(turn), turn.now, turn.media)
        turn.say("complained", receipt_no=matter.receipt_no, phone=office_phone())


class _Danger(Handler, ABC):
    """Answers danger at once, sets aside whatever was being filled in, and alerts staff."""

    @property
    @abstractmethod
    def why(self) -> str:
        """What it is to staff: emergency or scam."""

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.set_form_aside()
        matter = questions.hand_over(turn.chat, self.why, words_of(turn), turn.now, turn.media)
        key = self.name().removeprefix("action_")
        turn.say(key, receipt_no=matter.receipt_no, phone=office_phone())
        turn.offer_set_aside()


class Emergency(_Danger):
    """Danger to life."""

    why = "emergency"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_emergency"


class ReportScam(_Danger):
    """Fraud."""

    why = "scam"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_report_scam"


class TrackMatter(Handler):
    """Says how far what was handed in has got: one by its number, or the latest."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_track_matter"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if turn.points_outside("matters"):
            turn.say_outside()
            return
        number = turn.entity("matter_no") or turn.chosen("matters")
        if number is not None:
            self._by_number(turn, str(number))
            return
        kind = next((kind for word, kind in _KINDS if word in turn.text), None)
        found = queries.recent(turn.chat, kind) or queries.recent(turn.chat)
        if not found:
            turn.require_person()
            turn.say("matters_none")
        elif len(found) == 1:
            self._one(turn, found[0])
        else:
            self._list(turn, found)

    def _by_number(self, turn: Turn, number: str) -> None:
        try:
            matter = queries.find(turn.chat, number)
        except NotFound:
            # Whoever seconds a suggestion may follow it too.
            if turn.person is None or not show_public(turn, number):
                raise
            return
        self._one(turn, matter)

    @staticmethod
    def _one(turn: Turn, matter: Matter) -> None:
        if matter.kind == "suggestion":
            show_path(turn, matter)
            return
        today = clock.local(turn.now).date()
        created, changed = (clock.day_words(day, today) for day in (matter.created_at, matter.changed_at))
        since = wording.phrase("matter_since", changed=changed) if changed != created else ""
        answer = questions.last_answer(matter) if matter.kind == "question" else None
        turn.say(
            "matter_detail",
            receipt_no=matter.receipt_no,
            subject=_short(matter.subject),
            state=matter.state,
            created=created,
            since=since,
            answer=wording.phrase("matter_answer", words=answer) if answer else "",
        )

    @staticmethod
    def _list(turn: Turn, found: list[Matter]) -> None:
        today = clock.local(turn.now).date()
        turn.show("matters", [matter.receipt_no for matter in found])
        lines = [
            wording.phrase(
                "matter_line",
                number=number,
                receipt_no=matter.receipt_no,
                subject=_short(matter.subject),
                state=matter.state,
                changed=clock.day_words(matter.changed_at, today),
            )
            for number, matter in enumerate(found, 1)
        ]
        choices = [
            Choice(f"{number}. {matter.receipt_no}", "track_matter", {"matter_no": matter.receipt_no})
            for number, matter in enumerate(found, 1)
        ]
        turn.say("matters_list", choices, lines="\n".join(lines))


def words_of(turn: Turn) -> str:
    """What the person said, or what they sent without a word."""
    return turn.text.strip() or wording.phrase("media_alone", things=things(turn.media))


def things(media: list[dict[str, Any]]) -> str:
    """What came, in words: 一张照片、一段语音."""
    counted = Counter(thing["kind"] for thing in media)
    said = {kind: wording.phrase(f"thing_{kind}") for kind in counted}
    return "、".join(
        said[kind] if count == 1 else said[kind].replace("一", str(count), 1)
        for kind, count in counted.items()
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[:_SHORT] + "…"


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [TalkToStaff(), Complain(), Emergency(), ReportScam(), TrackMatter()]
