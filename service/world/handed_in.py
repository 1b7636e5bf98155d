"""Section of a world: questions that people handed to staff."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import root_validator, validator

from service.cases import questions
from service.world.parts import Loading, Part, named, one_of, places
from service.world.times import When

_LONG = 2000


class Question(Part):
    """A conversation handed to staff, which alerts them; `answer` is what `by` answered at `answered`."""

    person: str
    why: str = "talk"
    words: str = named(_LONG)
    when: When = When("now")
    answer: str = ""
    by: str = ""
    answered: When = When("now")
    closed: bool = False

    _why = validator("why", allow_reuse=True)(one_of(("talk", "complaint", "emergency", "scam")))

    @root_validator(skip_on_failure=True)
    def _answer_is_somebodys(cls, given: dict[str, object]) -> dict[str, object]:
        if bool(given["answer"]) != bool(given["by"]):
            raise ValueError("answer and by go together")
        return given


def load_questions(given: Sequence[Question], loading: Loading) -> None:
    """The questions, in the order they were asked."""
    for place, row in sorted(places("questions", given), key=lambda each: each[1].when.at(loading.now)):
        person, when = loading.person(row.person, f"{place}.person"), row.when.at(loading.now)
        matter = questions.hand_over(loading.chat_of(person, when), row.why, row.words, when)
        answered = row.answered.at(loading.now)
        if row.answer:
            who = loading.find("member of staff", row.by, f"{place}.by")
            questions.answer(matter.receipt_no, who, row.answer, answered)
        if row.closed:
            questions.close(matter.receipt_no, "已解决", answered)
