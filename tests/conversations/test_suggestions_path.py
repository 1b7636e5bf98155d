"""A suggestion from the first word to what came of it, in its author's chat; rated, reopened, closed for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from service.db import reading
from service.organisations.units import Unit
from service.staff.models import Staff
from service.suggestions.models import suggestion_hops
from service.suggestions.path import decide, forward, instruct, record_outcome, start
from service.suggestions.replying import draft_reply, publish_reply
from service.suggestions.states import ADOPTED, DECLINED
from tests.service.suggestion_world import DUE, alerts, answered, desk, suggestion
from tests.support.talk import Talk, enrol

BENCH = "我建议在公交站加一排带扶手的长椅"
NUMBER = "S2026-0001"


@pytest.fixture
def luo(talk: Talk) -> Talk:
    """骆春生, who has ideas."""
    enrol("骆春生")
    return talk.as_person("骆春生")


@pytest.fixture
def office(luo: Talk) -> tuple[Staff, Unit]:
    """田小满, and the unit that benches are the business of."""
    return desk()


async def test_every_hop_reaches_the_author(luo: Talk, office: tuple[Staff, Unit]) -> None:
    """Handed in, passed on, instructed, under way, answered, adopted, and there it stands."""
    tian, unit = office
    await luo.say(BENCH)
    await luo.press("交上去")
    assert NUMBER in luo.text
    steps: list[tuple[Callable[[], object], str]] = [
        (
            lambda: forward(NUMBER, unit, DUE, luo.clock(), staff=tian),
            "已转给清溪县住建局办理，12月7日（周一）前答复",
        ),
        (
            lambda: instruct(NUMBER, "县领导", "请尽快落实", DUE, luo.clock(), staff=tian),
            "县领导：请尽快落实",
        ),
        (lambda: start(NUMBER, luo.clock(), staff=tian), "正在办理"),
        (lambda: draft_reply(NUMBER, "本月装好。", luo.clock(), staff=tian), ""),
        (lambda: publish_reply(NUMBER, luo.clock(), staff=tian), "有答复了：\n本月装好。\n您满意吗？"),
        (lambda: decide(NUMBER, ADOPTED, luo.clock(), staff=tian), "被采纳了"),
        (lambda: record_outcome(NUMBER, "两条长椅装好了", luo.clock(), staff=tian), "两条长椅装好了"),
    ]
    for step, words in steps:
        for _ in range(2):  # the second time as a click that was sent twice
            luo.clock.forward(hours=1)
            step()
        said = await luo.delivered()
        assert len(said) == (1 if words else 0), words
        assert words in luo.text
        assert not words or NUMBER in luo.text

    await luo.say("我的建议办得怎么样了")
    lines = luo.text.split("\n")
    assert lines[0] == f"{NUMBER} 已有成果。"
    assert lines[1] == f"“{BENCH}”"
    assert [line.split(" ")[1][:2] for line in lines[2:]] == [
        "成果",
        "采纳",
        "答复",
        "开始",
        "批示",
        "转给",
        "收到",
    ]


async def test_rated_by_a_button_or_by_words(luo: Talk, office: tuple[Staff, Unit]) -> None:
    """Once: the second time it is said that it was rated."""
    await luo.say(BENCH)
    await luo.press("交上去")
    answered(NUMBER, *office)
    await luo.delivered()
    assert luo.buttons == ["很满意", "满意", "一般", "不满意", "还是没解决"]
    assert len(await luo.say("五分")) == 1
    assert f"建议 {NUMBER} 记下了：很满意" in luo.text
    assert suggestion(NUMBER).rating == 5
    await luo.say("不满意")
    assert suggestion(NUMBER).rating == 5


@pytest.mark.parametrize(
    ("words", "rating"), [("4分", 4), ("还算满意", 4), ("不太满意", 2), ("打三分", 3), ("特别满意", 5)]
)
async def test_rated_in_passing(luo: Talk, office: tuple[Staff, Unit], words: str, rating: int) -> None:
    """Something else was said in between; a rating by itself is still for the answer that waits for one."""
    await luo.say(BENCH)
    await luo.press("交上去")
    answered(NUMBER, *office)
    await luo.delivered()
    await luo.say("我有多少积分")
    await luo.say(words)
    assert f"建议 {NUMBER} 记下了" in luo.text
    assert suggestion(NUMBER).rating == rating


async def test_rated_while_something_else_is_asked(luo: Talk, office: tuple[Staff, Unit]) -> None:
    """The rating is taken, and the open question is asked again and answered."""
    await luo.say(BENCH)
    await luo.press("交上去")
    answered(NUMBER, *office)
    await luo.delivered()
    await luo.say("我想提个建议")
    await luo.say("4分")
    assert f"建议 {NUMBER} 记下了：满意" in luo.text
    assert "您请讲" in luo.last[-1].text
    await luo.say("食堂的菜少放一点盐")
    await luo.say("好")
    assert "S2026-0002" in luo.text


async def test_a_rating_of_nothing(luo: Talk) -> None:
    """Nothing waits to be rated: it is asked what is meant, and dissatisfaction goes to staff."""
    await luo.say("满意")
    assert "没有等您评价的答复" in luo.text
    await luo.say("不满意")
    assert "转给工作人员" in luo.text


async def test_still_not_solved(luo: Talk, office: tuple[Staff, Unit]) -> None:
    """Reopened by word, with a reason that is read back; the second time there is no third."""
    tian, unit = office
    await luo.say(BENCH)
    await luo.press("交上去")
    answered(NUMBER, tian, unit)
    await luo.delivered()
    await luo.say("还没解决")
    assert "哪里还没解决" in luo.text
    await luo.say("我还有多少积分")
    assert "哪里还没解决" in luo.last[-1].text
    await luo.say("只装了一条，还没有扶手")
    assert "“只装了一条，还没有扶手”" in luo.text
    assert suggestion(NUMBER).state == "已答复"
    await luo.say("好")
    assert f"建议 {NUMBER} 重新办理了" in luo.text
    assert suggestion(NUMBER).state == "重新办理"
    assert "只装了一条，还没有扶手" in alerts()[-1]

    answered(NUMBER, tian, unit, "扶手补上了。", luo.clock())
    await luo.delivered()
    assert "还是没解决" not in luo.buttons
    await luo.say("我的建议办得怎么样了")
    assert "扶手补上了" in luo.text
    assert "您说还没解决：只装了一条" in luo.text
    assert "还是没解决" not in luo.buttons


async def test_dropped_while_it_is_said_what_is_not_solved(luo: Talk, office: tuple[Staff, Unit]) -> None:
    """Cancelled, refused at the read-back: nothing is reopened."""
    await luo.say(BENCH)
    await luo.press("交上去")
    answered(NUMBER, *office)
    await luo.delivered()
    (*_, button) = luo.last[-1].buttons
    await luo.press_token(button.token)
    await luo.press("先不说了")
    assert "不办了" in luo.text
    await luo.say("我的建议办得怎么样了")
    await luo.press("还是没解决")
    await luo.say("只装了一条")
    await luo.press("不用了")
    assert suggestion(NUMBER).state == "已答复"
    with reading() as session:
        reopened = select(func.count()).where(suggestion_hops.c.kind == "重新办理")
        assert session.execute(reopened).scalar_one() == 0


async def test_quiet_hours(talk: Talk) -> None:
    """Passed on at ten in the evening, heard at seven."""
    tian, unit = desk()
    enrol("骆春生", quiet_from=21, quiet_until=7)
    luo = talk.as_person("骆春生")
    await luo.say(BENCH)
    await luo.press("交上去")
    luo.clock.set("2026-11-23T22:00")
    forward(NUMBER, unit, DUE, luo.clock(), staff=tian)
    assert await luo.delivered() == []
    luo.clock.set("2026-11-24T07:00")
    assert "已转给清溪县住建局" in (await luo.delivered())[0].text


async def test_declined_with_its_reason(luo: Talk, office: tuple[Staff, Unit]) -> None:
    """The reason is in the message, and in what is told when asked."""
    await luo.say(BENCH)
    await luo.press("交上去")
    answered(NUMBER, *office)
    decide(NUMBER, DECLINED, luo.clock(), staff=office[0], words="那里明年改道")
    await luo.delivered()
    assert "原因：\n那里明年改道" in luo.text
    await luo.say(NUMBER)
    assert luo.text.startswith(f"{NUMBER} 这次没有采纳。")
    assert "没有采纳，原因：那里明年改道" in luo.text


async def test_all_of_ones_own(luo: Talk, office: tuple[Staff, Unit]) -> None:
    """A line for each with how far it has got; then one of them, by its place."""
    tian, unit = office
    for words in (BENCH, "我建议食堂的菜少放一点盐"):
        await luo.say(words)
        await luo.press("交上去")
    forward(NUMBER, unit, DUE, luo.clock(), staff=tian)
    await luo.delivered()
    await luo.say("我提的建议都怎么样了")
    assert "已转办：建议：我建议在公交站加一排带扶手的长椅" in luo.text
    assert "已收到：建议：我建议食堂的菜少放一点盐" in luo.text
    await luo.press(f"{1 if NUMBER in luo.buttons[0] else 2}. {NUMBER}")
    assert luo.text.startswith(f"{NUMBER} 已转给清溪县住建局，12月7日（周一）前答复。")
