"""Activities as people are told of them: with venue, seats and waiting list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service import wording
from service.activities.eligibility import standing_of
from service.activities.models import Activity, activities, bookings
from service.db import reading
from service.errors import NotFound
from service.organisations.models import Venue, communities, venues
from service.people.models import Person


@dataclass(frozen=True)
class Listing:
    """An activity with where it is and how many have a place (`taken`) or wait for one (`waiting`)."""

    activity: Activity
    venue: Venue | None
    community: str
    taken: int
    waiting: int

    @property
    def id(self) -> int:
        """The activity's id."""
        return self.activity.id

    @property
    def seats_left(self) -> int | None:
        """None when there is no limit."""
        if self.activity.capacity is None:
            return None
        return max(0, self.activity.capacity - self.taken)

    @property
    def by_lot(self) -> bool:
        """Whether one only enters a draw as yet."""
        return self.activity.draw_at is not None and self.activity.drawn_at is None

    @property
    def place(self) -> str:
        """Where it is, as short as it can be said."""
        return self.venue.name if self.venue else self.activity.meeting_point

    def why_closed(self, now: datetime) -> str | None:
        """In words, why it cannot be booked any more; None when it can."""
        activity = self.activity
        if activity.state == "cancelled":
            return wording.phrase("closed_cancelled", reason=activity.cancel_reason)
        if activity.ends_at <= now:
            return wording.phrase("closed_over")
        if activity.starts_at <= now and not activity.lasts:
            return wording.phrase("closed_begun")
        if activity.state not in ("open", "full") or activity.booking_closes_at <= now:
            return wording.phrase("closed_cut_off")
        return None

    def why_not_for(self, person: Person) -> str | None:
        """In words, why the person may not come; None when they may."""
        return standing_of(person).why_not(self.activity)


def get_listing(activity_id: int, *, stranger: bool = False) -> Listing:
    """The activity of that id, whatever became of it.

    Args:
        stranger: whether who asks is not on the roster, and so sees public ones only.

    Raises:
        NotFound: there is none, it is a draft, or it is not shown to strangers.
    """
    found = read_listings(activities.c.id == activity_id, activities.c.state != "draft")
    if not found or (stranger and not found[0].activity.public):
        raise NotFound()
    return found[0]


def read_listings(*conditions: Any) -> list[Listing]:
    """Activities under these conditions on their columns, the soonest first."""
    with reading() as session:
        query = (
            select(Activity, Venue, communities.c.name, _how_many("booked"), _how_many("waiting"))
            .outerjoin(venues, venues.c.id == activities.c.venue_id)
            .outerjoin(communities, communities.c.id == venues.c.community_id)
            .where(*conditions)
            .order_by(activities.c.starts_at, activities.c.id)
        )
        return [
            Listing(activity, venue, community or "", taken, waiting)
            for activity, venue, community, taken, waiting in session.execute(query)
        ]


def _how_many(state: str) -> Any:
    return (
        select(func.count())
        .select_from(bookings)
        .where(bookings.c.activity_id == activities.c.id, bookings.c.state == state)
        .scalar_subquery()
    )
