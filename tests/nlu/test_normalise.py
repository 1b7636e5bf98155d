"""People type in full width, in Traditional characters and in capitals; offsets must not notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import normalise


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Ｓ２０２６－０１５３", "s2026-0153"),
        ("積分還有幾多", "积分还有几多"),
        ("報名參加書法課", "报名参加书法课"),
        ("ＡＢＣ　WeChat", "abc wechat"),
        ("ﾍ㈱…½İ", "ヘ㈱…½İ"),
        ("\x00\t\ud800好", "   好"),
        ("", ""),
    ],
)
def test_forms_of_one_character_become_one(written: str, folded: str) -> None:
    assert normalise(written) == folded


@given(st.text() | st.text(alphabet="臺灣裏後面乾隆著名頭髮發財Ａｂ１\ud800\u202e😀 "))
def test_no_character_ever_moves(text: str) -> None:
    assert len(normalise(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert len(normalise(normalise(text))) == len(text)
