"""What the featurizers share that count n-grams of something read out of a message."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.ngrams import Ngrams, Symbols

_Self = TypeVar("_Self", bound="NgramFeaturizer")


class NgramFeaturizer(SparseFeaturizer, GraphComponent, ABC):
    """Counts n-grams, and pairs that stand apart, of the symbols that a subclass reads out of a message.

    Only sentence features, and none for a message without a word or a project of which nothing was learned.

    Config keys: `min_ngram` (1) and `max_ngram` (3); `reach` (0): how far apart two symbols may stand and still
    count as a pair, whatever is between them; `min_df` (1): in how many training messages an n-gram or pair must
    occur to count.
    """

    @abstractmethod
    def symbols(self, message: Message) -> Symbols:
        """What is counted of `message`, in order."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before: a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        defaults = SparseFeaturizer.get_default_config()
        return {**defaults, "min_ngram": 1, "max_ngram": 3, "reach": 0, "min_df": 1}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse an empty range of n-grams."""
        if not 1 <= config.get("min_ngram", 1) <= config.get("max_ngram", 3):
            raise ValueError(f"need 1 <= min_ngram <= max_ngram, got {config}")

    def __init__(
        self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._ngrams: Ngrams | None = None

    @classmethod
    def create(
        cls: type[_Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Self:
        """Create an untrained featurizer."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which n-grams there are and keep them in the model."""
        config = self._config
        self._ngrams = Ngrams.learn(
            config["min_ngram"],
            config["max_ngram"],
            config["reach"],
            config["min_df"],
            map(self.symbols, training_data.training_examples),
        )
        with self._model_storage.write_to(self._resource) as directory:
            self._ngrams.save(directory / "ngrams.json")
        return self._resource

    @classmethod
    def load(
        cls: type[_Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> _Self:
        """Load the featurizer with its n-grams."""
        featurizer = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as directory:
            featurizer._ngrams = Ngrams.load(directory / "ngrams.json")
        return featurizer

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to the training messages."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages."""
        if self._ngrams is not None and self._ngrams.columns:
            for message in messages:
                if message.get(TOKENS_NAMES[TEXT]):
                    sentence = self._ngrams.count([self.symbols(message)]).tocoo()
                    self.add_features_to_message(None, sentence, TEXT, message)
        return messages
