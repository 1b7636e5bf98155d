"""What a sequence model sees of each character of a message."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

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
_PLACE_ENDINGS = frozenset("区街路巷桥村镇乡县市园场苑里院校学心馆站厅楼坝湾坪沟山湖河寺庙亭店所")
_SURNAME = f"[{''.join(sorted(_SURNAMES))}]"
_NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万半几俩]+)[多来余几]?"
_MEASURE = (
    "个?(?:小时|钟头|钟|分钟|学时|课时|平方|平米|公里|里路|公斤|千克|积分|次数|人次)|"
    "[个位名人口家户对双只头条张把件袋箱瓶盒包桶提捆壶罐听杯碗斤两克吨升亩米元块毛角分床套支枝本册份样款项门台部辆盏盆棵株道题"
    "次回遍趟场期节堂讲课集篇届批届组层楼岁席顿碟板卷筒片粒副付"
    "]"
)
_TITLE = "(?:婆婆|大爷|大妈|大娘|大姐|大哥|大叔|奶奶|爷爷|伯伯|阿姨|阿婆|嬢嬢|老师|主任|书记|师傅|医生|局长|处长|科长|馆长|教授|叔|姨|婆|爷|姐|哥|伯|老|工|总)"
_FORMS = {
    "a quantity": re.compile(f"{_NUMBER}(?:{_MEASURE})"),
    "a person": re.compile(f"[老小阿大]{_SURNAME}|{_SURNAME}{_TITLE}"),
}


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

    def save(self, path: Path) -> None:
        """Write to a JSON file."""
        path.write_text(json.dumps(self.values, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Gazetteer:
        """Read what `save` wrote."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

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


def forms(normalised: str) -> list[tuple[int, int, list[str]]]:
    """Return (start, end, kind) of what has the form of a quantity or of a way to call a person."""
    return [(*match.span(), [kind]) for kind, form in _FORMS.items() for match in form.finditer(normalised)]


def features(
    units: list[Unit], tokens: list[Token], known: list[tuple[int, int, list[str]]], intent: str | None = None
) -> list[list[str]]:
    """Return the features of each unit: neighbourhood, sound, word, the known values and forms it is part of.

    Args:
        units: what `units_of` made of the normalised text.
        tokens: the tokenizer's words, with offsets in that text.
        known: values of lookup tables and forms, as (start, end, names).
        intent: what the whole message is thought to want; the same word is a subject here and a skill there.
    """
    count = len(units)
    edge_before, edge_after = ["<"] * 3, [">"] * 3
    text = [*edge_before, *(unit.text for unit in units), *edge_after]
    kind = [*edge_before, *(unit.kind for unit in units), *edge_after]
    word = _places(units, [(token.start, token.end, [token.text]) for token in tokens])
    value = _places(units, known)
    rows = []
    for here, unit in enumerate(units):
        row = _neighbourhood(text[here : here + 7], kind[here : here + 7], here, count)
        row += [f"s={syllable}" for syllable in syllables(unit.text)[:1]]
        for offset in (-1, 0, 1):
            if 0 <= here + offset < count:
                row += [f"w{offset}={place}|{name}" for place, name in word[here + offset]]
                row += [f"v{offset}={place}|{name}" for place, name in value[here + offset]]
        row += [f"p={place}" for place, _ in word[here]]
        row += _suffix(units, here)
        if intent:
            row += [f"i={intent}", f"ic={intent}|{unit.text}"]
            row += [f"iv={intent}|{place}|{name}" for place, name in value[here]]
        rows.append(row)
    return rows


def _neighbourhood(text: list[str], kind: list[str], here: int, count: int) -> list[str]:
    """Return the features of the unit in the middle of seven, at position `here` of `count`."""
    c3, c2, c1, c, d1, d2, d3 = text
    _, k2, k1, k, l1, l2, _ = kind
    return [
        "bias",
        f"at={'first' if not here else 'last' if here + 1 == count else 'inside'}",
        f"c={c}",
        f"c-1={c1}",
        f"c+1={d1}",
        f"c-2={c2}",
        f"c+2={d2}",
        f"c-3={c3}",
        f"c+3={d3}",
        f"c-1c={c1}{c}",
        f"cc+1={c}{d1}",
        f"c-2c-1={c2}{c1}",
        f"c+1c+2={d1}{d2}",
        f"c-1_c+1={c1}_{d1}",
        f"c-3c-2c-1={c3}{c2}{c1}",
        f"c+1c+2c+3={d1}{d2}{d3}",
        f"c-2c-1c={c2}{c1}{c}",
        f"cc+1c+2={c}{d1}{d2}",
        f"k={k}",
        f"kkk={k1}|{k}|{l1}",
        f"k-2k-1k={k2}|{k1}|{k}",
        f"kk+1k+2={k}|{l1}|{l2}",
    ]


def _suffix(units: list[Unit], here: int) -> list[str]:
    """Return how far ahead the next character stands that names of places end in, if it is near."""
    for ahead, unit in enumerate(units[here : here + 6]):
        if not unit.text.isalpha():
            break
        if unit.text in _PLACE_ENDINGS:
            return [f"ends={unit.text}@{ahead}", f"ends@{ahead}"]
    return []


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
