"""What was proposed before is found again: reworded, misspelt by sound, and quickly among ten thousand."""

from __future__ import annotations

import random
import time

import pytest
from sqlalchemy import insert

from service.db import unit_of_work
from service.matters.models import matters
from service.suggestions.alike import grams_of, holding, like
from service.suggestions.browsing import Sought, browse
from service.suggestions.merging import merge
from service.suggestions.models import suggestion_grams, suggestions
from service.suggestions.submitting import withdraw
from tests.service.suggestion_world import NOW, desk, hand_in, person, suggestion

# What one wrote and what another one wrote of the same thing.
SAME = [
    ("建议在南华社区公交站加一排带扶手的长椅", "南华社区公交站应该加几把带扶手的长椅"),
    ("我建议在小区门口装一个充电桩", "希望小区门口能装个充电桩，电动车没处充电"),
    ("老年大学的书法班总是报不上名，建议多开一个班", "书法班报不上名，老年大学能不能多开一个书法班"),
    ("公园晚上路灯太暗，建议多装几盏", "滨河公园晚上的路灯太暗了，多装几盏灯吧"),
    ("积分可以换理发券就好了", "建议积分能换理发券"),
    # By sound: 建意, 积粉, 公交占, 常椅.
    ("建议积分可以换大米", "建意积粉可以换大米"),
    ("公交站加一排长椅", "公交占加一排常椅"),
]
PLACES = ["南华社区", "双桥社区", "公交站", "滨河公园", "老年大学", "长者食堂", "活动室", "菜市场", "图书馆"]
THINGS = ["长椅", "路灯", "扶手", "电梯", "充电桩", "厕所", "健身器材", "书法班", "反光条", "血压计", "雨棚"]
WAYS = [
    "加一排",
    "多装几个",
    "换成新的",
    "修一修",
    "晚上开放",
    "早点通知",
    "请人教教",
    "少收点钱",
    "放低一点",
]
# Alike in how it is said, or in one word, and yet another matter.
DIFFERENT = [
    ("我建议在小区门口装一个充电桩", "建议小区楼道里装摄像头，防小偷"),
    ("建议长者食堂增加少盐少糖的菜", "建议体检通知早发一个星期"),
    ("公园晚上路灯太暗，建议多装几盏", "建议公园增加几个厕所"),
    ("老年大学的书法班总是报不上名，建议多开一个班", "建议老年大学增加电梯"),
    ("希望社区多办健康讲座", "希望社区多办广场舞比赛"),
]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("known", "said"), SAME)
def test_the_same_thing_is_recognised(known: str, said: str) -> None:
    number = hand_in(person("何长根"), known)
    assert [each.suggestion.id for each in like(said)] == [suggestion(number).id]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("known", "said"), DIFFERENT)
def test_another_thing_is_not_taken_for_it(known: str, said: str) -> None:
    hand_in(person("何长根"), known)
    assert like(said) == []


@pytest.mark.usefixtures("database")
def test_only_what_can_still_be_seconded_is_offered() -> None:
    """One was taken back, one merged away; the third remains."""
    (tian, _), he = desk(), person("何长根")
    words = "我建议在小区门口装一个充电桩"
    gone, merged, left = (hand_in(he, words) for _ in range(3))
    withdraw(he, gone, NOW)
    merge(merged, left, NOW, staff=tian)
    assert [each.suggestion.id for each in like(words)] == [suggestion(left).id]


@pytest.mark.usefixtures("database")
def test_it_is_looked_for_by_a_word() -> None:
    he = person("何长根")
    lights, points = hand_in(he, "公园晚上路灯太暗，建议多装几盏"), hand_in(he, "建议积分可以换大米")
    assert holding("路灯") == [suggestion(lights).id]
    assert holding("积粉") == [suggestion(points).id]
    assert [each.receipt_no for each in browse(Sought(words="换大米")).page] == [points]
    assert browse(Sought(words="电梯")).count == 0


@pytest.mark.usefixtures("database")
def test_among_ten_thousand_it_takes_no_time() -> None:
    """Proposals made of the words that such proposals are made of; one of them is meant."""
    he, chance = person("何长根"), random.Random(7)
    base = hand_in(he, "建议把县里的老照片做成电子相册，放在图书馆的大屏上")
    words = [
        f"建议{chance.choice(PLACES)}的{chance.choice(THINGS)}{chance.choice(WAYS)}，"
        f"{chance.choice(THINGS)}也{chance.choice(WAYS)}"
        for _ in range(10_000)
    ]
    hand_in_bare(he.id, words)

    began = time.perf_counter()
    found = like("县里的老照片可以做成电子相册，在图书馆大屏上放")
    took = time.perf_counter() - began

    assert found[0].suggestion.id == suggestion(base).id
    assert took < 2
    assert like(words[0])[0].score == 1


def hand_in_bare(person_id: int, words: list[str]) -> None:
    """Many suggestions at once, for looking through alone."""
    first = 1000
    numbers = range(first, first + len(words))
    matter = {"kind": "suggestion", "subject": "", "state": "已收到", "created_at": NOW, "changed_at": NOW}
    row = {"person_id": person_id, "state": "已收到", "submitted_at": NOW}
    with unit_of_work() as session:
        session.execute(
            insert(matters), [{"id": n, "receipt_no": f"S2025-{n:05d}", **matter} for n in numbers]
        )
        session.execute(
            insert(suggestions),
            [{"id": n, "matter_id": n, "words": said, **row} for n, said in zip(numbers, words, strict=True)],
        )
        session.execute(
            insert(suggestion_grams),
            [
                {"suggestion_id": n, "gram": gram}
                for n, said in zip(numbers, words, strict=True)
                for gram in grams_of(said)
            ],
        )
