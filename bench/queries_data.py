"""A big invented database, loaded in bulk: people, a ledger that adds up, activities and who booked them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sqlalchemy.engine import Engine

from bench.bulk import Row, load
from service import clock, encryption
from service.activities import models as activities
from service.ledger import models as ledger
from service.ledger.posting import ISSUED, REDEEMED, person_owner
from service.matters.models import matters
from service.models import metadata
from service.organisations.models import communities, offices, venues
from service.people.models import people

NOW = clock.parse("2026-11-23T09:30")
_VENUES = 200
_BOOKINGS_A_PERSON = 3
# One in five activities is still to come, within three months; the others are of the two years before.
_COMING = 5
_SUBJECTS = [
    "书法",
    "国画",
    "太极拳",
    "合唱",
    "门球",
    "象棋",
    "摄影",
    "声乐",
    "剪纸",
    "茶艺",
    "手机",
    "养生",
    "党史",
    "园艺",
    "舞蹈",
    "朗诵",
    "乒乓球",
    "二胡",
    "京剧",
    "编织",
]
_FORMS = ["入门班", "提高班", "交流会", "展演", "讲座", "比赛", "沙龙", "体验课", "公开课", "研习"]
_AREAS = ["东风", "南湖", "西山", "北苑", "桂花", "银杏", "柳荫", "望江"]
TITLES = tuple(f"{area}{subject}{form}" for area in _AREAS for subject in _SUBJECTS for form in _FORMS)


@dataclass(frozen=True)
class Size:
    """How many of what."""

    people: int
    entries: int
    activities: int


def fill(engine: Engine, size: Size) -> None:
    """Load a database of this size into an empty one, as fast as its engine can."""
    office = {
        "id": 1,
        "name": "银溪县老干部局",
        "region": "银溪县",
        "phone": "0000-8123456",
        "demonstration": True,
    }
    load(engine, offices, [office])
    load(
        engine, communities, ({"id": each, "office_id": 1, "name": f"第{each}社区"} for each in range(1, 51))
    )
    load(engine, venues, (_venue(each) for each in range(1, _VENUES + 1)))
    load(engine, people, (_person(each) for each in range(1, size.people + 1)))
    _load_ledger(engine, size)
    load(engine, activities.activities, (_activity(each, size) for each in range(1, size.activities + 1)))
    load(engine, matters, (_matter(each) for each in range(1, _BOOKINGS_A_PERSON * size.people + 1)))
    load(engine, activities.bookings, _bookings(size))
    _index_words()


def _venue(number: int) -> Row:
    return {
        "id": number,
        "community_id": 1 + number % 50,
        "name": f"第{number}活动室",
        "address": f"中街{number}号",
    }


def _person(number: int) -> Row:
    activity_class = ("正常活动", "正常活动", "适当参加", "不能参加")[number % 4]
    return {
        "id": number,
        "name": f"王{number:06d}",
        "status": "退休",
        "party_member": number % 5 != 0,
        "activity_class": activity_class,
        "community_id": 1 + number % 50,
    }


def _load_ledger(engine: Engine, size: Size) -> None:
    """Every entry moves points between the office and a person, four in five to them; balances are what they prove."""
    held = dict.fromkeys(range(1, size.people + 1), 0)
    moves: list[tuple[int, int]] = []
    for number in range(size.entries):
        person = 1 + number * 6151 % size.people
        amount = -5 if number % 5 == 4 and held[person] >= 5 else 5
        held[person] += amount
        moves.append((person, amount))
    issued = sum(amount for _, amount in moves if amount > 0)
    redeemed = sum(-amount for _, amount in moves if amount < 0)
    accounts = [_account(1, ISSUED, -1, issued, None), _account(2, REDEEMED, 1, redeemed, None)]
    accounts += [_account(2 + who, person_owner(who), 1, balance, who) for who, balance in held.items()]
    load(engine, ledger.accounts, accounts)
    load(engine, ledger.ledger_entries, (_entry(at, amount) for at, (_, amount) in enumerate(moves, 1)))
    load(engine, ledger.postings, (row for at, move in enumerate(moves, 1) for row in _postings(at, *move)))


def _account(number: int, owner: str, side: int, balance: int, person_id: int | None) -> Row:
    held = {"id": number, "currency": "points", "owner": owner, "side": side, "balance": balance}
    return {**held, "person_id": person_id}


def _entry(number: int, amount: int) -> Row:
    posted = _utc(NOW - timedelta(minutes=number % 500_000))
    words = "参加活动" if amount > 0 else "兑换洗衣液"
    return {
        "id": number,
        "currency": "points",
        "source": "activities" if amount > 0 else "redemption",
        "words": words,
        "happened_on": posted.date(),
        "posted_at": posted,
        "key": f"bench:{number}",
    }


def _postings(entry: int, person: int, amount: int) -> Iterator[Row]:
    office = 1 if amount > 0 else 2
    yield {"id": 2 * entry - 1, "entry_id": entry, "account_id": office, "amount": -amount}
    yield {"id": 2 * entry, "entry_id": entry, "account_id": 2 + person, "amount": amount}


def _activity(number: int, size: Size) -> Row:
    coming = number % _COMING == 0
    day = 1 + number * 31 % 90 if coming else -1 - number * 31 % 730
    starts = _utc(NOW.replace(hour=8 + number % 11, minute=0) + timedelta(days=day))
    title = TITLES[number * 7 % len(TITLES)]
    return {
        "id": number,
        "kind": activities.KINDS[number % len(activities.KINDS)],
        "title": title,
        "topics": [title[2:4]],
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "booking_closes_at": starts,
        "venue_id": 1 + number % _VENUES,
        "capacity": 40,
        "eligible_classes": ["正常活动", "适当参加"],
        "public": True,
        "state": "open" if coming else "held",
    }


def _matter(number: int) -> Row:
    when = _utc(NOW - timedelta(days=2))
    matter = {
        "id": number,
        "receipt_no": _receipt(number),
        "kind": "booking",
        "subject": _subject(),
        "state": "已报名",
    }
    return {**matter, "created_at": when, "changed_at": when}


def _bookings(size: Size) -> Iterator[Row]:
    """Everybody has three, each of another activity; the fifth of them that is to come is what a schedule shows."""
    for number in range(1, _BOOKINGS_A_PERSON * size.people + 1):
        person, which = 1 + (number - 1) % size.people, (number - 1) // size.people
        activity = 1 + (person * 13 + which * 8) % size.activities
        yield {
            "id": number,
            "receipt_no": _receipt(number),
            "activity_id": activity,
            "person_id": person,
            "state": "booked",
            "queued_at": _utc(NOW - timedelta(days=2)),
        }


def _receipt(number: int) -> str:
    return f"B2026-{number:04d}"


_SUBJECT: list[bytes] = []


def _subject() -> bytes:
    """The subject of every matter, encrypted once: what is in it does not matter here."""
    if not _SUBJECT:
        _SUBJECT.append(encryption._cipher().encrypt(json.dumps("活动").encode()))
    return _SUBJECT[0]


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc)


def _index_words() -> None:
    """Put the activities into the index that searching looks into, which `publish` would have done."""
    if "activity_terms" not in metadata.tables:
        return
    from service.activities import terms

    terms.index_all()
