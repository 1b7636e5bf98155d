"""What cannot be done with a suggestion, by name."""

from __future__ import annotations

from service.errors import Refusal


class SuggestionUnderWay(Refusal):
    """The suggestion was passed on already and cannot be taken back."""

    code = "suggestion_under_way"


class ReasonNeeded(Refusal):
    """Whoever declines a suggestion, or says that it is not solved, says why."""

    code = "reason_needed"


class DueInThePast(Refusal):
    """A suggestion is passed on with a due date that is still to come."""

    code = "due_in_the_past"


class NothingDrafted(Refusal):
    """There is no draft of a reply that could be published."""

    code = "nothing_drafted"


class MergedAlready(Refusal):
    """The suggestion is dealt with in another one, `into`."""

    code = "merged_already"


class CannotMerge(Refusal):
    """One of the two was taken back, or they are one and the same."""

    code = "cannot_merge"


class OwnSuggestion(Refusal):
    """One's own suggestion is not seconded."""

    code = "own_suggestion"


class AlreadySeconded(Refusal):
    """The person seconds it already."""

    code = "already_seconded"


class NotSeconded(Refusal):
    """The person does not second it, or what came of it is decided."""

    code = "not_seconded"


class SecondingOver(Refusal):
    """The suggestion is `state`, so it is too late to second it."""

    code = "seconding_over"


class NotRateable(Refusal):
    """There is no reply to rate yet."""

    code = "not_rateable"


class AlreadyRated(Refusal):
    """It was rated before, as `rating` says."""

    code = "already_rated"


class AlreadyReopened(Refusal):
    """It was reopened once, and is closed for good after the second answer."""

    code = "already_reopened"
