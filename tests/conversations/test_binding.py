"""Who is writing: by name and code, by the phone a messenger vouches for, one phone of two people."""

from __future__ import annotations

import pytest

from service.cases import questions
from service.messages import bindings, chats
from service.people.queries import by_name
from tests.support.hearing import hear
from tests.support.talk import Talk, enrol

PHONE = "10000000021"


@pytest.fixture
def stranger(talk: Talk) -> Talk:
    """Somebody unknown; 顾明珠 is on the roster."""
    enrol("顾明珠", PHONE)
    return talk.as_stranger()


def code_of(name: str, talk: Talk) -> str:
    """The code that staff told somebody."""
    (person,) = by_name(name)
    return bindings.issue_code(person, talk.clock())


def wrong_code(right: str) -> str:
    """Six digits that are not that code."""
    return f"{(int(right) + 1) % 1_000_000:06d}"


def speaks_for(talk: Talk) -> str | None:
    """The name of whom the chat speaks for."""
    person = chats.person_of(talk.chat)
    return person.name if person else None


async def test_the_question_left_open_is_answered(stranger: Talk) -> None:
    """积分 are asked for; name, code, and then the answer without asking again."""
    await stranger.say("我有多少积分")
    assert "姓名" in stranger.text
    assert "0 积分" not in stranger.text
    await stranger.say("顾明珠")
    assert "验证码" in stranger.text
    await stranger.say(code_of("顾明珠", stranger))
    assert "顾明珠，认出您了" in stranger.text
    assert "0 积分" in stranger.text


async def test_a_suggestion_is_not_said_twice(stranger: Talk) -> None:
    """Words and photo of the first message are still there after the code."""
    words = "我想提个建议，活动室门口的台阶太高，请加一个扶手"
    await stranger.send("photo", {"file": "step.jpg", "caption": words})
    await stranger.say("我叫顾明珠")
    await stranger.say(f"验证码是{code_of('顾明珠', stranger)}")
    assert "“活动室门口的台阶太高，请加一个扶手”" in stranger.text
    assert "一张照片" in stranger.text
    await stranger.press("交上去")
    assert "S2026-0001" in stranger.text


async def test_registering_without_a_question(stranger: Talk) -> None:
    """What to do next is shown."""
    await stranger.say("我要登记")
    await stranger.say(PHONE)
    await stranger.say(code_of("顾明珠", stranger))
    assert "顾明珠，认出您了" in stranger.text
    assert "看看活动" in stranger.buttons
    await stranger.say("我要登记")
    assert "已经登记过" in stranger.text


async def test_by_the_phone_itself(stranger: Talk) -> None:
    """The contact button in the middle of the form: known at once, and the question answered."""
    await stranger.say("我有多少积分")
    await stranger.send("contact", {"phone": f"+86{PHONE}", "own": True})
    assert "顾明珠，认出您了" in stranger.text
    assert "0 积分" in stranger.text
    assert "姓名" not in stranger.text


async def test_a_phone_nobody_knows(stranger: Talk) -> None:
    """The other way is offered."""
    await stranger.send("contact", {"phone": "10000000099", "own": True})
    assert "没有对上" in stranger.text
    await stranger.say("顾明珠")
    await stranger.say(code_of("顾明珠", stranger))
    assert speaks_for(stranger) == "顾明珠"


# Wrong codes


async def test_wrong_once(stranger: Talk) -> None:
    """How many attempts are left is said, and the code asked for again; the question is not lost."""
    right = code_of("顾明珠", stranger)
    await stranger.say("我有多少积分")
    await stranger.say("顾明珠")
    await stranger.say(wrong_code(right))
    assert "还可以试4次" in stranger.text
    await stranger.say(right)
    assert "0 积分" in stranger.text


async def test_a_wrong_name_put_right(stranger: Talk) -> None:
    """The name is shown with the question for the code, and can be said anew in words or by button."""
    await stranger.say("我要登记")
    await stranger.say("顾明朱")
    assert "顾明朱" in stranger.text
    await stranger.say("我叫顾明珍")
    assert "顾明珍" in stranger.text
    await stranger.press("名字不对，重说")
    assert "姓名" in stranger.text
    await stranger.say("顾明珠")
    await stranger.say(code_of("顾明珠", stranger))
    assert speaks_for(stranger) == "顾明珠"


async def test_five_wrong_codes(stranger: Talk) -> None:
    """Locked for an hour, also for the right code and for other questions; then it works."""
    right = code_of("顾明珠", stranger)
    await stranger.say("我要登记")
    await stranger.say("顾明珠")
    for left in (4, 3, 2, 1):
        await stranger.say(wrong_code(right))
        assert f"还可以试{left}次" in stranger.text
    await stranger.say(wrong_code(right))
    assert "先停一个小时" in stranger.text
    assert stranger.buttons == ["找工作人员"]
    await stranger.say("我有多少积分")
    assert "先停一个小时" in stranger.text

    stranger.clock.forward(minutes=59)
    await stranger.say("我要登记")
    assert "先停一个小时" in stranger.text
    stranger.clock.forward(minutes=2)
    await stranger.say("我要登记")
    await stranger.say("顾明珠")
    await stranger.say(right)
    assert speaks_for(stranger) == "顾明珠"


async def test_nothing_tells_who_is_on_the_roster(talk: Talk) -> None:
    """A name that is there and one that is not get the same answers, letter for letter."""
    enrol("顾明珠")
    code_of("顾明珠", talk)
    heard = []
    for name in ("顾明珠", "顾明珍"):
        stranger, said = talk.as_stranger(), []
        for words in ("我要登记", name, "000000", "000001"):
            await stranger.say(words)
            said.append(stranger.text.replace(name, "某某"))
        heard.append(said)
    assert heard[0] == heard[1]


