"""Reading a world file, and saying in one sentence what is wrong with it and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from service.errors import OperatorError
from service.world.loader import World

_EMPTY = ("", "~", "null")
_EXPECTED = {
    "type_error.tuple": "this has to be a list",
    "type_error.dict": "this has to be a mapping of keys and values",
    "type_error.str": "this has to be words",
    "type_error.integer": "this has to be a whole number",
    "type_error.float": "this has to be a number",
    "value_error.any_str.min_length": "this must not be empty",
}


class _Words(yaml.BaseLoader):
    """YAML whose scalars stay as they are written, so that phone numbers, codes and times are not sums."""


def _mapping(loader: _Words, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node))
        if key in found:
            problem = f"the key {key} is there twice"
            raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    # A key without a value is as good as none.
    return {key: value for key, value in found.items() if value not in _EMPTY}


_Words.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(file: Path) -> World:
    """The world that a file describes.

    Raises:
        OperatorError: there is no such file, it is not YAML, or something in it is not understood.
    """
    try:
        words = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise OperatorError(f"Cannot read {file}: it has to be a YAML file in UTF-8.") from None
    try:
        given = yaml.load(words, Loader=_Words)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise OperatorError(f"{file}{where}: this is not YAML, {error.problem}.") from None
    except yaml.YAMLError:
        raise OperatorError(f"{file}: this is not YAML.") from None
    try:
        return understood(given)
    except OperatorError as error:
        raise OperatorError(f"{file}: {error}") from None


def understood(given: Any) -> World:
    """The world that a mapping describes.

    Raises:
        OperatorError: something in it is not understood.
    """
    if not isinstance(given, dict):
        raise OperatorError("A world is a mapping of sections, beginning with office; see docs/world.md.")
    try:
        return World.parse_obj(given)
    except ValidationError as error:
        raise OperatorError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """What is wrong first, with its place."""
    first = error.errors()[0]
    at = tuple(part for part in first["loc"] if part != "__root__")
    if first["type"] == "value_error.extra":
        keys = ", ".join(_part(World, at[:-1]).__fields__)
        return f"{_place(at[:-1]) or 'the file'}: there is no key {at[-1]}; the keys here are {keys}."
    if first["type"] == "value_error.missing":
        return f"{_place(at)}: this is missing."
    return f"{_place(at)}: {_EXPECTED.get(first['type'], first['msg'])}."


def _place(at: tuple[int | str, ...]) -> str:
    """A place as one reads it: activities[3].venue."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at).lstrip(".")


def _part(model: type[BaseModel], at: tuple[int | str, ...]) -> type[BaseModel]:
    """The model of the mapping at a place."""
    for part in at:
        if isinstance(part, str):
            model = model.__fields__[part].type_
    return model
