"""Why enrolling in a class is refused; each is told to the person with the next best thing."""

from __future__ import annotations

from service.errors import Refusal


class ClassFull(Refusal):
    """No seat is left; `position` is the place one would get in the waiting list."""

    code = "class_full"


class AlreadyEnrolled(Refusal):
    """The person has a place in this class or waits for one, `receipt_no`."""

    code = "already_enrolled"


class EnrolmentClosed(Refusal):
    """Nobody can enrol in it now; `reason` says why in words."""

    code = "enrolment_closed"


class ClassNotForYou(Refusal):
    """It is not for this person; `reason` says why in words."""

    code = "class_not_for_you"


class EnrolmentGone(Refusal):
    """The place, `receipt_no`, was given back already."""

    code = "enrolment_gone"


class TermOver(Refusal):
    """The term is over, so there is nothing to give back."""

    code = "term_over"
