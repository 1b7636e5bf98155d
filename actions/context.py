"""What context decides: words that one area understands better than the intent they were taken for."""

from __future__ import annotations

from actions.turn import Turn

# In these forms a message may still be about something else; any other form keeps its answers to itself.
_INTERRUPTIBLE = (None, "confirm_form", "help_form")


def taken(turn: Turn) -> bool:
    """Whether an area has answered the message in place of the action that the intent would run."""
    if turn.open_form not in _INTERRUPTIBLE:
        return False
    # These modules know Handler, which asks here.
    from actions import help_form, helping, hour_gifts, rewards, statements

    if any(take(turn) for take in (hour_gifts.take, rewards.take, helping.take, help_form.take)):
        return True
    if statements.takes(turn):
        statements.tell_recognitions(turn)
        return True
    return False
