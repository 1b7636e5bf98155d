"""A human being, from anywhere: danger, fraud, complaints, questions to staff, and how far a matter has got."""

from __future__ import annotations

from abc import ABC, abstractmethod

from actions.handler import Handler
from actions.turn import Turn
from service import clock, wording
from service.cases import questions
from service.matters import queries
from service.matters.models import Matter
from service.organisations.queries import office_phone

_SHORT = 40


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
        else:
            matter = questions.hand_over(turn.chat, "talk", turn.text, turn.now, turn.media)
            turn.say("handed_over", receipt_no=matter.receipt_no, phone=office_phone())


class Complain(Handler):
    """Hands a complaint to staff, word for word."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_complain"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        matter = questions.hand_over(turn.chat, "complaint", turn.text, turn.now, turn.media)
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
        matter = questions.hand_over(turn.chat, self.why, turn.text, turn.now, turn.media)
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
        number = turn.entity("matter_no") or turn.chosen("matters")
        if number is not None:
            self._one(turn, queries.find(turn.chat, str(number)))
            return
        found = queries.recent(turn.chat)
        if not found and turn.person is None:
            turn.require_person()
        if not found:
            turn.say("matters_none")
        elif len(found) == 1:
            self._one(turn, found[0])
        else:
            turn.show("matters", [matter.receipt_no for matter in found])
            turn.say("matters_list", lines="\n".join(self._line(turn, matter) for matter in found))

    @staticmethod
    def _one(turn: Turn, matter: Matter) -> None:
        today = clock.local(turn.now).date()
        turn.say(
            "matter_detail",
            receipt_no=matter.receipt_no,
            subject=_short(matter.subject),
            state=matter.state,
            created=clock.day_words(matter.created_at, today),
            changed=clock.day_words(matter.changed_at, today),
        )

    @staticmethod
    def _line(turn: Turn, matter: Matter) -> str:
        today = clock.local(turn.now).date()
        return wording.phrase(
            "matter_line",
            receipt_no=matter.receipt_no,
            subject=_short(matter.subject),
            state=matter.state,
            changed=clock.day_words(matter.changed_at, today),
        )


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[:_SHORT] + "…"


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [TalkToStaff(), Complain(), Emergency(), ReportScam(), TrackMatter()]
