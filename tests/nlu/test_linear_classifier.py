"""The classifier, on a few messages and the smallest possible pipeline."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.nlu.linear_classifier import LinearIntentClassifier
from bot.nlu.linear_model import fit
from bot.nlu.pinyin_featurizer import PinyinFeaturizer
from bot.nlu.tokenizer import ChineseTokenizer
from tests.nlu.conftest import Workbench, training_data

BOOK = ["我要报名", "帮我报名", "报名太极拳", "给我报个名", "书法课我报名", "想报名参加"]
POINTS = ["查积分", "我有多少积分", "积分还剩多少", "看看积分", "积分够不够", "我的积分"]
THANK = ["谢谢", "多谢你", "太感谢了", "谢谢啊", "感谢感谢", "谢谢小助手"]


def data_of(**intents: list[str]) -> TrainingData:
    return training_data(
        "".join(
            f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
            for intent, texts in intents.items()
        )
    )


def classify(workbench: Workbench, data: TrainingData, texts: list[str]) -> list[Message]:
    tokenizer = workbench(ChineseTokenizer, data=data)
    tokenizer.process_training_data(data)
    featurizer = workbench(PinyinFeaturizer, data=data)
    featurizer.process_training_data(data)
    classifier = workbench(LinearIntentClassifier, data=data)
    return classifier.process(
        featurizer.process(tokenizer.process([Message(data={"text": t}) for t in texts]))
    )


def test_messages_get_their_intent_slips_included(workbench: Workbench) -> None:
    data = data_of(book=BOOK, points=POINTS, thank=THANK)
    slip, points, thank = classify(workbench, data, ["抱名太极拳", "積粉有多少", "感谢啊"])
    assert slip.get("intent")["name"] == "book"
    assert points.get("intent")["name"] == "points"
    assert thank.get("intent")["name"] == "thank"


def test_confidences_of_a_ranking_sum_to_one_best_first(workbench: Workbench) -> None:
    (message,) = classify(workbench, data_of(book=BOOK, points=POINTS, thank=THANK), ["我要报名"])
    confidences = [guess["confidence"] for guess in message.get("intent_ranking")]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)
    assert message.get("intent") == message.get("intent_ranking")[0]


def test_a_message_of_which_nothing_is_known_has_no_intent(workbench: Workbench) -> None:
    for message in classify(workbench, data_of(book=BOOK, points=POINTS), ["", "😀", "zzz", "مرحبا"]):
        assert message.get("intent") == {"name": None, "confidence": 0.0}
        assert message.get("intent_ranking") == []


def test_one_intent_two_intents_and_a_single_example_are_enough(workbench: Workbench) -> None:
    (only,) = classify(workbench, data_of(book=BOOK), ["报名"])
    assert only.get("intent")["name"] == "book"
    first, second = classify(workbench, data_of(book=BOOK, points=POINTS), ["报名", "积分"])
    assert (first.get("intent")["name"], second.get("intent")["name"]) == ("book", "points")
    (rare,) = classify(workbench, data_of(book=BOOK, points=POINTS, thank=["谢谢"]), ["谢谢"])
    assert rare.get("intent")["name"] == "thank"


def test_training_again_gives_the_same_model() -> None:
    counts = csr_matrix(np.random.default_rng(7).poisson(0.3, size=(60, 40)))
    labels = ["a", "b", "c"] * 20
    first, again = (fit(counts, labels, [0.3, 1.0], 5, 1, {"a": 2.0}, seed=42) for _ in range(2))
    assert np.array_equal(first.weights, again.weights)
    assert first.sharpness == again.sharpness


def test_a_costlier_intent_wins_a_doubtful_message() -> None:
    counts = csr_matrix(np.array([[1, 1, 0]] * 6 + [[1, 0, 0]] * 6 + [[0, 0, 1]] * 6))
    doubtful = ["danger", "danger", "danger", "chat", "chat", "chat"]
    labels = doubtful + ["danger", "danger", "chat", "chat", "chat", "chat"] + ["other"] * 6
    even = fit(counts, labels, [1.0], 3, 1, {}, seed=1).probabilities(counts[6])
    costly = fit(counts, labels, [1.0], 3, 1, {"danger": 4.0}, seed=1).probabilities(counts[6])
    assert even[0].argmax() == 0  # chat
    assert costly[0].argmax() == 1  # danger


def test_an_intent_with_few_examples_weighs_as_much_as_one_with_many() -> None:
    doubtful, plain = [0, 1, 1], [1, 1, 0]
    counts = csr_matrix(np.array([doubtful] * 6 + [doubtful] * 12 + [plain] * 48))
    labels = ["rare"] * 6 + ["common"] * 60
    model = fit(counts, labels, [1.0], 3, 1, {}, seed=1)
    assert model.labels[model.probabilities(counts[0])[0].argmax()] == "rare"
    assert model.labels[model.probabilities(counts[-1])[0].argmax()] == "common"
