"""Why something in the time bank is refused; each is told with the next best thing."""

from __future__ import annotations

from service.errors import Refusal


class AlreadyAsked(Refusal):
    """This very question was answered with yes before; the request is `receipt_no`."""

    code = "already_asked"


class AlreadyGiven(Refusal):
    """This very gift was made before, as `receipt_no`."""

    code = "already_given"


class TooFewHours(Refusal):
    """`needed` is more than the `balance`, both in words."""

    code = "too_few_hours"


class HelpInThePast(Refusal):
    """The time asked for, `when`, is over."""

    code = "help_in_the_past"


class HelpTaken(Refusal):
    """Somebody else took it on, or it is not open any more; `how` says how it stands."""

    code = "help_taken"


class OwnRequest(Refusal):
    """Nobody helps themselves for their own hours."""

    code = "own_request"


class NotFitToHelp(Refusal):
    """The person's class keeps them from helping others."""

    code = "not_fit_to_help"


class HelpSettled(Refusal):
    """The request `receipt_no` is settled already; `how` says how."""

    code = "help_settled"


class TooEarlyToConfirm(Refusal):
    """It begins only `when`; nothing can have been done yet."""

    code = "too_early_to_confirm"


class GiftToOneself(Refusal):
    """Giver and receiver are the same."""

    code = "gift_to_oneself"


class ProxyMayNotGive(Refusal):
    """Hours are given away by whose they are."""

    code = "proxy_may_not_give"


class GiftSettled(Refusal):
    """The hours given as `receipt_no` are spent, or too long ago given, or taken back already."""

    code = "gift_settled"
