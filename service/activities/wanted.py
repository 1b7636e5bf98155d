"""What somebody asks for, in the terms of a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service import linking
from service.activities.kind_words import KIND_WORDS


@dataclass(frozen=True)
class Wanted:
    """What was asked for; whatever is not given does not narrow.

    `start` and `end` are aware, the end excluded; `around` is the exact time that was said, if one was. `sentence` is the whole message, looked at when it names
    no topic.
    """

    topics: tuple[str, ...] = ()
    place: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    sentence: str = ""
    around: datetime | None = None

    @property
    def narrows(self) -> bool:
        """Whether a topic, kind, place or time was given."""
        return bool(self.named_topics or self.kinds or self.place or self.start)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of activity that the sentence mentions; not looked at when there is a topic."""
        if self.named_topics:
            return ()
        words = {kind: (kind, *others) for kind, others in KIND_WORDS.items()}
        return tuple(kind for kind in words if linking.mentions(self.sentence, words[kind]))

    @property
    def named_topics(self) -> tuple[str, ...]:
        """The topics without 活动 and the like."""
        return tuple(topic for topic in self.topics if not linking.says_nothing(topic))
