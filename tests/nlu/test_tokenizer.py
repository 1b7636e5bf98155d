"""Words, for messages as people really send them."""

from __future__ import annotations

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.tokenizer import ChineseTokenizer
from tests.nlu.conftest import Workbench, training_data

LOOKUP = """
- lookup: topic
  examples: |
    - 银龄议事厅
- intent: greet
  examples: |
    - 你好
"""


@pytest.fixture
def tokenizer(workbench: Workbench) -> ChineseTokenizer:
    return workbench(ChineseTokenizer, data=training_data(LOOKUP))


def words(tokenizer: ChineseTokenizer, text: str) -> list[str]:
    return [token.text for token in tokenizer.tokens(text)]


def test_a_lookup_value_stays_whole_and_jieba_elsewhere_does_not_learn_it(
    tokenizer: ChineseTokenizer,
) -> None:
    assert "银龄议事厅" in words(tokenizer, "我要去银龄议事厅提意见")
    assert "银龄议事厅" not in jieba.lcut("我要去银龄议事厅提意见")


def test_tokens_are_normalised_but_point_at_what_was_written(tokenizer: ChineseTokenizer) -> None:
    text = "　積分，還有 ２００ 嗎？"
    tokens = tokenizer.tokens(text)
    assert [token.text for token in tokens] == ["积分", "还有", "200", "吗"]
    assert [text[token.start : token.end] for token in tokens] == ["積分", "還有", "２００", "嗎"]


def test_a_dialect_word_carries_the_common_one(tokenizer: ChineseTokenizer) -> None:
    lemmas = {token.text: token.lemma for token in tokenizer.tokens("书法课咋个报名，唔该")}
    assert lemmas["咋个"] == "怎么"
    assert lemmas["唔该"] == "谢谢"
    assert lemmas["报名"] == "报名"


@pytest.mark.parametrize("text", ["", "   ", "😀👍🏽", "\x00\x07", "\ud800", "？！……"])
def test_text_without_words_has_no_tokens(tokenizer: ChineseTokenizer, text: str) -> None:
    message = Message(data={"text": text})
    tokenizer.process([message])
    assert message.get("text_tokens") == []


def test_a_very_long_message_is_cut_too(tokenizer: ChineseTokenizer) -> None:
    assert len(words(tokenizer, "我要报名" * 2500)) == 5000


def test_other_scripts_split_at_spaces(tokenizer: ChineseTokenizer) -> None:
    assert words(tokenizer, "Set an alarm, please") == ["set", "an", "alarm", "please"]
    assert words(tokenizer, "مرحبا بك") == ["مرحبا", "بك"]


SHARED = ChineseTokenizer(ChineseTokenizer.get_default_config(), None, None)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="我想報名Ａ1 \u202e😀，咋个", max_size=60))
def test_tokens_never_overlap_and_fit_the_text(text: str) -> None:
    end = 0
    for token in SHARED.tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert token.end - token.start == len(token.text)
        end = token.end
