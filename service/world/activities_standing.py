"""Sections of a world: volunteer teams with their members, standing posts with who holds them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, validator

from service.activities import models, posts, teams
from service.clock import local
from service.people.models import Person
from service.world.parts import Loading, Part, explained, named, one_of, places, text
from service.world.times import When


class Team(Part):
    """A volunteer team."""

    name: str = named()
    about: str = text(256)
    leader: str | None = None
    members: tuple[str, ...] = ()
    since: When = When("now")


class Post(Part):
    """A standing post with who holds it."""

    kind: str
    name: str = named()
    rule: str = named(128)
    minutes: int = Field(..., gt=0)
    place: str = text(128)
    topics: tuple[str, ...] = ()
    holders_needed: int = Field(1, gt=0)
    eligible_classes: tuple[str, ...] = ("正常活动",)
    holders: tuple[str, ...] = ()
    since: When = When("now")

    _kind = validator("kind", allow_reuse=True)(one_of(posts.POST_KINDS))
    _classes = validator("eligible_classes", each_item=True, allow_reuse=True)(one_of(models.CLASSES))


def load_teams(given: Sequence[Team], loading: Loading) -> None:
    """The teams and their rosters."""
    for place, row in places("teams", given):
        since = row.since.at(loading.now)
        leader: Person | None = loading.person(row.leader, f"{place}.leader") if row.leader else None
        with explained(place):
            team = teams.found(row.name, leader, row.about, since)
        for number, name in enumerate(row.members):
            teams.join(team.id, loading.person(name, f"{place}.members[{number}]").id, since)


def load_posts(given: Sequence[Post], loading: Loading) -> None:
    """The posts and who holds them."""
    for place, row in places("posts", given):
        with explained(place):
            post = posts.open_post(
                row.kind,
                row.name,
                row.rule,
                row.minutes,
                place=row.place,
                topics=row.topics,
                holders_needed=row.holders_needed,
                eligible_classes=row.eligible_classes,
            )
            posts.next_due(post, local(loading.now).date())
        for number, name in enumerate(row.holders):
            here = f"{place}.holders[{number}]"
            with explained(here):
                posts.claim(loading.person(name, here), post.id, row.since.at(loading.now))
