"""Sparse features of how a message sounds."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.ngram_featurizer import NgramFeaturizer
from bot.nlu.ngrams import Symbols
from bot.nlu.pinyin import syllables


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PinyinFeaturizer(NgramFeaturizer):
    """Count n-grams of merged, toneless syllables, so that homophones and slips of accent count as the same.

    They run over the whole message, across words: a slip breaks words (抱名 is two, 报名 is one), not sounds.

    Config keys: those of NgramFeaturizer, in syllables.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Name what this component needs beside Rasa."""
        return ["pypinyin"]

    def symbols(self, message: Message) -> Symbols:
        """Return the syllables of `message`."""
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        return [syllable for token in tokens for syllable in syllables(token.text)]
