"""Who holds which post, and which posts lack somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from service import linking
from service.activities.team_models import Claim, Post, claims, posts
from service.clock import local
from service.db import reading
from service.people.models import Person, people


@dataclass(frozen=True)
class Holding:
    """A claim that holds, with its post and who holds it."""

    claim: Claim
    post: Post
    person: Person


@dataclass(frozen=True)
class Coverage:
    """A post, who holds it, and how many are still wanted."""

    post: Post
    holders: tuple[Person, ...]

    @property
    def wanted(self) -> int:
        """How many more are needed for it to be covered."""
        return max(0, self.post.holders_needed - len(self.holders))


def holdings(today: date, *conditions: object) -> list[Holding]:
    """The claims that hold on a day, by post."""
    running = claims.c.until.is_(None) | (claims.c.until >= today)
    with reading() as session:
        query = (
            select(Claim, Post, Person)
            .join(posts, posts.c.id == claims.c.post_id)
            .join(people, people.c.id == claims.c.person_id)
            .where(claims.c.returned_at.is_(None), running, *conditions)
            .order_by(posts.c.name, claims.c.id)
        )
        return [Holding(*row) for row in session.execute(query)]


def held_by(person_id: int, now: datetime) -> list[Holding]:
    """The posts that a person holds."""
    return holdings(local(now).date(), claims.c.person_id == person_id)


def coverage(now: datetime) -> list[Coverage]:
    """Every open post with who holds it, those that lack somebody first."""
    held: dict[int, list[Person]] = {}
    for each in holdings(local(now).date()):
        held.setdefault(each.post.id, []).append(each.person)
    with reading() as session:
        query = select(Post).where(posts.c.closed_at.is_(None)).order_by(posts.c.name)
        every = [Coverage(post, tuple(held.get(post.id, ()))) for post in session.execute(query).scalars()]
    return sorted(every, key=lambda each: (-each.wanted, each.post.name))


def named_in(sentence: str, now: datetime) -> list[Coverage]:
    """The posts that a sentence names by their name, place or topics, those named most exactly."""
    scored = []
    for each in coverage(now):
        post = each.post
        whole = linking.mentions(sentence, [post.name])
        part = linking.mentions(sentence, [post.place]) and linking.mentions(
            sentence, [post.kind, *post.topics]
        )
        scored.append(
            (max(whole + 1 if whole else 0, part, linking.mentions(sentence, [post.place]) / 2), each)
        )
    best = max((score for score, _ in scored), default=0)
    return [each for score, each in scored if score and score == best]
