"""A human being, from anywhere: handed over, answered, taken back; danger; and how far a matter has got."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from service import db
from service.cases import questions
from service.cases.models import Alert
from service.matters.attachments import of_matter
from service.matters.queries import recent
from service.organisations.models import Office
from service.staff.models import Staff
from tests.support.hearing import hear
from tests.support.talk import Talk, enrol

PHONE = "0000-8123456"


@pytest.fixture
def he(talk: Talk) -> Talk:
    """何水生, and 廖主任 on duty."""
    enrol("何水生")
    return talk.as_person("何水生")


@pytest.fixture
def liao(he: Talk) -> Staff:
    """廖小满 of the office."""
    with db.unit_of_work() as session:
        office = session.execute(select(Office)).scalars().one()
        member = Staff(office_id=office.id, name="廖小满", role="联络员")
        session.add(member)
        session.flush()
        return member


def words_of(receipt_no: str) -> list[str]:
    """What was said in a question, by whomever."""
    return [message.words for message in questions.messages_of(questions.get(receipt_no))]


def alerted() -> list[tuple[str, str]]:
    """What staff were alerted of."""
    with db.reading() as session:
        return [(alert.kind, alert.words) for alert in session.execute(select(Alert)).scalars()]


# Staff


async def test_handed_over(he: Talk) -> None:
    """A receipt number, the office's phone, the words as they were said, and an alert."""
    await he.say("我要找工作人员，我的老年证丢了")
    assert "Q2026-0001" in he.text
    assert PHONE in he.text
    assert words_of("Q2026-0001") == ["我要找工作人员，我的老年证丢了"]
    assert alerted() == [("talk", "我要找工作人员，我的老年证丢了")]


async def test_more_to_say(he: Talk) -> None:
    """The same question goes on under its number."""
    await he.say("我要找工作人员")
    await he.say("找工作人员，我家住三楼")
    assert "Q2026-0001" in he.text
    assert words_of("Q2026-0001") == ["我要找工作人员", "找工作人员，我家住三楼"]


async def test_taken_back(he: Talk) -> None:
    """One press."""
    await he.say("我要找工作人员")
    await he.press("不用找了")
    assert "Q2026-0001 已经撤回" in he.text
    assert questions.open_questions() == []


async def test_the_answer_comes_to_the_chat(he: Talk, liao: Staff) -> None:
    """Unasked, with who said it; then it is solved."""
    await he.say("我要找工作人员")
    he.clock.forward(hours=2)
    questions.answer("Q2026-0001", liao, "明天上午九点来二楼补办。", he.clock())
    await he.delivered()
    assert "廖小满" in he.text
    assert "明天上午九点来二楼补办。" in he.text
    await he.say("Q2026-0001办得怎么样了")
    assert "已答复" in he.text
    assert "明天上午九点来二楼补办。" in he.text
    questions.answer("Q2026-0001", liao, "带上身份证。", he.clock())
    await he.delivered()
    await he.press("解决了，谢谢")
    assert "Q2026-0001" in he.text
    assert questions.get("Q2026-0001").state == "已解决"


async def test_the_answer_did_not_help(he: Talk, liao: Staff) -> None:
    """The same complaint is open again, and staff hear of it."""
    await he.say("我要投诉，你们的服务太差了")
    assert "对不起" in he.text
    questions.answer("Q2026-0001", liao, "已经批评。", he.clock())
    await he.delivered()
    await he.press("还有问题")
    assert "Q2026-0001" in he.text
    assert [matter.receipt_no for matter in questions.open_questions()] == ["Q2026-0001"]
    assert [kind for kind, _ in alerted()] == ["complaint", "complaint"]


async def test_a_stranger_is_answered_too(talk: Talk, liao: Staff) -> None:
    """In the chat that asked."""
    stranger = talk.as_stranger()
    await stranger.say("我要找工作人员")
    questions.answer("Q2026-0001", liao, "请问您贵姓？", talk.clock())
    await stranger.delivered()
    assert "请问您贵姓？" in stranger.text


# What the assistant cannot do yet


@pytest.mark.parametrize("words", ["怎么办理异地就医", "我想请人来家里装个扶手"])
async def test_passed_on_word_for_word(he: Talk, words: str) -> None:
    """Offered first, and handed over only on yes."""
    await he.say(words)
    assert "不会办" in he.text
    assert questions.open_questions() == []
    await he.press("转给工作人员")
    assert "Q2026-0001" in he.text
    assert words_of("Q2026-0001") == [words]


async def test_passed_on_with_its_photo(he: Talk) -> None:
    """The photo goes along with the words."""
    await he.send("photo", {"file": "lid.jpg", "caption": "小区的井盖坏了，请来修"})
    await he.press("转给工作人员")
    assert [thing.file for thing in of_matter(questions.get("Q2026-0001"))] == ["lid.jpg"]
    assert words_of("Q2026-0001") == ["小区的井盖坏了，请来修"]