# In between


async def test_something_else_in_between(stranger: Talk) -> None:
    """Activities may be asked for; then the form goes on where it stood."""
    await stranger.say("我有多少积分")
    await stranger.say("顾明珠")
    await stranger.say("最近有什么活动")
    assert "活动" in stranger.last[0].text
    assert "验证码" in stranger.last[-1].text
    await stranger.say(code_of("顾明珠", stranger))
    assert "0 积分" in stranger.text


async def test_another_question_in_between(stranger: Talk) -> None:
    """The last thing asked is what is answered; the name need not be said again."""
    await stranger.say("我有多少积分")
    await stranger.say("顾明珠")
    await stranger.say("我报了哪些活动")
    assert "验证码" in stranger.text
    await stranger.say(code_of("顾明珠", stranger))
    assert "没有报名的活动" in stranger.text


async def test_staff_in_between(stranger: Talk) -> None:
    """A stranger without a code reaches staff, who see the words; later it is still theirs."""
    await stranger.say("我要登记")
    await stranger.say("顾明珠")
    await stranger.say("找工作人员，我没有验证码")
    assert "Q2026-0001" in stranger.text
    await stranger.say(code_of("顾明珠", stranger))
    await stranger.say("Q2026-0001办得怎么样了")
    assert "已转工作人员" in stranger.text


async def test_dropped(stranger: Talk) -> None:
    """Not now: the question is dropped too, and is not answered when the person registers another day."""
    await stranger.say("我有多少积分")
    await stranger.press("先不登记")
    assert "不办了" in stranger.text
    await stranger.say("我要登记")
    await stranger.say("顾明珠")
    await stranger.say(code_of("顾明珠", stranger))
    assert "0 积分" not in stranger.text
    assert speaks_for(stranger) == "顾明珠"


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "O'Neil <b>{x}</b>", "㛃䶮", "欧阳 文", "继善"])
async def test_a_name_with_odd_characters(talk: Talk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Taken as it was said."""
    enrol(name.replace(" ", "") if name.isascii() is False else name)
    stranger = talk.as_stranger()
    hear(monkeypatch, stranger, name, ("out_of_scope", 0.3))
    await stranger.say("我要登记")
    await stranger.say(name)
    assert "验证码" in stranger.text
    kept = name if name.isascii() else name.replace(" ", "")
    assert kept in stranger.text
    await stranger.say(code_of(kept, stranger))
    assert speaks_for(stranger) == kept


@pytest.mark.parametrize("words", ["登记", "手机号", "我要登记"])
async def test_no_name(stranger: Talk, words: str) -> None:
    """What is said about registering is not taken for a name."""
    await stranger.say("我要登记")
    await stranger.say(words)
    assert "姓名" in stranger.text


# One phone of two people


@pytest.fixture
async def couple(stranger: Talk) -> Talk:
    """顾明珠 and 沈长河 have registered one phone, which has just been shared."""
    enrol("沈长河", PHONE)
    await stranger.send("contact", {"phone": PHONE, "own": True})
    return stranger


async def test_which_of_the_two(couple: Talk) -> None:
    """Asked; nobody is guessed, and the question of before is answered for the one who was chosen."""
    assert couple.buttons[:2] == ["顾明珠", "沈长河"]
    assert speaks_for(couple) is None
    await couple.say("我有多少积分")
    assert "哪一位" in couple.text
    await couple.press("沈长河")
    assert "沈长河" in couple.text
    assert "0 积分" in couple.text
    assert speaks_for(couple) == "沈长河"


async def test_the_other_one(couple: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """换人 asks; the name alone or 我是 with the name is enough."""
    hear(monkeypatch, couple, "换人", ("bind_account", 0.9))
    await couple.say("沈长河")
    await couple.say("换人")
    assert "哪一位" in couple.text
    await couple.say("顾明珠")
    assert speaks_for(couple) == "顾明珠"
    named = {"entity": "person_name", "value": "沈长河", "start": 2, "end": 5}
    hear(monkeypatch, couple, "我是沈长河", ("bind_account", 0.9), entities=[named])
    await couple.say("我是沈长河")
    assert speaks_for(couple) == "沈长河"


async def test_what_waits_for_a_yes_is_not_handed_on(couple: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """His suggestion was read back; her yes does not hand it in."""
    hear(monkeypatch, couple, "换人", ("bind_account", 0.9))
    await couple.press("沈长河")
    await couple.say("我建议在小区门口装一个充电桩")
    await couple.say("换人")
    await couple.press("顾明珠")
    await couple.say("好的")
    assert "S2026" not in couple.text


async def test_the_second_one_by_code(stranger: Talk) -> None:
    """She is known by her code; he registers in the same chat by his, and both can be chosen from then on."""
    enrol("沈长河")
    for name in ("顾明珠", "沈长河"):
        await stranger.say("我要登记")
        if "登记另一位" in stranger.buttons:
            await stranger.press("登记另一位")
        await stranger.say(name)
        await stranger.say(code_of(name, stranger))
        assert speaks_for(stranger) == name
    await stranger.say("我要登记")
    assert stranger.buttons[:2] == ["顾明珠", "沈长河"]


async def test_a_question_from_before(stranger: Talk) -> None:
    """What a stranger asked staff can be taken back after registering."""
    handed = await stranger.say("我要找工作人员")
    await stranger.say("我要登记")
    await stranger.say("顾明珠")
    await stranger.say(code_of("顾明珠", stranger))
    await stranger.press_token(handed[-1].buttons[0].token)
    assert "已经撤回" in stranger.text
    assert questions.get("Q2026-0001").state == "已撤回"
