"""The sample world: an invented county with three hundred people, in the form of a world file."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from service.clock import local
from service.world.sample_activities import Calendar, activities
from service.world.sample_points import rewarded
from service.world.sample_suggestions import suggestions

_DATA = Path(__file__).with_name("sample.yml")
_SEED = 20261122
_PEOPLE = 300

Data = dict[str, Any]


def sample(now: datetime) -> Data:
    """The sample world as a mapping, the same whenever it is made.

    Args:
        now: the time it is said to be; ages are reckoned from its year, and all else is told relative to it.
    """
    data: Data = yaml.load(_DATA.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    chance = random.Random(_SEED)
    people = _people(data, local(now).year, chance)
    shown, others = people[: len(data["people"])], people[len(data["people"]) :]
    courses = [_course(number, course) for number, course in enumerate(data["courses"], start=1)]
    return {
        "office": data["office"],
        "branches": [{"name": name} for name in data["branches"]],
        "communities": [{"name": name} for name in data["communities"]],
        "venues": data["venues"],
        "staff": data["staff"],
        "units": data["liaison_units"],
        "people": people,
        "teams": data["teams"],
        "posts": data["posts"],
        "activities": activities(data["activities"], others, Calendar(), chance),
        "courses": courses,
        "studies": _studies(courses, others, chance),
        "reminders": _reminders(others, chance),
        "terms": data["terms"],
        "classes": [_class_with_places(each, data["terms"][0]["name"], others) for each in data["classes"]],
        "quiz_questions": data["quiz_questions"],
        "quizzes": data["quizzes"],
        "details": data["details"],
        "balances": _balances(shown, others, chance),
        "ledger": _ledger(data, others, chance),
        "campaigns": data["campaigns"],
        "suggestions": suggestions(data["suggestions"], people, chance),
        "reports": data["research_reports"],
        **rewarded(data),
        "questions": _questions(data, others, chance),
    }


def _people(data: Data, year: int, chance: random.Random) -> list[Data]:
    """Those who are offered to be tried, then invented ones of every age and class, no name twice."""
    shown = [dict(person) for person in data["people"]]
    for person in shown:
        person["birth_year"] = year - person.pop("age")
    taken = {person["name"] for person in shown}
    surnames, given = data["surnames"].split(), {"男": data["men"].split(), "女": data["women"].split()}
    drawn: list[Data] = []
    while len(shown) + len(drawn) < _PEOPLE:
        sex = chance.choice("男男女")
        name = chance.choice(surnames) + chance.choice(given[sex])
        if name not in taken:
            taken.add(name)
            phone = 13900002000 + 7 * len(drawn)
            drawn.append({"name": name, "sex": sex, "phone": phone, **_life(data, year, chance)})
    return shown + drawn


def _life(data: Data, year: int, chance: random.Random) -> Data:
    """An age, and the class, unit, branch and community that go with it."""
    age = min(97, 60 + int(chance.triangular(0, 37, 9)))
    home = chance.choice(data["communities"])
    branches = [name for name in data["branches"] if name.startswith(home)] or data["branches"][-4:]
    life = {
        "birth_year": year - age,
        "status": "离休" if age >= 93 else "退休",
        "party_member": chance.random() < 0.8,
        "former_unit": chance.choice(data["units"]),
        "rank_level": chance.choice(data["ranks"]),
        "activity_class": _class(age, chance),
        "class_since": f"-{chance.randrange(30, 300)}d",
        "branch": chance.choice(branches),
        "community": home,
    }
    return {**life, "quiet_from": 21, "quiet_until": 7} if chance.random() < 0.1 else life


def _class(age: int, chance: random.Random) -> str:
    """The older, the likelier it is that somebody should take it easy or stay at home."""
    frailty = (age - 60) / 37 + chance.uniform(-0.25, 0.25)
    return "正常活动" if frailty < 0.45 else "适当参加" if frailty < 0.75 else "不能参加"


def _course(number: int, course: Data) -> Data:
    """A course with a link for each of its lessons; some are watched on television or read."""
    medium = "电视" if number % 7 == 0 else "文字" if number % 9 == 0 else "视频"
    lessons = []
    for place, title in enumerate(course["lessons"], start=1):
        link = f"https://kecheng.yinxi.example/{number}/{place}"
        where = f"银溪电视台生活频道 第{place}周周三上午9点" if medium == "电视" else link
        minutes = 8 + (number + place) % 9
        lessons.append({"title": title, "medium": medium, "where": where, "minutes": minutes})
    return {**course, "lessons": lessons}


def _studies(courses: list[Data], others: list[Data], chance: random.Random) -> list[Data]:
    """陈秀兰 and 李淑芬 in the middle of a course, and a fifth of the others somewhere in one."""
    studies = [
        _study("陈秀兰", "手机摄影入门", 2, "-9d 20:00"),
        _study("陈秀兰", "楷书入门", 3, "-2d 19:30"),
        _study("李淑芬", "中医四季养生", 1, "-4d 10:00"),
    ]
    for person in _some(others, 0.2, chance):
        course = chance.choice(courses)
        done = chance.randrange(1, len(course["lessons"]) + 1)
        when = f"-{chance.randrange(1, 60)}d 10:00"
        studies.append(_study(person["name"], course["title"], done, when))
    return studies


def _study(name: str, course: str, done: int, when: str) -> Data:
    return {"person": name, "course": course, "finished": list(range(1, done + 1)), "when": when}


def _class_with_places(given: Data, term: str, others: list[Data]) -> Data:
    """A class of the term, its places with people who may come to it; drawn apart, so that all else stays as it was."""
    chance = random.Random(f"{_SEED}:{given['title']}")
    fit = [person["name"] for person in others if person["activity_class"] != "不能参加"]
    taken, waiting = given.get("taken", 0), given.get("waiting", 0)
    who = chance.sample(fit, taken + waiting)
    places = {"enrolled": who[:taken], "waiting": who[taken:], "enrolled_at": "-4d 10:00"}
    return {**{key: given[key] for key in given if key not in ("taken", "waiting")}, "term": term, **places}


def _reminders(others: list[Data], chance: random.Random) -> list[Data]:
    rules = (
        "FREQ=DAILY;BYHOUR=8;BYMINUTE=0",
        "FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=15;BYMINUTE=0",
        "FREQ=WEEKLY;BYDAY=SA;BYHOUR=9;BYMINUTE=30",
        "FREQ=DAILY;BYHOUR=19;BYMINUTE=30",
    )
    who = ["陈秀兰", *(person["name"] for person in chance.sample(others, len(rules) + 1))]
    return [{"person": name, "rrule": rules[number % len(rules)]} for number, name in enumerate(who)]


def _balances(shown: list[Data], others: list[Data], chance: random.Random) -> list[Data]:
    """What people brought from the year before."""
    opening: list[Data] = [{"person": person["name"], "points": 60, "hours": 4} for person in shown]
    for person in _some(others, 0.25, chance):
        opening.append({"person": person["name"], "points": 5 * chance.randrange(4, 60)})
    return opening


def _ledger(data: Data, others: list[Data], chance: random.Random) -> list[Data]:
    movements: list[Data] = [
        {"person": "陈秀兰", "points": 20, "words": "图书馆整理图书 2小时", "when": "-20d 16:00"},
        {"person": "陈秀兰", "hours": 2, "words": "图书馆整理图书 2小时", "when": "-20d 16:00"},
        {"person": "陈秀兰", "points": -30, "words": "兑换洗衣液一瓶", "when": "-12d 10:00"},
        {"person": "陈秀兰", "points": 6, "words": "学完《楷书入门》三课", "when": "-2d 20:00"},
        {"person": "王建国", "points": 5, "words": "参加支部学习", "when": "-15d 16:30"},
        {"person": "孙志远", "points": 20, "words": "高铁站引导 2小时", "when": "-12d 10:30"},
        {"person": "孙志远", "hours": 2, "words": "高铁站引导 2小时", "when": "-12d 10:30"},
    ]
    for person in _some(others, 0.65, chance):
        movements += _recent_months(data, person["name"], chance)
    return movements


def _recent_months(data: Data, name: str, chance: random.Random) -> list[Data]:
    """A few things that somebody did, and perhaps one that they got for it."""
    movements: list[Data] = []
    points, day = 0, chance.randrange(60, 110)
    for _ in range(chance.randrange(1, 3)):
        thing = chance.choice(data["earned"])
        did = {"person": name, "words": thing["words"], "when": f"-{day}d {chance.randrange(9, 17)}:30"}
        movements.append({**did, "points": thing["points"]})
        if "hours" in thing:
            movements.append({**did, "hours": thing["hours"]})
        points, day = points + thing["points"], day - chance.randrange(3, 18)
    affordable = [thing for thing in data["spent"] if thing["points"] <= points]
    if affordable and chance.random() < 0.4:
        thing = chance.choice(affordable)
        spent = {"person": name, "points": -thing["points"], "words": thing["words"]}
        movements.append({**spent, "when": f"-{day}d 10:00"})
    return movements


def _questions(data: Data, others: list[Data], chance: random.Random) -> list[Data]:
    who = chance.sample(others, len(data["questions"]))
    return [
        {"person": person["name"], **question, "when": f"-{20 * (number + 1)}m"}
        for number, (person, question) in enumerate(zip(who, data["questions"], strict=True))
    ]


def _some(others: list[Data], share: float, chance: random.Random) -> list[Data]:
    """About that share of the people."""
    return [person for person in others if chance.random() < share]
