"""The trained model, which none of these tests trains again, and a pair of Rasa's servers on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import training
from tests.stock.servers import Servers


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the model that fits the language data: training another meanwhile takes the original away."""
    return Path(shutil.copy(training.fitting_model(), tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="package")
def servers(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """`rasa run` and `rasa run actions` on the sample world, in which the sender 陈秀兰 is bound to herself."""
    with Servers(model, tmp_path_factory.mktemp("stock")) as running:
        yield running
