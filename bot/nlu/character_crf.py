"""Entities by a conditional random field over characters."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pycrfsuite
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.characters import Gazetteer, Unit, features, forms, units_of
from bot.nlu.lookups import lookup_values
from bot.nlu.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class CharacterCRFExtractor(GraphComponent, EntityExtractorMixin):
    """Find entities by a linear-chain CRF whose steps are characters.

    Chinese entities do not keep to the words a segmenter makes, so labels sit on characters (on whole words
    in other scripts). Words, sounds and the values of the lookup tables are features, not facts: a lookup
    value counts where the sentence agrees. So is the intent, of which one in ten is hidden in training, since
    it may be read wrongly in use.

    Config keys: `max_iterations` (10) of the averaged perceptron; `use_lookup_tables` (true); `use_intent`
    (false), which needs a classifier before this component; `open_entities` ([]): entities whose values are
    mostly new ones, such as names. Each of their examples is learned a second time with a value crossed from
    two others of its length, so that what stands around it, and what may begin a name, counts for more than
    the names that were seen. `random_state` (42): seed of that.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before: a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        return {
            "max_iterations": 10,
            "use_lookup_tables": True,
            "use_intent": False,
            "open_entities": [],
            "random_state": 42,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Name what this component needs beside Rasa."""
        return ["sklearn_crfsuite"]

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        gazetteer: Gazetteer | None = None,
        tagger: pycrfsuite.Tagger | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._gazetteer = gazetteer or Gazetteer({})
        self._tagger = tagger

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CharacterCRFExtractor:
        """Create an untrained extractor."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the annotated messages; without any annotation there is nothing to do."""
        if not training_data.entity_examples:
            return self._resource
        if self._config["use_lookup_tables"]:
            self._gazetteer = Gazetteer.of(lookup_values(training_data))
        # L-BFGS scores the same in four times the time, and finds fewer values that it has not seen.
        trainer = pycrfsuite.Trainer(algorithm="ap", verbose=False)
        # It shuffles by the C library's own generator, which whatever ran before has left anywhere.
        ctypes.CDLL(None).srand(self._config["random_state"])
        trainer.set_params({"max_iterations": self._config["max_iterations"]})
        crossed = self._crossed(training_data.entity_examples)
        for number, message in enumerate([*training_data.nlu_examples, *crossed]):
            units = self._units(message)
            if units:
                entities = self.filter_trainable_entities([message])[0].get(ENTITIES, [])
                intent = message.get(INTENT) if number % 10 else None
                trainer.append(self._features(message, units, intent), _labels(units, entities))
        with self._model_storage.write_to(self._resource) as directory:
            trainer.train(str(directory / "model.crfsuite"))
            self._gazetteer.save(directory / "lookups.json")
            self._tagger = _tagger(directory / "model.crfsuite")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CharacterCRFExtractor:
        """Load the trained extractor, or one that finds nothing where there was nothing to learn from."""
        try:
            with model_storage.read_from(resource) as directory:
                gazetteer = Gazetteer.load(directory / "lookups.json")
                tagger = _tagger(directory / "model.crfsuite")
        except ValueError:  # how Rasa's storage says that nothing was stored
            return cls(config, model_storage, resource)
        return cls(config, model_storage, resource, gazetteer, tagger)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities found to messages."""
        for message in messages:
            found = self.add_extractor_name(self._find(message))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _units(self, message: Message) -> list[Unit]:
        return units_of(normalise(message.get(TEXT) or ""))

    def _features(self, message: Message, units: list[Unit], intent: str | None) -> list[list[str]]:
        normalised = normalise(message.get(TEXT))
        known = self._gazetteer.find(normalised) + forms(normalised)
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        return features(units, tokens, known, intent if self._config["use_intent"] else None)

    def _crossed(self, messages: list[Message]) -> Iterable[Message]:
        """Yield the messages with an open entity again, its value made of two others: 王秀兰 + 李长庚 = 王长庚."""
        random = Random(self._config["random_state"])
        values: dict[tuple[str, int], list[str]] = {}
        for message in messages:
            for entity, start, end in self._open(message):
                values.setdefault((entity, end - start), []).append(message.get(TEXT)[start:end])
        for message in messages:
            text, tokens = message.get(TEXT), message.get(TOKENS_NAMES[TEXT]) or []
            spans = self._open(message)
            for entity, start, end in spans:
                first, rest = (random.choice(values[entity, end - start]) for _ in range(2))
                text = text[:start] + first[0] + rest[1:] + text[end:]
                # Who knows into which words the new name would fall: it has none.
                tokens = [token for token in tokens if token.end <= start or end <= token.start]
            if spans:
                yield Message({**message.data, TEXT: text, TOKENS_NAMES[TEXT]: tokens})

    def _open(self, message: Message) -> list[tuple[str, int, int]]:
        kinds = self._config["open_entities"]
        entities = message.get(ENTITIES, [])
        return [(e["entity"], e["start"], e["end"]) for e in entities if e["entity"] in kinds]

    def _find(self, message: Message) -> list[dict[str, Any]]:
        units = self._units(message)
        if self._tagger is None or not units:
            return []
        labels = self._tagger.tag(self._features(message, units, _likeliest(message)))
        text = message.get(TEXT)
        return [
            {"entity": entity, "start": start, "end": end, "value": text[start:end]}
            for entity, start, end in _spans(units, labels)
        ]


def _likeliest(message: Message) -> str | None:
    """Return the likeliest intent, also where the FallbackClassifier refused it."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    names = [guess["name"] for guess in ranking if guess["name"] != DEFAULT_NLU_FALLBACK_INTENT_NAME]
    return names[0] if names else None


def _tagger(path: Path) -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))  # read whole into memory; the file may go
    return tagger


def _labels(units: list[Unit], entities: list[dict[str, Any]]) -> list[str]:
    """Return B-/I-/O labels for the annotated entities; a unit half inside an entity counts as inside."""
    labels = ["O"] * len(units)
    for entity in entities:
        inside = [
            i for i, unit in enumerate(units) if unit.start < entity["end"] and entity["start"] < unit.end
        ]
        for index in inside:
            labels[index] = f"{'B' if index == inside[0] else 'I'}-{entity['entity']}"
    return labels


def _spans(units: list[Unit], labels: list[str]) -> Iterable[tuple[str, int, int]]:
    """Yield (entity, start, end) for each run of labels of one entity."""
    entity, start, end = "", 0, 0
    for unit, label in zip([*units, Unit("", 0, 0)], [*labels, "O"], strict=True):
        if entity and label != f"I-{entity}":
            yield entity, start, end
            entity = ""
        if label != "O":
            if not entity:
                entity, start = label[2:], unit.start
            end = unit.end
