"""Homophone slips and accents sound like what was meant."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.pinyin import syllables
from bot.nlu.pinyin_featurizer import PinyinFeaturizer
from bot.nlu.tokenizer import ChineseTokenizer
from tests.nlu.conftest import Workbench, training_data


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("积粉", "积分"),
        ("建意", "建议"),
        ("抱名", "报名"),
        ("签道", "签到"),
        ("资愿者", "志愿者"),
        ("飞报", "汇报"),
        ("留奶", "牛奶"),
        ("陈功", "成功"),
        ("新情", "心情"),
    ],
)
def test_a_slip_sounds_like_what_was_meant(slip: str, meant: str) -> None:
    assert syllables(slip) == syllables(meant)


def test_what_sounds_different_stays_different() -> None:
    assert syllables("报名") != syllables("报道")
    assert syllables("abc 123") == ()


def test_a_slip_shares_the_features_of_the_right_spelling(workbench: Workbench) -> None:
    data = training_data(
        "- intent: book\n  examples: |\n    - 我要报名\n- intent: points\n  examples: |\n    - 查积分\n"
    )
    tokenizer = workbench(ChineseTokenizer, data=data)
    tokenizer.process_training_data(data)
    featurizer = workbench(PinyinFeaturizer, data=data)
    right, slip, english = (Message(data={"text": text}) for text in ("我要报名", "我要抱名", "hello there"))
    featurizer.process(tokenizer.process([right, slip, english]))

    def features(message: Message) -> list[float]:
        return message.get_sparse_features("text")[1].features.toarray()[0].tolist()

    assert features(slip) == features(right)
    assert sum(features(right)) == 4 + 3 + 2  # single syllables, pairs, triples of wo yao bao ming
    assert sum(features(english)) == 0


def test_an_empty_range_is_refused(workbench: Workbench) -> None:
    with pytest.raises(ValueError, match="min_ngram"):
        workbench(PinyinFeaturizer, {"min_ngram": 3, "max_ngram": 2})
