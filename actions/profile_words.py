"""Which of one's details a sentence is about, and what it is to become."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# The first that fits: an emergency contact has a phone too, and moving house may name a community.
_FIELDS = (
    ("emergency_contact", re.compile(r"紧急联系|应急联系|有急事找")),
    ("spouse", re.compile(r"老伴|爱人|配偶|丈夫|妻子|老公|老婆")),
    ("interests", re.compile(r"爱好|兴趣")),
    ("phone", re.compile(r"电话|手机|号码|联系方式|换号|新号")),
    ("address", re.compile(r"地址|住址|住处|搬|住在|住到|住进|门牌")),
    ("community", re.compile(r"社区")),
)
# What only the office changes, since papers go with it.
_FIXED = (
    ("姓名", re.compile(r"姓名|名字")),
    ("出生年月", re.compile(r"出生|生日|年龄|岁数")),
    ("身体分类", re.compile(r"分类|身体状况|健康状况|类别")),
    ("支部", re.compile(r"支部")),
    ("原单位和职级", re.compile(r"单位|职级|级别|职务")),
)
_CHANGE = re.compile(
    r"改|换|更新|更正|变更|变了|搬|新号|新的?电话|新地址|登记.{0,6}(?:为|成|是)|写错|不对|补|添加|加上"
)
_VALUE = re.compile(
    r"(?:改成|换成|改为|换为|改到|变成|变更为|更新为|登记为|登记成|写成|加上|搬到|搬去|搬进|住到|住进|现在住在|现在住|住在|"
    r"新(?:的)?(?:号码|电话|手机号?|地址|住址)(?:是|为|：|:)?|应该是|(?<!不)是|：|:)\s*(?P<value>[^，。！？；]{2,})"
)
_ENDS = re.compile(r"(?:(?:去|来)?了|吧|啊|呀|哈|嘛|帮我改一下|请?改一下|麻烦(?:你|您).*|谢谢.*)+$")
_SAID_FIRST = re.compile(
    r"^(?:我的?|新的?|现在|就)?(?:电话|手机号?|号码|地址|住址|爱好|老伴|爱人)?(?:改成|换成|是|叫|住在|住)?[:：]?"
)
_DIGITS = re.compile(r"(?<!\d)(?:\+?86)?[\s-]*(\d[\d\s-]{5,18}\d)(?!\d)")


def wants_change(text: str) -> bool:
    """Whether the words want something changed, rather than shown."""
    return _CHANGE.search(text) is not None


def field_of(text: str) -> str | None:
    """Which of the details that can be changed on one's word it is about."""
    return next((what for what, words in _FIELDS if words.search(text)), None)


def fixed_of(text: str) -> str | None:
    """What only the office changes, in words, if it is about that."""
    return next((what for what, words in _FIXED if words.search(text)), None)


def value_of(text: str, what: str, entities: list[dict[str, Any]], *, asked: bool = False) -> str:
    """The new value in a sentence, empty when it holds none.

    Args:
        what: which of the details.
        entities: what was marked in the sentence.
        asked: whether the sentence answers the question for just this value, so that all of it may be the value.
    """
    if what == "phone":
        marked = next((str(e["value"]) for e in entities if e["entity"] == "phone"), None)
        found = _DIGITS.search(unicodedata.normalize("NFKC", text))
        return marked or (re.sub(r"\D", "", found.group(1)) if found is not None else "")
    found = _VALUE.search(text)
    if found is not None:
        return _trimmed(found["value"])
    if asked:
        return _trimmed(_SAID_FIRST.sub("", text, count=1) or text)
    return ""


def _trimmed(words: str) -> str:
    return _ENDS.sub("", words.strip()).strip(" ，。,.“”")
