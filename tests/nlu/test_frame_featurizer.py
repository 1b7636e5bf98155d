"""What was learned about one subject holds for another."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.frame_featurizer import FrameFeaturizer
from bot.nlu.ngrams import Ngrams
from bot.nlu.tokenizer import ChineseTokenizer
from tests.nlu.conftest import Workbench, training_data

DATA = """
- lookup: topic
  examples: |
    - 太极拳
    - 葫芦丝
- intent: find_course
  examples: |
    - 我想学太极拳
"""


@pytest.fixture
def featurizer(workbench: Workbench) -> FrameFeaturizer:
    return workbench(FrameFeaturizer, data=training_data(DATA))


def test_known_values_numbers_and_times_are_masked(featurizer: FrameFeaturizer) -> None:
    assert featurizer.frame("下周三下午学太极拳") == ["<", "<time>", "学", "<topic>", ">"]
    assert featurizer.frame("想學葫蘆絲，２节 OK") == ["<", "想", "学", "<topic>", "0", "节", "ok", ">"]
    assert featurizer.frame("") == ["<", ">"]


def test_two_subjects_of_the_lookup_table_look_the_same(
    workbench: Workbench, featurizer: FrameFeaturizer
) -> None:
    seen, unseen, other = (Message(data={"text": f"我想学{topic}"}) for topic in ("太极拳", "葫芦丝", "修车"))
    featurizer.process(workbench(ChineseTokenizer).process([seen, unseen, other]))

    def features(message: Message) -> list[float]:
        return message.get_sparse_features("text")[1].features.toarray()[0].tolist()

    assert features(seen) == features(unseen)
    assert features(seen) != features(other)


def test_alone_is_not_in_passing(workbench: Workbench) -> None:
    featurizer = workbench(FrameFeaturizer, data=training_data(DATA + "    - 好\n    - 好想学\n"))
    alone, passing = (Message(data={"text": text}) for text in ("好", "你好吗"))
    featurizer.process(workbench(ChineseTokenizer).process([alone, passing]))
    counts = [m.get_sparse_features("text")[1].features.sum() for m in (alone, passing)]
    assert counts[0] > counts[1]


def test_a_pair_counts_whatever_stands_between() -> None:
    ngrams = Ngrams.learn(2, 2, 3, 1, ["帮我报名"])
    near, far = (ngrams.count([text]).sum() for text in ("帮他报", "帮一下他报"))
    assert (near, far) == (1, 0)
