"""Finding activities by what a person asked for: topic, place, time, or a sentence that mentions one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from service import linking
from service.activities.listing import Listing, read_listings
from service.activities.models import activities
from service.people.models import Person

SHOWN = 5

# What people say when they mean a kind of activity.
_KIND_WORDS = {
    "主题党日": ("党日", "党员活动", "支部活动", "组织生活"),
    "志愿岗": ("志愿", "志愿者", "志愿服务", "义工", "值岗"),
    "讲座": ("宣讲", "报告会"),
    "培训": ("学习班", "手机课"),
    "文体": ("唱歌", "跳舞", "锻炼", "健身", "演出", "文艺", "体育"),
    "参观走访": ("参观", "走访", "郊游", "外出", "出游", "出去走走", "出去转转"),
    "比赛展览": ("比赛", "展览", "竞赛", "展评"),
    "课程班": ("兴趣班", "老年大学"),
}


@dataclass(frozen=True)
class Wanted:
    """What was asked for; whatever is not given does not narrow.

    `start` and `end` are aware, the end excluded; `around` is the exact time that was said, if one was. `sentence` is the whole message, looked at when it names
    no topic.
    """

    topics: tuple[str, ...] = ()
    place: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    sentence: str = ""
    around: datetime | None = None

    @property
    def narrows(self) -> bool:
        """Whether a topic, kind, place or time was given."""
        return bool(self.named_topics or self.kinds or self.place or self.start)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of activity that the sentence mentions; not looked at when there is a topic."""
        if self.named_topics:
            return ()
        words = {kind: (kind, *others) for kind, others in _KIND_WORDS.items()}
        return tuple(kind for kind in words if linking.mentions(self.sentence, words[kind]))

    @property
    def named_topics(self) -> tuple[str, ...]:
        """The topics without 活动 and the like."""
        return tuple(topic for topic in self.topics if not linking.says_nothing(topic))


@dataclass(frozen=True)
class Found:
    """The best few, the soonest first among equals, and how many more there are."""

    listings: list[Listing]
    rest: int = 0


@dataclass(frozen=True)
class NextBest:
    """What to offer when nothing fits: `how` is other_time, same_time, similar, anything or nothing."""

    how: str
    found: Found


def search(wanted: Wanted, person: Person | None, now: datetime, limit: int = SHOWN) -> Found:
    """What the person may attend, can still book or wait for, and asked for.

    Args:
        person: None for a stranger, who sees public activities only.
    """
    return _first(_matching(wanted, bookable(person, now)), limit)


def named(wanted: Wanted, person: Person | None, now: datetime) -> list[Listing]:
    """What is still to come and was meant, whether it can be booked or not, the likeliest first.

    A title that stands in the sentence decides. Where neither the words nor the sentence name anything:
    nothing.
    """
    to_come = _to_come(person, now)
    if not wanted.narrows and not _is_about_something(wanted, to_come):
        return []
    meant = _matching(wanted, to_come)
    return [each for each in meant if linking.mentions(wanted.sentence, [each.activity.title])] or meant


def next_best(wanted: Wanted, person: Person | None, now: datetime, limit: int = SHOWN) -> NextBest:
    """What comes nearest when nothing fits: the same thing at another time or place, or something like it."""
    open_to_them = bookable(person, now)
    if wanted.named_topics or wanted.sentence:
        anywhen = replace(wanted, place=None, start=None, end=None)
        if _is_about_something(anywhen, open_to_them) and (other := _matching(anywhen, open_to_them)):
            return NextBest("other_time", _first(other, limit))
    if wanted.named_topics and (similar := _similar(wanted.named_topics, open_to_them)):
        return NextBest("similar", _first(similar, limit))
    then = replace(wanted, topics=(), place=None, sentence="")
    if wanted.start and (others := _matching(then, open_to_them)):
        return NextBest("same_time", _first(others, limit))
    return NextBest("anything" if open_to_them else "nothing", _first(open_to_them, limit))


def like(listing: Listing, person: Person | None, now: datetime, limit: int = SHOWN) -> Found:
    """Bookable activities on the same subject, else of the same kind, else any."""
    others = [each for each in bookable(person, now) if each.id != listing.id]
    topics = tuple(listing.activity.topics) or (listing.activity.title,)
    alike = _matching(Wanted(topics=topics), others)
    alike = alike or [each for each in others if each.activity.kind == listing.activity.kind]
    return _first(alike or others, limit)


def bookable(person: Person | None, now: datetime) -> list[Listing]:
    """Everything that the person may book or wait for, the soonest first."""
    return [
        listing
        for listing in _to_come(person, now)
        if listing.why_closed(now) is None and (person is None or listing.why_not_for(person) is None)
    ]


def _to_come(person: Person | None, now: datetime) -> list[Listing]:
    visible = [activities.c.public.is_(True)] if person is None else []
    coming = (activities.c.ends_at > now, activities.c.state.in_(("open", "full", "closed")))
    return read_listings(*coming, *visible)


def _first(listings: list[Listing], limit: int) -> Found:
    return Found(listings[:limit], max(0, len(listings) - limit))


def _matching(wanted: Wanted, listings: list[Listing]) -> list[Listing]:
    """Those that fit, the best named first, then the soonest; the given order is kept among equals."""
    listings = [listing for listing in listings if _is_then(listing, wanted)]
    if wanted.place:
        place = wanted.place
        listings = [each for each in listings if linking.score(place, _places(each)) >= linking.MATCH]
    if wanted.named_topics:
        listings = _best([(_topic_score(wanted.named_topics, each), each) for each in listings])
    else:
        mentioned = _best([(linking.mentions(wanted.sentence, _names(each)), each) for each in listings])
        listings = mentioned if mentioned or wanted.kinds else listings
    return [each for each in listings if _mentions_place(wanted, each)] or listings


def _is_about_something(wanted: Wanted, listings: list[Listing]) -> bool:
    return bool(wanted.named_topics) or any(
        linking.mentions(wanted.sentence, _names(listing)) or _mentions_place(wanted, listing)
        for listing in listings
    )


def _mentions_place(wanted: Wanted, listing: Listing) -> bool:
    venue = listing.venue.name if listing.venue else ""
    return linking.mentions(wanted.sentence, [venue, listing.community]) > 0


def _best(scored: list[tuple[float, Listing]]) -> list[Listing]:
    top = max((score for score, _ in scored), default=0.0)
    kept = [(score, each) for score, each in scored if score >= max(linking.MATCH, top - linking.WITHIN)]
    return [each for _, each in sorted(kept, key=lambda pair: -pair[0])]


def _similar(topics: tuple[str, ...], listings: list[Listing]) -> list[Listing]:
    return [each for each in listings if _topic_score(topics, each) >= linking.SIMILAR]


def _topic_score(topics: tuple[str, ...], listing: Listing) -> float:
    return max(linking.score(topic, _names(listing)) for topic in topics)


def _names(listing: Listing) -> list[str]:
    activity = listing.activity
    return [activity.title, *activity.topics, activity.kind, *_KIND_WORDS[activity.kind]]


def _places(listing: Listing) -> list[str]:
    venue = [listing.venue.name, listing.venue.address] if listing.venue else []
    return [*venue, listing.community, listing.activity.meeting_point]


def _is_then(listing: Listing, wanted: Wanted) -> bool:
    after = wanted.start is None or listing.activity.ends_at > wanted.start
    return after and (wanted.end is None or listing.activity.starts_at < wanted.end)
