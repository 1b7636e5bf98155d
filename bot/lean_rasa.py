"""Rasa without TensorFlow, for a model that does not use it.

Importing Rasa imports TensorFlow, which is more than half of a cold start and of the memory, although our pipeline
has no neural component. While such a model is run, a stand-in takes TensorFlow's place: classes can be derived from
what is in it, which is all that Rasa's modules do when they are imported, and anything more raises.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import sys
import tarfile
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_LEFT_OUT = frozenset({"tensorflow", "tensorflow_text", "tensorflow_hub", "keras"})
_NEURAL = (
    "diet_classifier",
    "response_selector",
    "ted_policy",
    "unexpected_intent_policy",
    "convert_featurizer",
    "lm_featurizer",
)


def prepare(model: Path) -> None:
    """Put the stand-in in place, if this model can do with it and TensorFlow is not there already."""
    if "tensorflow" not in sys.modules and not _is_neural(model):
        sys.meta_path.insert(0, _Finder())


def prepare_training(config: Path) -> None:
    """The same for training a pipeline that names no neural component."""
    named = config.read_text(encoding="utf-8").lower().replace("_", "")
    if "tensorflow" not in sys.modules and not any(part.replace("_", "") in named for part in _NEURAL):
        sys.meta_path.insert(0, _Finder())


def _is_neural(model: Path) -> bool:
    """Whether a component of the model is a neural network."""
    try:
        with tarfile.open(model) as archive:
            member = archive.extractfile("metadata.json")
            if member is None:
                return True
            metadata: dict[str, Any] = json.load(member)
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError):
        # Not a model at all; whoever loads it says so.
        return False
    nodes = metadata["predict_schema"]["nodes"].values()
    return any(part in node["uses"] for node in nodes for part in _NEURAL)


class _Absent(type):
    """Makes classes that may be derived from and have any attribute, and that refuse to be instantiated."""

    def __getattr__(cls, name: str) -> _Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent(name, (), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"{cls.__name__} of TensorFlow is needed, but this model runs without it")


class _Module(types.ModuleType):
    """A stand-in for a module of TensorFlow."""

    def __getattr__(self, name: str) -> _Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent(name, (), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the stand-in for every module of TensorFlow."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for what is left out, None for anything else."""
        if fullname.partition(".")[0] in _LEFT_OUT:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """An empty stand-in."""
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""
