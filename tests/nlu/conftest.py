"""A workbench on which a single pipeline component is trained, stored and loaded as Rasa would do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.training import fitting_model

Workbench = Callable[..., Any]


def training_data(yaml: str) -> TrainingData:
    """Return the training data of a text in Rasa's YAML format, without its version line."""
    return RasaYAMLReader().reads(f'version: "3.1"\nnlu:\n{yaml}')


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    """Return `make(component, config, data)`: train on `data` if given, then load from what was stored."""
    storage = LocalModelStorage(tmp_path)

    def make(component: Any, config: dict[str, Any] | None = None, data: TrainingData | None = None) -> Any:
        context = ExecutionContext(GraphSchema({}), node_name=component.__name__)
        resource = Resource(component.__name__)
        settings = {**component.get_default_config(), **(config or {})}
        made = component.create(settings, storage, resource, context)
        if data is None:
            return made
        made.train(data)
        return component.load(settings, storage, resource, context)

    return make


@pytest.fixture(scope="session")
def model() -> Path:
    """Return the model that fits the present language data; `make test` trains it before the tests."""
    return fitting_model()
