"""Why a booking is refused; each is told to the person with the next best thing."""

from __future__ import annotations

from service.errors import Refusal


class ActivityFull(Refusal):
    """No seat is left; `position` is the place one would get in the waiting list."""

    code = "activity_full"


class AlreadyBooked(Refusal):
    """The person has a live booking of this activity, `receipt_no`."""

    code = "already_booked"


class ActivityClosed(Refusal):
    """It cannot be booked any more; `reason` says why in words."""

    code = "activity_closed"


class NotEligible(Refusal):
    """It is not for this person; `reason` says why in words."""

    code = "not_eligible"


class TimeClash(Refusal):
    """The person has another booking, `receipt_no`, at that time."""

    code = "time_clash"


class BookingGone(Refusal):
    """The booking, `receipt_no`, was given back already."""

    code = "booking_gone"


class TooLateToCancel(Refusal):
    """The activity has begun."""

    code = "too_late_to_cancel"
