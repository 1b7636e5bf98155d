"""Why a redemption is refused; each is told to the person with the next best thing."""

from __future__ import annotations

from service.errors import Refusal


class AlreadyRedeemed(Refusal):
    """This very question was answered with yes before, and the reward is kept as `receipt_no`."""

    code = "already_redeemed"


class RewardWithdrawn(Refusal):
    """`name` is not offered any more."""

    code = "reward_withdrawn"


class RewardSoldOut(Refusal):
    """There are not so many of `name` left, only `left`."""

    code = "reward_sold_out"


class RewardLimit(Refusal):
    """A person may have `per_person` of `name` a year, and this one has had `had`."""

    code = "reward_limit"


class TooFewPoints(Refusal):
    """`cost` is more than the `balance`; `short` is what is missing."""

    code = "too_few_points"


class ProxyMayNotRedeem(Refusal):
    """Points are redeemed by whose they are, not by whoever acts for them."""

    code = "proxy_may_not_redeem"


class RedemptionSettled(Refusal):
    """The redemption `receipt_no` is no longer reserved; `how` says what became of it."""

    code = "redemption_settled"