async def test_a_photo_alone(he: Talk) -> None:
    """Asked about; staff get the photo though no word was said."""
    await he.send("photo", {"file": "lid.jpg"})
    await he.press("找工作人员")
    assert [thing.file for thing in of_matter(questions.get("Q2026-0001"))] == ["lid.jpg"]
    assert "一张照片" in words_of("Q2026-0001")[0]


async def test_not_passed_on(he: Talk) -> None:
    """No is no."""
    await he.say("怎么办理异地就医")
    await he.press("不用了")
    assert questions.open_questions() == []


# Danger


async def test_danger_in_the_middle_of_a_form(he: Talk) -> None:
    """Answered first with whom to call; what was under way is set aside and taken up again."""
    await he.say("我想提个建议")
    await he.say("我胸口疼得厉害，喘不上气")
    assert he.last[0].text.startswith("先打电话")
    assert "120" in he.last[0].text
    assert alerted() == [("emergency", "我胸口疼得厉害，喘不上气")]
    assert "提建议提到一半" in he.last[1].text

    await he.press("接着办")
    assert "您请讲" in he.text
    await he.say("活动室的灯太暗了，换成亮一点的")
    await he.press("交上去")
    assert "S2026-0001" in he.text


async def test_danger_while_something_waits_for_a_yes(he: Talk) -> None:
    """Not handed in by any yes of the moment, but read back again."""
    await he.say("我建议在小区门口装一个充电桩")
    await he.say("我摔倒了起不来")
    await he.say("接着办")
    assert "装一个充电桩" in he.text
    assert "S2026" not in he.text
    await he.say("好的")
    assert "S2026-0001" in he.text


async def test_danger_and_then_no_more(he: Talk) -> None:
    """What was set aside is dropped."""
    await he.say("我想提个建议")
    await he.say("我摔倒了起不来")
    await he.press("不办了")
    await he.say("好的")
    assert "您请讲" not in he.text


async def test_fraud(he: Talk) -> None:
    """Money stays where it is; staff know."""
    await he.say("有个自称公安的人让我转账到安全账户")
    assert he.text.startswith("先别转钱")
    assert "96110" in he.text
    assert "Q2026-0001" in he.text
    assert [kind for kind, _ in alerted()] == ["scam"]


async def test_danger_at_the_question_who_it_is(talk: Talk) -> None:
    """A stranger is helped without any name."""
    stranger = talk.as_stranger()
    await stranger.say("我有多少积分")
    await stranger.say("救命，家里着火了")
    assert "119" in stranger.last[0].text
    assert [kind for kind, _ in alerted()] == ["emergency"]
    await stranger.press("接着办")
    assert "姓名" in stranger.text


# How far it has got


async def test_nothing_handed_in(he: Talk) -> None:
    """Said so, with what can be done."""
    await he.say("我的事情办得怎么样了")
    assert "还没有交办过什么事" in he.text
    assert he.buttons == ["提建议", "找工作人员"]


async def test_the_only_one(he: Talk) -> None:
    """Its state first, then what it was and since when."""
    await he.say("我要投诉，你们的服务太差了")
    await he.say("我的事情办得怎么样了")
    assert he.text.startswith("Q2026-0001 已转工作人员")
    assert "11月23日（周一）收到" in he.text
    assert "最新进展" not in he.text


async def test_one_of_several(he: Talk, liao: Staff) -> None:
    """By number, by its place in the list, by button; 第九个 is told that there are not so many."""
    await he.say("我要投诉，你们的服务太差了")
    await he.say("我要找工作人员")
    he.clock.forward(days=1)
    questions.answer("Q2026-0001", liao, "马上改。", he.clock())
    await he.delivered()
    await he.say("我的事情办得怎么样了")
    assert he.buttons == ["1. Q2026-0001", "2. Q2026-0002"]
    assert "11月24日（周二）" in he.text

    await he.say("第九个")
    assert "一共2个" in he.text
    await he.say("第二个")
    assert he.text.startswith("Q2026-0002 已转工作人员")
    await he.say("Q2026-0001办得怎么样了")
    assert he.text.startswith("Q2026-0001 已答复")
    assert "11月24日（周二）有最新进展" in he.text
    await he.say("Q2026-0099办得怎么样了")
    assert "没有查到" in he.text


async def test_only_what_was_asked_about(he: Talk) -> None:
    """Among a complaint and a suggestion, the suggestion."""
    await he.say("我要投诉，你们的服务太差了")
    await he.say("我建议在小区门口装一个充电桩")
    await he.press("交上去")
    await he.say("我的建议办得怎么样了")
    assert he.text.startswith("S2026-0001 已收到")


async def test_nobody_elses(he: Talk, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of somebody else's is not found."""
    await he.say("我要找工作人员")
    enrol("罗美娟")
    luo = talk.as_person("罗美娟")
    await luo.say("Q2026-0001办得怎么样了")
    assert "没有查到" in luo.text
    number = {"entity": "matter_no", "value": "q2026 0001", "start": 0, "end": 10}
    hear(monkeypatch, luo, "q2026 0001", ("track_matter", 0.9), entities=[number])
    await luo.say("q2026 0001")
    assert "没有查到" in luo.text
    assert recent(luo.chat) == []
