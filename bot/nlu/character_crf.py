"""Entities by a conditional random field over characters."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pycrfsuite
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.characters import Gazetteer, Unit, features, units_of
from bot.nlu.lookups import lookup_values
from bot.nlu.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class CharacterCRFExtractor(GraphComponent, EntityExtractorMixin):
    """Find entities by a linear-chain CRF whose steps are characters.

    Chinese entities do not keep to the words a segmenter makes, so labels sit on characters (on whole words
    in other scripts). Words, sounds and the values of the lookup tables are features, not facts: a lookup
    value counts where the sentence agrees.

    Config keys: `max_iterations` (60) of L-BFGS, its penalties `L1_c` (0.05) and `L2_c` (0.05);
    `use_lookup_tables` (true); `open_entities` ([]): entities whose values are mostly new ones, such as names.
    Each of their examples is learned a second time with the value's characters blotted out, so that what
    stands around it, and what may begin a name, counts for more than the names that were seen.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before: a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        return {
            "max_iterations": 60,
            "L1_c": 0.05,
            "L2_c": 0.05,
            "use_lookup_tables": True,
            "open_entities": [],
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
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {
                "c1": self._config["L1_c"],
                "c2": self._config["L2_c"],
                "max_iterations": self._config["max_iterations"],
            }
        )
        for message in training_data.nlu_examples:
            units = self._units(message)
            if units:
                entities = self.filter_trainable_entities([message])[0].get(ENTITIES, [])
                labels = _labels(units, entities)
                rows = self._features(message, units)
                trainer.append(rows, labels)
                if any(entity["entity"] in self._config["open_entities"] for entity in entities):
                    trainer.append(self._blotted(rows, labels), labels)
        with self._model_storage.write_to(self._resource) as directory:
            trainer.train(str(directory / "model.crfsuite"))
            text = json.dumps(self._gazetteer.values, ensure_ascii=False)
            (directory / "lookups.json").write_text(text, encoding="utf-8")
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
                values = json.loads((directory / "lookups.json").read_text(encoding="utf-8"))
                tagger = _tagger(directory / "model.crfsuite")
        except ValueError:  # how Rasa's storage says that nothing was stored
            return cls(config, model_storage, resource)
        return cls(config, model_storage, resource, Gazetteer(values), tagger)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities found to messages."""
        for message in messages:
            found = self.add_extractor_name(self._find(message))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _units(self, message: Message) -> list[Unit]:
        return units_of(normalise(message.get(TEXT) or ""))

    def _features(self, message: Message, units: list[Unit]) -> list[list[str]]:
        known = self._gazetteer.find(normalise(message.get(TEXT)))
        return features(units, message.get(TOKENS_NAMES[TEXT]) or [], known)

    def _blotted(self, rows: list[list[str]], labels: list[str]) -> list[list[str]]:
        """Return the rows, those inside open entities with nothing but their surroundings and their kind."""
        kept = ("bias", "k=", "kkk=", "c-1=", "c-2=", "c-2c-1=", "c+1=", "c+2=", "c+1c+2=")
        return [
            [feature for feature in row if feature.startswith(kept)]
            if label[2:] in self._config["open_entities"]
            else row
            for row, label in zip(rows, labels, strict=True)
        ]

    def _find(self, message: Message) -> list[dict[str, Any]]:
        units = self._units(message)
        if self._tagger is None or not units:
            return []
        labels = self._tagger.tag(self._features(message, units))
        text = message.get(TEXT)
        return [
            {"entity": entity, "start": start, "end": end, "value": text[start:end]}
            for entity, start, end in _spans(units, labels)
        ]


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
