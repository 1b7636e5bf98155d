"""The intent classifier: a calibrated linear model over whatever sparse features stand before it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import coo_matrix, csr_matrix

from bot.nlu.linear_model import LinearModel, fit


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Classify messages by a linear SVM on weighted counts of their sparse sentence features.

    Confidence is calibrated: decision values of cross-validation decide how sharp the softmax is, so that of
    the messages answered at 0.7 about seven in ten are right. A message without any known feature gets the
    intent None at confidence 0.

    Config keys:
        C: the SVM's C; of a list of candidates the one that does best in cross-validation is taken.
        folds: folds of that cross-validation. min_df: features of fewer training messages are left out.
        intent_costs: intent -> how many times worse it is to miss it than to see it where it is not; its
        probability is multiplied by this and the whole brought back to one, so that in doubt it wins.
        ranking_length: how many intents to list; 0 lists all. random_state: seed.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before: a featurizer."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        return {
            "C": 1.5,
            "folds": 3,
            "min_df": 1,
            "intent_costs": {},
            "ranking_length": 10,
            "random_state": 42,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Name what this component needs beside Rasa."""
        return ["sklearn", "scipy"]

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        blocks: dict[str, int] | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._blocks = blocks or {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Create an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on every message that has an intent and at least one feature, and keep the model."""
        examples = training_data.intent_examples
        blocks = _blocks(examples)
        counts = _counts(examples, blocks)
        known = np.flatnonzero(np.diff(counts.indptr))
        if not len(known):
            return self._resource
        strengths = self._config["C"] if isinstance(self._config["C"], list) else [self._config["C"]]
        self._model = fit(
            counts[known],
            [examples[index].get(INTENT) for index in known],
            strengths,
            self._config["folds"],
            self._config["min_df"],
            self._config["intent_costs"],
            self._config["random_state"],
        )
        self._blocks = blocks
        with self._model_storage.write_to(self._resource) as directory:
            self._model.save(directory / "model.npz")
            (directory / "blocks.json").write_text(json.dumps(blocks), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load the trained classifier, or an untrained one where there was nothing to learn from."""
        try:
            with model_storage.read_from(resource) as directory:
                blocks = json.loads((directory / "blocks.json").read_text(encoding="utf-8"))
                model = LinearModel.load(directory / "model.npz")
        except ValueError:  # how Rasa's storage says that nothing was stored
            return cls(config, model_storage, resource)
        return cls(config, model_storage, resource, model, blocks)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Classify the training messages, for components that want to see intents."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of messages."""
        for message in messages:
            ranking = self._ranking(message)
            intent = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if self._model is None:
            return []
        counts = _counts([message], self._blocks)
        if not counts.nnz:
            return []
        probabilities = self._model.probabilities(counts)[0]
        best = probabilities.argsort(kind="stable")[::-1][: self._config["ranking_length"] or None]
        return [{"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in best]


def _sentence_features(message: Message) -> Iterable[tuple[str, coo_matrix]]:
    """Yield each featurizer's name and the row it made of the message."""
    for features in message.features:
        if features.attribute == TEXT and features.type == FEATURE_TYPE_SENTENCE and features.is_sparse():
            yield str(features.origin), features.features.tocoo()


def _blocks(messages: list[Message]) -> dict[str, int]:
    """Return how many columns each featurizer fills, in the order of their appearance."""
    return {origin: row.shape[1] for message in messages for origin, row in _sentence_features(message)}


def _counts(messages: list[Message], blocks: dict[str, int]) -> csr_matrix:
    """Return one row a message, the featurizers' columns side by side; what one did not fill stays empty.

    Rasa puts the features of one message together at a time, which for a whole training set takes longer than
    learning from it.
    """
    offsets = dict(zip(blocks, accumulate(blocks.values(), initial=0), strict=False))  # the last: the width
    indices, data, ends = [np.empty(0, np.int64)], [np.empty(0)], [0]
    for message in messages:
        ends.append(ends[-1])
        for origin, row in _sentence_features(message):
            if origin in offsets:
                indices.append(row.col + offsets[origin])
                data.append(row.data)
                ends[-1] += row.nnz
    shape = (len(messages), sum(blocks.values()))
    return csr_matrix((np.concatenate(data), np.concatenate(indices), ends), shape=shape)
