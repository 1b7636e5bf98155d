"""What a sequence model sees of each character of a message."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rasa.nlu.tokenizers.tokenizer import Token

from bot.nlu.pinyin import syllables

_UNIT = re.compile(r"[a-z]+|[0-9]+|\S")
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万半几")
# The commonest, as the Ministry of Public Security counts them, and a few rarer but unmistakable ones.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝"
    "包宁尚符舒阮柯纪梅童凌毕单季裴霍冉蒲麦区冼邝卓池涂晏车连骆辛管褚滕阳仇佘苗曲卞应戚饶桑翁荣仲匡寇"
)


@dataclass(frozen=True)
class Unit:
    """A stretch of text labelled as one: a Chinese character, a mark, a run of letters or of digits."""

    text: str
    start: int
    end: int

    @property
    def kind(self) -> str:
        """Return what sort of thing this is: digits, letters, numeral, surname, han, or the mark itself."""
        if self.text[0].isdigit():
            return "digits"
        if self.text in _NUMERALS:
            return "numeral"
        if self.text in _SURNAMES:
            return "surname"
        if self.text[0].isascii() and self.text[0].isalpha():
            return "letters"
        return "han" if self.text.isalpha() else self.text


def units_of(normalised: str) -> list[Unit]:
    """Return the units of a normalised text, spaces left out."""
    return [Unit(match.group(), match.start(), match.end()) for match in _UNIT.finditer(normalised)]


class Gazetteer:
    """Find known values in a text; at each place the longest wins, and matches do not overlap."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        """Take entity -> normalised values."""
        self.values = dict(values)
        self._entities: dict[str, list[str]] = {}
        for entity, names in values.items():
            for name in names:
                self._entities.setdefault(name, []).append(entity)
        self._prefixes = {name[:length] for name in self._entities for length in range(1, len(name) + 1)}

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Gazetteer:
        """Make one from pairs of entity and normalised value."""
        values: dict[str, list[str]] = {}
        for entity, value in pairs:
            values.setdefault(entity, []).append(value)
        return cls(values)

    def find(self, normalised: str) -> list[tuple[int, int, list[str]]]:
        """Return (start, end, entities that have this value), left to right."""
        found = []
        start = 0
        while start < len(normalised):
            longest = 0
            length = 1
            while start + length <= len(normalised) and normalised[start : start + length] in self._prefixes:
                if normalised[start : start + length] in self._entities:
                    longest = length
                length += 1
            if longest:
                found.append((start, start + longest, self._entities[normalised[start : start + longest]]))
            start += longest or 1
        return found


def features(
    units: list[Unit], tokens: list[Token], known: list[tuple[int, int, list[str]]]
) -> list[list[str]]:
    """Return the features of each unit: neighbourhood, sound, word, and the known values it is part of."""
    count = len(units)
    text = ["<<", "<", *(unit.text for unit in units), ">", ">>"]
    kind = ["<<", "<", *(unit.kind for unit in units), ">", ">>"]
    word = _places(units, [(token.start, token.end, [token.text]) for token in tokens])
    value = _places(units, known)
    sound = [syllables(unit.text)[:1] for unit in units]
    rows = []
    for here in range(count):
        at = here + 2
        row = [
            "bias",
            f"c={text[at]}",
            f"c-1={text[at - 1]}",
            f"c+1={text[at + 1]}",
            f"c-2={text[at - 2]}",
            f"c+2={text[at + 2]}",
            f"c-1c={text[at - 1]}{text[at]}",
            f"cc+1={text[at]}{text[at + 1]}",
            f"c-2c-1={text[at - 2]}{text[at - 1]}",
            f"c+1c+2={text[at + 1]}{text[at + 2]}",
            f"c-1_c+1={text[at - 1]}_{text[at + 1]}",
            f"k={kind[at]}",
            f"kkk={kind[at - 1]}|{kind[at]}|{kind[at + 1]}",
        ]
        row += [f"s={syllable}" for syllable in sound[here]]
        for offset in (-1, 0, 1):
            if 0 <= here + offset < count:
                row += [f"w{offset}={place}|{name}" for place, name in word[here + offset]]
                row += [f"v{offset}={place}|{name}" for place, name in value[here + offset]]
        row += [f"p={place}" for place, _ in word[here]]
        rows.append(row)
    return rows


def _places(units: list[Unit], spans: list[tuple[int, int, list[str]]]) -> list[list[tuple[str, str]]]:
    """Return, for each unit, its place in the spans over it (only, first, last, middle) and their names."""
    places: list[list[tuple[str, str]]] = [[] for _ in units]
    starts = [unit.start for unit in units]
    for start, end, names in spans:
        for index in range(bisect_left(starts, start), bisect_left(starts, end)):
            first, last = units[index].start == start, units[index].end >= end
            place = "only" if first and last else "first" if first else "last" if last else "middle"
            places[index] += [(place, name) for name in names]
    return places
