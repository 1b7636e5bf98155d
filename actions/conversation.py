"""Small courtesies, and the ways out of every conversation."""

from __future__ import annotations

from abc import ABC

from actions import rooms
from actions.handler import Handler
from actions.turn import Choice, Turn
from service import wording

_MISSES_BEFORE_STAFF = 2
# What shows one of a list that was shown.
_OPENED_BY = {
    "activities": "action_ask_activity_detail",
    "courses": "action_continue_study",
    "classes": "action_find_course",
    "matters": "action_track_matter",
    "suggestions": "action_browse_suggestions",
}


class Fixed(Handler, ABC):
    """Answers with the one wording that is called as the action, without action_."""

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say(self.name().removeprefix("action_"))


class Affirm(Handler):
    """A yes outside any question takes up the form that was set aside, if one was."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_affirm"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if turn.slot("set_aside"):
            turn.take_form_up()
        else:
            turn.say("nothing_to_confirm")


class Deny(Handler):
    """A no outside any question forgets the form that was set aside, if one was."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_deny"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if turn.slot("set_aside"):
            turn.set("set_aside", None)
            turn.say("cancelled")
        else:
            turn.say("nothing_to_confirm")


class Goodbye(Fixed):
    """Takes leave."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_goodbye"


class Thank(Fixed):
    """Answers thanks."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_thank"


class MainMenu(Fixed):
    """Shows what there is."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_main_menu"


class AskHelp(Fixed):
    """Says how to talk to the assistant."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_help"


class SmallTalk(Fixed):
    """Chats a little, and shows what there is."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_small_talk"


class OutOfScope(Handler):
    """Says plainly what is not done here, and offers to pass the question to a person."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_out_of_scope"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if rooms.take_up(turn):
            # Whoever names a room of ours wants it, in whatever words.
            return
        turn.say("out_of_scope", misread=turn.keep_for_later())


class NotYet(Handler):
    """Offers to pass to a person, word for word, what the assistant cannot do by itself yet."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_not_yet"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("not_yet", misread=turn.keep_for_later())


class Greet(Handler):
    """Greets by name and shows what there is."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_greet"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("greet", name=turn.person.name if turn.person else "")


class Cancel(Handler):
    """Drops what is being done, whatever form it stands in."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_cancel"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if turn.entity("media"):
            turn.set("suggestion_media", None)
            turn.say("media_dropped")
            return
        if turn.open_form is None and turn.slot("set_aside") is None:
            turn.say("nothing_to_cancel")
            return
        turn.drop_form()
        turn.set("set_aside", None)
        turn.say("cancelled")


class ComeBack(Handler):
    """Sets aside the form that was open when the person went away, a day ago or more, and offers it again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_come_back"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if turn.open_form is not None:
            turn.set_form_aside()
            turn.offer_set_aside()


class Repeat(Handler):
    """Says the last answer again, with its buttons."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_repeat"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        said = turn.said_before
        if not said:
            turn.say("nothing_to_repeat")
        # An open form asks its question again by itself, and that may be all there is to repeat.
        for message in said if turn.open_form is None else said[:-1]:
            turn.say_again(message)


class Fallback(Handler):
    """Asks which of two was meant, or admits that it did not understand; staff after the second miss."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_fallback"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        kind = (turn.slot("shown") or {}).get("kind")
        if turn.entity("ordinal") and kind in _OPENED_BY:
            # 第二个, and nothing else: what pressing the second of the list just shown does.
            turn.say_outside() if turn.points_outside(kind) else turn.follow_with(_OPENED_BY[kind])
        elif turn.entity("rating"):
            turn.follow_with("action_rate")
        elif rooms.take_up(turn):
            return
        elif between := turn.message.get("between"):
            self._ask_between(turn, between)
        else:
            misses = int(turn.slot("misses") or 0) + 1
            turn.set("misses", misses)
            key = "not_understood" if misses < _MISSES_BEFORE_STAFF else "not_understood_again"
            turn.say(key, misread=turn.keep_for_later())

    @staticmethod
    def _ask_between(turn: Turn, between: list[str]) -> None:
        names = [wording.phrase(f"intent_{intent}") for intent in between]
        kept = {"misread": turn.keep_for_later()}
        choices = [Choice(name, intent, kept) for name, intent in zip(names, between, strict=True)]
        turn.say("which_of_two", choices, first=names[0], second=names[1])


class DefaultFallback(Handler):
    """Ends a turn that no rule knows how to end. Rasa's own would take the person's message back out of memory."""

    def name(self) -> str:
        """Its name in the domain, which is Rasa's."""
        return "action_default_fallback"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if not turn.has_answered:
            turn.say("not_understood")
        turn.listen()


def actions() -> list[Handler]:
    """The custom actions of this module."""
    fixed = [Goodbye(), Thank(), MainMenu(), AskHelp(), SmallTalk(), OutOfScope(), NotYet()]
    ways_out = [Cancel(), ComeBack(), Repeat(), Fallback(), DefaultFallback()]
    return [*fixed, *ways_out, Affirm(), Deny(), Greet()]
