"""The intent classifier: a calibrated linear model over whatever sparse features stand before it."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.nlu.linear_model import LinearModel, fit


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Classify messages by a linear SVM on TF-IDF of their sparse sentence features.

    Confidence is calibrated: decision values of cross-validation decide how sharp the softmax is, so that of
    the messages answered at 0.7 about seven in ten are right. A message without any known feature gets the
    intent None at confidence 0.

    Config keys:
        C: the SVM's C; of a list of candidates the one that does best in cross-validation is taken.
        folds: folds of that cross-validation.
        intent_weights: intent -> how much more an example of it weighs, where a miss is worse than a false
        alarm. ranking_length: how many intents to list; 0 lists all. random_state: seed.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before: a featurizer."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        return {"C": 1.0, "folds": 3, "intent_weights": {}, "ranking_length": 10, "random_state": 42}

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
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

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
        examples = [
            (features, message.get(INTENT))
            for message in training_data.intent_examples
            if (features := _features(message)) is not None
        ]
        if not examples:
            return self._resource
        rows, intents = zip(*examples, strict=True)
        strengths = self._config["C"] if isinstance(self._config["C"], list) else [self._config["C"]]
        self._model = fit(
            csr_matrix(vstack(rows)),
            intents,
            strengths,
            self._config["folds"],
            self._config["intent_weights"],
            self._config["random_state"],
        )
        with self._model_storage.write_to(self._resource) as directory:
            self._model.save(directory / "model.npz")
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
                return cls(config, model_storage, resource, LinearModel.load(directory / "model.npz"))
        except ValueError:  # how Rasa's storage says that nothing was stored
            return cls(config, model_storage, resource)

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
        features = _features(message)
        if self._model is None or features is None:
            return []
        probabilities = self._model.probabilities(features)[0]
        best = probabilities.argsort(kind="stable")[::-1][: self._config["ranking_length"] or None]
        return [{"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in best]


def _features(message: Message) -> csr_matrix | None:
    """Return the sparse sentence features of a message as one row, None where nothing in it is known."""
    _, sentence = message.get_sparse_features(TEXT)
    if sentence is None:
        return None
    row = csr_matrix(sentence.features)
    return row if row.nnz else None
