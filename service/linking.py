"""From what a person wrote to what it may name: candidates with a score, by characters, by sound, by part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

# From here on a name is taken for what was meant; from SIMILAR on it is worth offering instead.
MATCH = 60.0
SIMILAR = 40.0
# Names that are this much worse than the best one were not meant.
WITHIN = 6.0

_SOUND_COSTS = 8.0
# A slip in a word of two characters makes another word, so nothing shorter is compared loosely.
_LOOSE_FROM = 3
_NOT_A_NAME = re.compile(r"[\W_]+")
# Words that half of all names end in say nothing about which one is meant.
_COMMON_END = re.compile(
    r"(活动|讲座|培训|比赛|大赛|体验|兴趣班|提高班|入门班|班|课|社区|小区|街道|中心|公园|大学|活动室|会)+$"
)
# Speakers of Sichuan, Guangdong and Zhejiang do not tell these sounds apart, nor do their voice keyboards.
# They merge hua and fa too, but 书画 and 书法 are two things here.
_MERGED_SOUNDS = (("^([zcs])h", r"\1"), ("^n", "l"), ("^hu$", "fu"), ("^hui$", "fei"), ("ng$", "n"))


def score(said: str, names: Iterable[str]) -> float:
    """How well the words name something that goes by any of these names, from 0 to 100.

    Args:
        said: a topic or place as the person put it, not a whole sentence; see `mentions`.
    """
    bare = _bare(said)
    return max((_score(bare, _bare(name)) for name in names if name), default=0.0)


def mentions(sentence: str, names: Iterable[str]) -> float:
    """How much of a sentence one of these names makes up, from 0 to 100; 0 when none occurs in it.

    A name of two characters must be there as written: by sound alone, 象棋 is in every 想起来.
    """
    bare = _bare(sentence)
    found = [len(name) for name in map(_bare, names) if _occurs(name, bare)]
    return min(100.0, 80.0 + 4 * max(found)) if found else 0.0


def sounds_of(words: str) -> tuple[str, ...]:
    """The syllables of words as they are heard, so that 建意 and 建议 are the same; signs and spaces left out."""
    return _sounds(_bare(words))


def says_nothing(said: str) -> bool:
    """Whether the words are only such as 活动 or 讲座, which name nothing in particular."""
    return not _COMMON_END.sub("", _bare(said))


def whole(name: str) -> str:
    """How a name sounds, as one term of an index."""
    return " ".join(_sounds(_bare(name)))


def pairs(words: str) -> set[str]:
    """Each two syllables of the words that follow one another, as terms of an index: what `score` takes for a name of
    three syllables or more has one of them in common with it, but for a slip in the middle of three."""
    sounds = _sounds(_bare(words))
    return {f"{one} {other}" for one, other in pairwise(sounds)}


def spans(sentence: str, longest: int = 12) -> set[str]:
    """How every part of a sentence sounds, each as `whole` would say it of a name that is in the sentence."""
    sounds = _sounds(_bare(sentence))
    ends = range(1, longest + 1)
    return {" ".join(sounds[at : at + end]) for at in range(len(sounds)) for end in ends}


@lru_cache(maxsize=8192)
def _score(said: str, name: str) -> float:
    if not said or not name:
        return 0.0
    written = _overlap(said, name)
    heard = _overlap(_sounds(said), _sounds(name)) - _SOUND_COSTS
    loose_said, loose_name = _COMMON_END.sub("", said), _COMMON_END.sub("", name)
    loose = 0.0
    if min(len(loose_said), len(loose_name)) >= _LOOSE_FROM:
        by_sound = _resemblance(_sounds(loose_said), _sounds(loose_name))
        loose = 80.0 * max(_resemblance(loose_said, loose_name), by_sound)
    return max(written, heard, loose)


def _overlap(said: Sequence[str], name: Sequence[str]) -> float:
    """100 for the same, 95 when only part of the name was said, less the more was said than the name."""
    if said == name:
        return 100.0
    if len(said) >= 2 and _within(said, name):
        return 95.0
    if len(name) >= 2 and _within(name, said):
        return 80.0 + 20.0 * len(name) / len(said)
    return 0.0


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _resemblance(one: Sequence[str], other: Sequence[str]) -> float:
    """From 0 to 1, how much of the shorter one is in the longer, with at most one thing between."""
    short, long = sorted((one, other), key=len)
    ends = (len(short), len(short) + 1)
    windows = (long[at : at + end] for at in range(len(long) - len(short) + 1) for end in ends)
    return max(Levenshtein.normalized_similarity(short, window) for window in windows)


def _occurs(name: str, sentence: str) -> bool:
    if len(name) < 2:
        return False
    return name in sentence or (len(name) >= _LOOSE_FROM and _within(_sounds(name), _sounds(sentence)))


@lru_cache(maxsize=8192)
def _bare(words: str) -> str:
    return _NOT_A_NAME.sub("", words).lower()


@lru_cache(maxsize=8192)
def _sounds(words: str) -> tuple[str, ...]:
    """The syllables without tones; a run of anything that is not Chinese stays as it is."""
    return tuple(_merge(syllable) for syllable in lazy_pinyin(words))


@lru_cache(maxsize=2048)
def _merge(syllable: str) -> str:
    for sound, merged in _MERGED_SOUNDS:
        syllable = re.sub(sound, merged, syllable)
    return syllable
