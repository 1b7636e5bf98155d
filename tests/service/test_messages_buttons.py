"""Button tokens: they mean something for one person, in one chat, for a while, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db
from service.messages import buttons, chats, outbox
from service.messages.models import Chat, Outgoing, bindings
from service.wording import Button, Utterance
from tests.support.talk import MONDAY, enrol


def resident(name: str) -> Chat:
    """Somebody on the roster with a chat."""
    person = enrol(name)
    chat = chats.open_chat("page", f"page-{person.id}", MONDAY)
    chats.bind(chat, person, "staff", MONDAY)
    return chats.get_chat(chat.id)


def ask(chat: Chat, *titles: str) -> tuple[Outgoing, list[str]]:
    """A message with buttons; returns it and their tokens."""
    said = Utterance(
        "选哪一个？", [Button(title, f"/choose{{{number}}}") for number, title in enumerate(titles)]
    )
    row = outbox.reply(chat.id, said, MONDAY, person_id=chat.person_id)
    return row, [button.token for button in outbox.buttons_of(row)]


@pytest.fixture
def chat(database: db.Engine) -> Chat:
    """姚秉忠's chat."""
    return resident("姚秉忠")


def test_a_press(chat: Chat) -> None:
    """The token gives back what the button means, though the phone only ever saw the token."""
    _, (first, second) = ask(chat, "书法", "太极拳")
    pressed = buttons.press(chat, second, MONDAY)
    assert (pressed.title, pressed.payload) == ("太极拳", "/choose{1}")
    assert len(first) <= 24
    assert len({first, second}) == 2


def test_one_choice_a_message(chat: Chat) -> None:
    """After one button of a message neither it nor its neighbour works; another message's does."""
    _, (first, second) = ask(chat, "书法", "太极拳")
    _, (third,) = ask(chat, "合唱")
    buttons.press(chat, first, MONDAY)
    for token in (first, second):
        with pytest.raises(buttons.ButtonExpired):
            buttons.press(chat, token, MONDAY)
    assert buttons.press(chat, third, MONDAY).title == "合唱"


@pytest.mark.parametrize("token", ["", "nobody-made-this", "/cancel_booking", "' OR 1=1 --", "书" * 300])
def test_an_unknown_token(chat: Chat, token: str) -> None:
    """Whatever a phone sends that is no token does nothing."""
    ask(chat, "书法")
    with pytest.raises(buttons.ButtonExpired):
        buttons.press(chat, token, MONDAY)


def test_another_chats_token(chat: Chat) -> None:
    """庞玉环 has found 姚秉忠's token: it is worth nothing in her chat, and still works in his."""
    _, (token,) = ask(chat, "书法")
    with pytest.raises(buttons.ButtonExpired):
        buttons.press(resident("庞玉环"), token, MONDAY)
    assert buttons.press(chat, token, MONDAY).title == "书法"


def test_on_the_phone_of_two(chat: Chat) -> None:
    """The chat speaks for his wife now: what was offered to him still works, until the phone is his no longer."""
    _, (first,) = ask(chat, "书法")
    _, (second,) = ask(chat, "合唱")
    wife = enrol("庞玉环")
    chats.bind(chat, wife, "staff", MONDAY)
    assert buttons.press(chats.get_chat(chat.id), first, MONDAY).person_id == chat.person_id
    with db.unit_of_work() as session:
        his = bindings.c.person_id == chat.person_id
        session.execute(bindings.update().where(his).values(unbound_at=MONDAY))
    with pytest.raises(buttons.ButtonExpired):
        buttons.press(chats.get_chat(chat.id), second, MONDAY)


def test_other_words_for_a_button(chat: Chat) -> None:
    """看完了 is what 学完了 means, while that is on the screen."""
    ask(chat, "学完了", "换一门课")
    found = buttons.shown_with_words(chat.id, "看完了！", MONDAY)
    assert found is not None
    assert found.title == "学完了"
    ask(chat, "对，设上")
    assert buttons.shown_with_words(chat.id, "看完了", MONDAY) is None


def test_an_old_token(chat: Chat) -> None:
    """It works until its last moment, and not from then on."""
    _, (token,) = ask(chat, "书法")
    with pytest.raises(buttons.ButtonExpired):
        buttons.press(chat, token, MONDAY + buttons.LIFETIME)
    almost = MONDAY + buttons.LIFETIME - timedelta(seconds=1)
    assert buttons.press(chat, token, almost).title == "书法"


def test_a_press_that_was_undone(chat: Chat) -> None:
    """When the turn fails, the button was not used."""
    _, (token,) = ask(chat, "书法")
    with pytest.raises(ZeroDivisionError), db.unit_of_work():
        buttons.press(chat, token, MONDAY)
        _ = 1 / 0
    assert buttons.press(chat, token, MONDAY).title == "书法"


@pytest.mark.parametrize("words", ["太极拳", " 太极拳。", "「太极拳」", "太 极 拳！"])
def test_the_words_of_a_button(chat: Chat, words: str) -> None:
    """What stands on a button of the last message can be typed or said."""
    ask(chat, "书法", "太极拳")
    found = buttons.shown_with_words(chat.id, words, MONDAY)
    assert found is not None
    assert found.title == "太极拳"


@pytest.mark.parametrize("words", ["太极", "太极拳吧", "合唱", "", "。。。", "👍"])
def test_words_that_are_no_button(chat: Chat, words: str) -> None:
    """Anything else is understood as words; nothing at all is no button of symbols."""
    ask(chat, "书法", "太极拳", "👌")
    assert buttons.shown_with_words(chat.id, words, MONDAY) is None


def test_only_the_latest_buttons_can_be_typed(chat: Chat) -> None:
    """An older message's words are just words again; a message without buttons in between changes nothing."""
    ask(chat, "是")
    ask(chat, "书法")
    outbox.reply(chat.id, Utterance("好的。"), MONDAY)
    assert buttons.shown_with_words(chat.id, "是", MONDAY) is None
    assert buttons.shown_with_words(chat.id, "书法", MONDAY) is not None
