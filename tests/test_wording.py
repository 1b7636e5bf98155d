"""The wording and the code that says it: no key missing, none left over, every button pressable and short."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import bot.app  # noqa: F401  (so that every refusal is known)
from actions import all_actions
from actions.conversation import Fixed
from actions.forms import SLOTS
from bot.payloads import parse_data_of
from service import wording
from service.errors import Refusal
from service.settings import ROOT

# What says something: the name of the function, and which argument is the key.
_SAYS = {"say": 0, "phrase": 0, "confirm": 1}
# Intents that no sentence is taught for: a button of staff.
_STAFF_ONLY = {"take_alert"}
_LONGEST_TITLE = 16
_MOST_BUTTONS = 6


@cache
def trees() -> dict[Path, ast.AST]:
    """The code of the program, parsed."""
    files = [
        path for part in ("actions", "bot", "service", "console") for path in (ROOT / part).rglob("*.py")
    ]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}


@cache
def domain() -> dict[str, Any]:
    """Intents and forms of every file under domain/."""
    merged: dict[str, Any] = {"intents": [], "forms": {}}
    for path in sorted((ROOT / "domain").glob("*.yml")):
        part = yaml.safe_load(path.read_text(encoding="utf-8"))
        merged["intents"] += part.get("intents", [])
        merged["forms"] |= part.get("forms", {})
    return merged


def calls() -> Iterator[tuple[str, ast.Call, ast.expr]]:
    """Every call that says something: where it stands, the call, and its key."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _SAYS and len(node.args) > _SAYS[name]:
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                for expression in meant(node.args[_SAYS[name]], tree):
                    yield place, node, expression


def meant(expression: ast.expr, tree: ast.AST) -> list[ast.expr]:
    """The expression, or, for a name that stands for a key, what the module assigns to it."""
    if not (isinstance(expression, ast.Name) and expression.id in ("key", "none")):
        return [expression]
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == expression.id for target in node.targets)
    ]


def keys_in(expression: ast.expr) -> list[str]:
    """The keys that an expression may be, as far as they are written out."""
    if isinstance(expression, ast.IfExp):
        return keys_in(expression.body) + keys_in(expression.orelse)
    is_text = isinstance(expression, ast.Constant) and isinstance(expression.value, str)
    return [expression.value] if is_text else []  # type: ignore[attr-defined]


def families() -> list[re.Pattern[str]]:
    """What the keys put together in the code look like: f"thing_{kind}" is thing_ and anything."""
    found = []
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                    for part in node.values
                ]
                if re.match(r"[a-z]{2}", parts[0]) and not parts[0].startswith("refused"):
                    found.append(re.compile("".join(parts)))
    return found


def refusals(of: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Every named refusal."""
    return [each for child in of.__subclasses__() for each in [child, *refusals(child)]]


def placeholders(key: str) -> set[str]:
    """What a response needs to be told."""
    (variation,) = wording.responses()[key]
    texts = [variation["text"]]
    for button in variation.get("buttons", []):
        texts += [button["title"], button["payload"]]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def test_what_is_said_exists() -> None:
    """Every key that is written out in the code."""
    missing = [
        f"{place}: {key}"
        for place, _, expression in calls()
        for key in keys_in(expression)
        if key not in wording.responses()
    ]
    assert missing == []


def test_what_is_put_together_exists() -> None:
    """Refusals, intents, forms, and the answers that are called as their actions."""
    needed = [
        f"refused_{each.code}" for each in refusals() if getattr(each, "code", "") not in ("", "not_bound")
    ]
    needed += [f"intent_{name}" for name in domain()["intents"] if name not in ("share_media", "come_back")]
    needed += [f"aside_{form}" for form in SLOTS]
    needed += [each.name().removeprefix("action_") for each in all_actions() if isinstance(each, Fixed)]
    needed += [
        f"alert_{kind}" for kind in ("emergency", "scam", "talk", "complaint", "failure", "update", "token")
    ]
    needed += [f"question_{why}" for why in ("emergency", "scam", "talk", "complaint")]
    needed += [f"thing_{kind}" for kind in ("photo", "voice", "video", "document", "location")]
    assert [key for key in needed if key not in wording.responses()] == []


def test_nothing_is_left_over() -> None:
    """Every key is written out somewhere in the code, or is of a family that is put together there."""
    constants = {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    fixed = {each.name().removeprefix("action_") for each in all_actions()}
    fixed |= {f"refused_{each.code}" for each in refusals()}
    patterns = families()
    unused = [
        key
        for key in wording.responses()
        if key not in constants | fixed and not any(pattern.fullmatch(key) for pattern in patterns)
    ]
    assert unused == []


def test_what_a_sentence_needs_is_given() -> None:
    """Where key and parameters are written out, every {placeholder} has one."""
    wanting = []
    for place, call, expression in calls():
        given = {keyword.arg for keyword in call.keywords}
        if None in given or expression not in call.args:
            # Parameters given as a mapping, or a key that stands for several, cannot be told here.
            continue
        for key in keys_in(expression):
            if lacking := placeholders(key) - given:
                wanting.append(f"{place}: {key} needs {sorted(lacking)}")
    assert wanting == []


def test_no_key_twice() -> None:
    """A key of one file is not hidden by that of another."""
    seen: dict[str, str] = {}
    for path in sorted(wording.FOLDER.glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        for key in re.findall(r"^  (\w+):", text, flags=re.MULTILINE):
            assert key not in seen, f"{key} is in {seen.get(key)} and in {path.name}"
            seen[key] = path.name


@pytest.mark.parametrize("key", sorted(wording.responses()))
def test_buttons(key: str) -> None:
    """Few, short, each of an intent that there is, with entities in proper JSON."""
    (variation,) = wording.responses()[key]
    shown = wording.say(key, **dict.fromkeys(placeholders(key), "甲"))
    assert len(shown.buttons) <= _MOST_BUTTONS
    for button, said in zip(shown.buttons, variation.get("buttons", []), strict=True):
        parsed = parse_data_of(button.payload, button.title)
        assert parsed["intent"]["name"] in {*domain()["intents"], *_STAFF_ONLY}, said["payload"]
        assert 0 < len(button.title) <= _LONGEST_TITLE
        json.dumps(parsed)


def test_everyday_words_stand_for_one_button() -> None:
    """Of the buttons of a message, no two can be meant by the same words."""
    for key, (variation,) in wording.responses().items():
        said = [
            word
            for button in variation.get("buttons", [])
            for word in {button["title"], *map(str, button.get("also", []))}
        ]
        assert len(said) == len(set(said)), key


def test_choices_of_the_code() -> None:
    """Buttons made in the code mean intents that there are, and their words are short."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Choice" and len(node.args) > 1:
                for title in keys_in(node.args[0]):
                    assert len(title) <= _LONGEST_TITLE, path
                for intent in keys_in(node.args[1]):
                    assert intent in domain()["intents"], path


def test_every_form_is_known() -> None:
    """What the domain fills is what is cleared and kept."""
    forms = domain()["forms"]
    assert set(SLOTS) == set(forms)
    for name, form in forms.items():
        assert set(form["required_slots"]) <= set(SLOTS[name])
