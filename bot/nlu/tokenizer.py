"""Chinese words by jieba over normalised text."""

from __future__ import annotations

import json
import logging
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import jieba
import yaml
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.lookups import lookup_values
from bot.nlu.normalise import normalise

_DIALECT = files("bot.nlu") / "dialect.yml"
_RUN = re.compile(r"\w+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@cache
def _dictionary() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def _own_jieba() -> jieba.Tokenizer:
    """Return a tokenizer with jieba's words, to which words can be added without others noticing."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = _dictionary().FREQ.copy(), _dictionary().total
    tokenizer.initialized = True
    return tokenizer


@cache
def dialect_words() -> dict[str, str]:
    """Return the dialect words of `dialect.yml` and what each means in the common language."""
    meanings: dict[str, list[str]] = yaml.safe_load(_DIALECT.read_text(encoding="utf-8"))
    return {normalise(word): meaning for meaning, words in meanings.items() for word in words}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class ChineseTokenizer(Tokenizer):
    """Split text into jieba's words; text in other scripts splits at spaces and punctuation.

    A token's text is normalised (full-width, Traditional and capital forms folded), its offsets are those of
    the original. Its lemma is the common word for a dialect one (咋个 -> 怎么), so features made of lemmas
    see through dialect while those made of text still know it. Spaces, punctuation and emoji make no token.

    The values of the training data's lookup tables are kept whole. They go to a dictionary of this
    component's own: jieba's global one stays as it is. The whole vocabulary travels in the model.

    Config keys: `dialect` (true): map dialect words to lemmas and keep them whole. Those of Rasa's tokenizers
    (`intent_tokenization_flag`, `intent_split_symbol`, `token_pattern`, `prefix_separator_symbol`) mean the
    same here.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        return {
            "dialect": True,
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._lemmas = dialect_words() if config["dialect"] else {}
        self._jieba = _own_jieba()
        self._add_words(list(self._lemmas))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChineseTokenizer:
        """Create an untrained tokenizer."""
        return cls(config, model_storage, resource)

    @staticmethod
    def required_packages() -> list[str]:
        """Name what this component needs beside Rasa."""
        return ["jieba", "opencc"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Let a changed dialect list be a reason to train again; Rasa's cache cannot see the file."""
        return sha256(_DIALECT.read_bytes()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the words of the lookup tables and keep them in the model."""
        words = sorted({word for _, word in lookup_values(training_data)})
        self._add_words(words)
        with self._model_storage.write_to(self._resource) as directory:
            (directory / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ChineseTokenizer:
        """Load the tokenizer with the words it was trained with."""
        tokenizer = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            tokenizer._add_words(json.loads((directory / "words.json").read_text(encoding="utf-8")))
        return tokenizer

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute of a message; an empty list for text without words."""
        return self._apply_token_pattern(self.tokens(message.get(attribute)))

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of `text`, normalised, with the offsets of the original."""
        tokens = []
        for run in _RUN.finditer(normalise(text)):
            start = run.start()
            # Jieba takes scripts that it does not know to pieces.
            for word in self._jieba.cut(run.group()) if _HAN.search(run.group()) else [run.group()]:
                tokens.append(Token(word, start, start + len(word), lemma=self._lemmas.get(word)))
                start += len(word)
        return tokens

    def _add_words(self, words: list[str]) -> None:
        for word in words:
            if len(word) > 1:
                self._jieba.add_word(word)
