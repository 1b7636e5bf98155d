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


class RoomTaken(Refusal):
    """Somebody else has the room then."""

    code = "room_taken"


class RoomClosed(Refusal):
    """The venue is not open then, or the time is past or too long; `hours` are when it is open."""

    code = "room_closed"


class NotBooked(Refusal):
    """The person has no place in what they check in to, `activity_id`."""

    code = "not_booked"


class WrongCode(Refusal):
    """No activity is checked in by that code now."""

    code = "wrong_code"


class NotYetTime(Refusal):
    """It is too early to check in; `when` says from when on."""

    code = "not_yet_time"


class TooLateToCheckIn(Refusal):
    """It began too long ago; staff write down who came late."""

    code = "too_late_to_check_in"


class TooFarAway(Refusal):
    """The place sent is not at the venue; `metres` is how far it is."""

    code = "too_far_away"


class PlaceUnknown(Refusal):
    """Nobody has measured where the venue is, so one checks in by code."""

    code = "place_unknown"


class NotSettled(Refusal):
    """The activity is not over, or was called off or settled in another way."""

    code = "not_settled"


class EntriesClosed(Refusal):
    """Works are no longer taken, or never were."""

    code = "entries_closed"


class PostCovered(Refusal):
    """As many as are needed hold the post already."""

    code = "post_covered"


class AlreadyHeld(Refusal):
    """The person holds the post already, under `receipt_no`."""

    code = "already_held"


class NotDueToday(Refusal):
    """The duty is not due on that day; `when` is the next one."""

    code = "not_due_today"
