"""Formatted text: what parse_mode makes of it, and what Telegram finds in it by itself.

Offsets and lengths of entities count UTF-16 units; offsets in error texts count UTF-8 bytes.
Source: "Formatting options" in the Bot API documentation.
"""

from __future__ import annotations

import html
import re
from typing import Any

from .errors import ApiError, bad_request
from .params import Params

Entity = dict[str, Any]

HTML_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
}  # fmt: skip
MARKS = {  # MarkdownV2, longest first
    "```": "pre", "||": "spoiler", "__": "underline",
    "*": "bold", "_": "italic", "~": "strikethrough", "`": "code",
}  # fmt: skip
RESERVED = set("_*[]()~`>#+-=|{}.!")
FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?)"
    r"|(?P<url>https?://[^\s<>\"，。；）]+)"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.]+)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<hashtag>(?<!\w)#\w+)",
    re.ASCII,
)


def formatted(params: Params, name: str) -> tuple[str, list[Entity]]:
    """Text and entities of the parameter `name`, trimmed as Telegram trims it.

    Raises ApiError for text that its parse_mode cannot read.
    """
    text = params.text(name)
    mode = params.text("parse_mode").lower()
    given = params.json("caption_entities" if name == "caption" else "entities")
    if mode == "html":
        text, entities = _parse_html(text)
    elif mode == "markdownv2":
        text, entities = _parse_markdown(text, RESERVED)
    elif mode == "markdown":
        text, entities = _parse_markdown(text, set())
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        entities = list(given or [])
    return trimmed(text, entities)


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Takes the blanks off both ends, and adds the entities that Telegram finds by itself."""
    start = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    kept = [{**entity, "offset": entity["offset"] - start} for entity in entities if entity["length"] > 0]
    kept = [entity for entity in kept if 0 <= entity["offset"] < utf16(text)]
    return text, sorted(kept + found(text, kept), key=lambda entity: entity["offset"])


def found(text: str, taken: list[Entity]) -> list[Entity]:
    """Commands, links, addresses, mentions and hashtags outside the entities already `taken`."""
    if not any(sign in text for sign in "/@#"):
        return []
    entities = []
    for match in FOUND.finditer(text):
        offset = utf16(text[: match.start()])
        if not any(e["offset"] <= offset < e["offset"] + e["length"] for e in taken):
            entities.append({"type": match.lastgroup, "offset": offset, "length": utf16(match.group())})
    return entities


def utf16(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def _unreadable(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _bytes(text: str) -> int:
    return len(text.encode())


def _parse_html(source: str) -> tuple[str, list[Entity]]:
    text, entities = "", []
    open_tags: list[tuple[str, int, Entity]] = []
    position = 0
    for match in re.finditer(r"<(/?)([^\s<>/]*)([^<>]*)(>?)", source):
        text += html.unescape(source[position : match.start()])
        position = match.end()
        closing, tag, attributes, end = match.group(1), match.group(2).lower(), match.group(3), match.group(4)
        offset = _bytes(source[: match.start()])
        if not end:
            raise _unreadable(f"Unclosed {'end' if closing else 'start'} tag at byte offset {offset}")
        if not closing:
            entity = _html_entity(tag, attributes, offset)
            open_tags.append((tag, utf16(text), entity))
            continue
        if not open_tags:
            raise _unreadable(f"Unexpected end tag at byte offset {offset}")
        opened, start, entity = open_tags.pop()
        if tag and tag != opened:
            raise _unreadable(
                f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", found "</{tag}>"'
            )
        entities.append({**entity, "offset": start, "length": utf16(text) - start})
    text += html.unescape(source[position:])
    if open_tags:
        raise _unreadable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return text, entities


def _html_entity(tag: str, attributes: str, offset: int) -> Entity:
    spoiler = 'class="tg-spoiler"' in attributes
    if tag not in HTML_TAGS or (tag == "span" and not spoiler):
        raise _unreadable(f'Unsupported start tag "{tag}" at byte offset {offset}')
    entity: Entity = {"type": HTML_TAGS[tag]}
    if tag == "a" and (link := re.search(r"href=[\"']([^\"']*)[\"']", attributes)):
        entity["url"] = html.unescape(link.group(1))
    if tag == "code" and (language := re.search(r"language-([\w+-]+)", attributes)):
        entity |= {"type": "pre", "language": language.group(1)}
    return entity


def _parse_markdown(source: str, reserved: set[str]) -> tuple[str, list[Entity]]:
    """MarkdownV2; with nothing `reserved`, the older Markdown, which forgives stray signs, not open ends."""
    marks = MARKS if reserved else {"```": "pre", "*": "bold", "_": "italic", "`": "code"}
    text, position = "", 0
    entities: list[Entity] = []
    open_marks: list[tuple[str, int, int]] = []  # mark, start in the text, byte offset in the source
    while position < len(source):
        char = source[position]
        within = open_marks[-1][0] if open_marks else ""
        if char == "\\" and position + 1 < len(source):
            text, position = text + source[position + 1], position + 2
            continue
        mark = next((m for m in marks if source.startswith(m, position)), None)
        if within in ("`", "```") and mark != within:
            mark, literal = None, True
        else:
            literal = False
        if mark is not None:
            position += len(mark)
            if mark == within:
                _, start, _ = open_marks.pop()
                entities.append({"type": marks[mark], "offset": start, "length": utf16(text) - start})
            else:
                open_marks.append((mark, utf16(text), _bytes(source[: position - len(mark)])))
        elif not literal and (link := re.compile(r"\[([^\]]*)\]\(([^)]*)\)").match(source, position)):
            label, inner = _parse_markdown(link.group(1), reserved)
            start = utf16(text)
            entities += [{**entity, "offset": entity["offset"] + start} for entity in inner]
            target = {"type": "text_link", "url": link.group(2)}
            entities.append({**target, "offset": start, "length": utf16(label)})
            text, position = text + label, link.end()
        elif not literal and char == ">" and (not text or text.endswith("\n")) and reserved:
            line = source[position + 1 :].partition("\n")[0]
            quoted, inner = _parse_markdown(line, reserved)
            start = utf16(text)
            entities += [{**entity, "offset": entity["offset"] + start} for entity in inner]
            entities.append({"type": "blockquote", "offset": start, "length": utf16(quoted)})
            text, position = text + quoted, position + 1 + len(line)
        elif char in reserved and not literal:
            raise _unreadable(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        else:
            text, position = text + char, position + 1
    if open_marks:
        mark, _, offset = open_marks[-1]
        name = marks[mark].capitalize() + " entity" if reserved else "the entity starting"
        raise _unreadable(f"Can't find end of {name} at byte offset {offset}")
    return text, entities
