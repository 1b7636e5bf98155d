"""The running assistant does without TensorFlow, and a model that needs it still gets it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

from bot import lean_rasa, training

_ANSWERS_WITHOUT = """
import asyncio, sys
from bot import logs
logs.set_up("ERROR")
from bot.app import load_agent
found = asyncio.run(load_agent().parse("我摔倒了，起不来", "2026-11-23T09:30+08:00"))
assert found["intent"]["name"] == "emergency", found["intent"]
assert not hasattr(sys.modules["tensorflow"], "__version__")
"""


def test_the_agent_understands_without_tensorflow() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ANSWERS_WITHOUT], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_model_with_a_neural_component_is_told_apart(tmp_path: Path) -> None:
    neural = _archive(tmp_path / "a.tar.gz", "rasa.nlu.classifiers.diet_classifier.DIETClassifier")
    linear = _archive(tmp_path / "b.tar.gz", "bot.nlu.linear_classifier.LinearIntentClassifier")
    before = list(sys.meta_path)
    lean_rasa.prepare(neural)
    assert sys.meta_path == before
    if "tensorflow" not in sys.modules:
        lean_rasa.prepare(linear)
        assert len(sys.meta_path) == len(before) + 1
        sys.meta_path[:] = before


def test_the_trained_model_is_the_one_that_fits_the_language_data() -> None:
    assert training.fitting_model() == training.model_path()


def _archive(path: Path, component: str) -> Path:
    metadata = json.dumps({"predict_schema": {"nodes": {"only": {"uses": component}}}}).encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(metadata)
        archive.addfile(member, io.BytesIO(metadata))
    return path
