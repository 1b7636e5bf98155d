"""Activities in words: on buttons, in lists, in detail."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from actions.turn import Choice, Turn
from service.activities.listing import Listing
from service.activities.models import Booking
from service.activities.schedule import live_booking, place_in_queue
from service.activities.search import SHOWN, Found, NextBest, Wanted, like
from service.clock import day_words, hour_words, local, moment_words
from service.organisations.models import Venue
from service.wording import phrase

_TITLE_ON_BUTTON = 16
# Which line answers, by the words of the question; the first that fits.
_QUESTIONS = (
    ("bring", ("带什么", "带啥", "带哪样", "准备什么", "准备啥", "带东西", "要带", "帶")),
    ("seats", ("名额", "几个人", "多少人", "好多人", "有位", "位置", "满", "还能报", "人数", "座")),
    ("where", ("哪里", "哪儿", "在哪", "哪个地方", "地点", "地址", "怎么走", "咋走", "怎么去", "咋去", "边度",
               "啥地方", "什么地方", "啥子地方", "集合")),
    ("when", ("几点", "什么时候", "啥时候", "好久", "哪天", "几号", "时间", "啥辰光", "多久", "几时")),
)  # fmt: skip


def asked_words(wanted: Wanted, now: datetime) -> str:
    """What was asked for, to begin an answer with: 11月26日（周四）、南华社区、书法，."""
    said = [*_span_words(wanted, now), *([wanted.place] if wanted.place else [])]
    said += wanted.named_topics or wanted.kinds
    return "、".join(said) + "，" if said else ""


def _span_words(wanted: Wanted, now: datetime) -> list[str]:
    if wanted.start is None or wanted.end is None:
        return []
    first, last = local(wanted.start), local(wanted.end) - timedelta(seconds=1)
    today = local(now).date()
    if first.date() == last.date() and wanted.end - wanted.start < timedelta(days=1):
        if wanted.around is not None:
            return [moment_words(wanted.around, today)]
        return [f"{moment_words(first, today)}到{hour_words(wanted.end)}"]
    # Of a week or month that is under way only the rest is asked about.
    begins, ends = max(first.date(), today), last.date()
    if begins == ends:
        return [day_words(begins, today)]
    return [f"{day_words(begins, today)}到{day_words(ends, today)}"]


def choices(listings: list[Listing], intent: str) -> list[Choice]:
    """A button an activity: number, title, date."""
    return [
        Choice(button_words(place, listing), intent, {"activity_id": listing.id})
        for place, listing in enumerate(listings, 1)
    ]


def button_words(number: int, listing: Listing) -> str:
    """Number, title and date, short enough for a button on a phone."""
    title = listing.activity.title
    if len(title) > _TITLE_ON_BUTTON:
        title = title[: _TITLE_ON_BUTTON - 1] + "…"
    return phrase("button_activity", number=number, title=title, day=day_words(listing.activity.starts_at))


def show(turn: Turn, key: str, listings: list[Listing], intent: str, **parameters: object) -> None:
    """Answer with a list, and remember it for 第二个 and, when it is of one, for 这个."""
    turn.say(key, choices(listings, intent), **parameters)
    turn.show("activities", [listing.id for listing in listings])
    turn.set("activity", listings[0].id if len(listings) == 1 else None)


def ask_which(turn: Turn, key: str, listings: list[Listing], intent: str) -> None:
    """Ask which of several is meant, showing the first few of them."""
    rest = max(0, len(listings) - SHOWN)
    more = phrase("and_more", rest=rest) if rest else ""
    show(turn, key, listings[:SHOWN], intent, more=more)


def show_found(turn: Turn, wanted: Wanted, found: Found) -> None:
    """Answer with what was found."""
    shown = len(found.listings)
    asked = asked_words(wanted, turn.now) or phrase("lately")
    key = "activities_found_more" if found.rest else "activities_found"
    if shown == 1 and not found.rest:
        key = "activity_found"
    show(
        turn,
        key,
        found.listings,
        "ask_activity_detail",
        asked=asked,
        count=shown + found.rest,
        shown=shown,
        rest=found.rest,
    )


def show_next_best(turn: Turn, wanted: Wanted, best: NextBest) -> None:
    """Admit that there is none, and answer with what comes nearest."""
    if best.how == "nothing":
        turn.say("activities_none")
        return
    asked = asked_words(wanted, turn.now) or phrase("lately")
    key = f"activities_none_but_{best.how}"
    show(turn, key, best.found.listings, "ask_activity_detail", asked=asked)


def show_gone(turn: Turn, listing: Listing, reason: str) -> None:
    """Say why an activity cannot be had any more, and what is like it."""
    others = like(listing, turn.person, turn.now).listings
    title = listing.activity.title
    if others:
        show(turn, "activity_gone_but_like", others, "ask_activity_detail", title=title, reason=reason)
    else:
        turn.say("activity_gone", title=title, reason=reason)


def show_detail(turn: Turn, listing: Listing) -> None:
    """Answer one question about an activity first, then everything there is to know."""
    turn.set("activity", listing.id)
    activity = listing.activity
    reason = listing.why_closed(turn.now)
    if activity.state == "cancelled" or activity.ends_at <= turn.now:
        show_gone(turn, listing, reason or "")
        return
    mine = live_booking(turn.person.id, listing.id) if turn.person else None
    answer = _answer(turn, listing, _standing(listing, mine, reason))
    today = local(turn.now).date()
    takes = activity.entries_close_at is not None and turn.now < activity.entries_close_at
    cut_off = moment_words(activity.booking_closes_at, today)
    lines = [
        *lines_of(listing, turn.now),
        *_line("about", about=activity.about),
        *_line("hosts", hosts="、".join(activity.hosts)),
        *_line("seats", seats=_seats(listing)),
        *_line(
            "draw", draw=moment_words(activity.draw_at, today) if listing.by_lot and activity.draw_at else ""
        ),
        *_line("entries", until=moment_words(activity.entries_close_at, today) if takes else ""),
        *_line("cut_off", cut_off=cut_off if reason is None and mine is None else ""),
        *_line("receipt", receipt_no=mine.receipt_no if mine else ""),
    ]
    works = [Choice(phrase("button_hand_in"), "book_activity", {"entry_for": listing.id})] if takes else []
    turn.say(
        "activity_detail", [*works, *_what_next(listing, mine, reason)], answer=answer, lines="\n".join(lines)
    )


def _what_next(listing: Listing, mine: Booking | None, reason: str | None) -> list[Choice]:
    offered = []
    if mine is not None:
        offered = [Choice(phrase("button_cancel"), "cancel_booking", {"receipt_no": mine.receipt_no})]
    elif reason is None:
        key = "button_wait" if listing.seats_left == 0 else "button_book"
        key = "button_enter_draw" if listing.by_lot else key
        offered = [Choice(phrase(key), "book_activity", {"activity_id": listing.id})]
    return [*offered, Choice(phrase("button_other"), "find_activity")]


def lines_of(listing: Listing, now: datetime) -> list[str]:
    """When, where, how to get there, what to bring: a line each, without what is not known."""
    activity, venue = listing.activity, listing.venue
    address = f"{venue.name}（{venue.address}）" if venue and venue.address else listing.place
    when, until = _hours(listing, local(now).date())
    return [
        *_line("when", when=when, until=until),
        *_line("where", place=address),
        *_line("meet", meeting_point=activity.meeting_point if venue else ""),
        *_line("access", access=_way_in(venue) if venue else ""),
        *_line("bring", bring=activity.bring),
        *_line("health", note=activity.health_note),
    ]


def _way_in(venue: Venue) -> str:
    """How an older person gets in: the words of the venue, else what is known of bus, steps and lift."""
    if venue.access:
        return venue.access
    steps = phrase("way_steps", steps=venue.steps) if venue.steps else phrase("way_level")
    lift = phrase("way_lift" if venue.lift else "way_no_lift")
    known = [
        venue.bus,
        *([steps] if venue.steps is not None else []),
        *([lift] if venue.lift is not None else []),
    ]
    return "，".join(filter(None, known))


def _line(name: str, **value: str) -> list[str]:
    """The line of that name, if its first value is known."""
    return [phrase(f"line_{name}", **value)] if next(iter(value.values())) else []


def _hours(listing: Listing, today: date) -> tuple[str, str]:
    """Its start, and its end without the day when that is the same."""
    start, end = listing.activity.starts_at, listing.activity.ends_at
    same_day = local(start).date() == local(end).date()
    return moment_words(start, today), hour_words(end) if same_day else moment_words(end, today)


def _answer(turn: Turn, listing: Listing, standing: str) -> str:
    asked = next((key for key, words in _QUESTIONS if any(word in turn.text for word in words)), "overall")
    if asked == "bring" and not listing.activity.bring:
        asked = "bring_nothing"
    when, until = _hours(listing, local(turn.now).date())
    return phrase(
        f"answer_{asked}",
        title=listing.activity.title,
        when=when,
        until=until,
        place=listing.place,
        bring=listing.activity.bring,
        seats=_seats(listing),
        standing=standing,
    )


def _seats(listing: Listing) -> str:
    if listing.seats_left is None:
        return phrase("seats_unlimited")
    if listing.seats_left == 0:
        return phrase("seats_none", waiting=listing.waiting)
    return phrase("seats_left", left=listing.seats_left)


def _standing(listing: Listing, mine: Booking | None, reason: str | None) -> str:
    """How the person stands to it: booked, waiting, or what they could do."""
    if mine is not None and mine.state == "booked":
        return phrase("standing_booked")
    if mine is not None and mine.state == "entered":
        return phrase("standing_entered")
    if mine is not None:
        return phrase("standing_waiting", position=place_in_queue(mine))
    if reason is not None:
        return phrase("standing_closed", reason=reason)
    if listing.by_lot:
        return phrase("standing_draw")
    return phrase("standing_full" if listing.seats_left == 0 else "standing_open")
