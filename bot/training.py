"""Models: which one fits the present language data, and how one is made."""

from __future__ import annotations

import hashlib
import logging
import os
from functools import lru_cache
from pathlib import Path

from bot import lean_rasa
from service.errors import OperatorError
from service.settings import ROOT, settings

_SOURCES = ("config.yml", "nlu_data/**/*.yml", "domain/*.yml", "bot/nlu/**/*.py", "bot/nlu/**/*.yml")


def fingerprint() -> str:
    """What a model depends on, as a short hash: language data, pipeline and domain, not the wording."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Where the model that fits the present language data is or would be."""
    return settings().models / f"model-{fingerprint()}.tar.gz"


def fitting_model() -> Path:
    """The model to run with.

    Raises:
        OperatorError: there is none, or only ones for other language data.
    """
    path = model_path()
    if path.is_file():
        return path
    others = sorted(settings().models.glob("model-*.tar.gz"))
    state = (
        "The language data has changed since the model was trained" if others else "There is no trained model"
    )
    raise OperatorError(f"{state}. Train one: make train.")


def train() -> Path:
    """Train a model on the present language data and keep it as the only one.

    Raises:
        OperatorError: Rasa could not train; its own words are on stderr.
    """
    lean_rasa.prepare_training(ROOT / "config.yml")
    from rasa.engine.training.hooks import TrainingHook
    from rasa.model_training import train as rasa_train
    from rasa.shared.importers.rasa import RasaFileImporter

    # It fingerprints every message after every component, for a cache that is not used here; most of the time.
    TrainingHook.on_before_node = lambda *_, **__: {}  # type: ignore[method-assign]
    TrainingHook.on_after_node = lambda *_, **__: None  # type: ignore[method-assign]
    # It reads tens of thousands of sentences anew for the domain, for checking and for training.
    read = lru_cache(maxsize=1)(RasaFileImporter.get_nlu_data)
    RasaFileImporter.get_nlu_data = lambda importer, language="": read(importer)  # type: ignore[method-assign]
    # Rasa shows bars for work of a second, whatever tqdm's own variable says, unless it believes this.
    os.environ["LOG_LEVEL"] = "WARNING"
    # Names each component as it is trained, which is the progress that a person waiting sees.
    logging.getLogger("rasa.engine.training.hooks").setLevel(logging.INFO)
    path = model_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    result = rasa_train(
        domain=str(ROOT / "domain"),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / "nlu_data")],
        output=str(path.parent),
        # The training cache does not see every file that our components read.
        force_training=True,
        fixed_model_name=path.name.removesuffix(".tar.gz"),
    )
    if result.code or not path.is_file():
        raise OperatorError("Training failed; see the lines above.")
    for old in path.parent.glob("model-*.tar.gz"):
        if old != path:
            old.unlink()
    return path
