"""Handing a conversation to staff, and bringing their answer back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service import wording
from service.cases import alerts
from service.cases.models import Question, QuestionMessage, question_messages, questions
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.attachments import attach
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.messages import outbox
from service.messages.models import Chat
from service.staff.models import Staff

OPEN = ("已转工作人员", "已答复")


def hand_over(
    chat: Chat, why: str, words: str, now: datetime, media: Sequence[Mapping[str, Any]] = ()
) -> Matter:
    """Hand what the person says to staff, and alert them; a question that is open already is continued.

    Args:
        why: talk, complaint, emergency or scam.
        media: what came with it; see `service.matters.attachments.attach`.
    """
    with unit_of_work() as session:
        matter = open_question(chat, why)
        if matter is None:
            matter = Matter(
                receipt_no=next_receipt_no("question", now),
                kind="question",
                subject=wording.phrase(f"question_{why}"),
                state=OPEN[0],
                created_at=now,
                changed_at=now,
                person_id=chat.person_id,
                chat_id=chat.id,
            )
            session.add(matter)
            session.flush()
            session.add(Question(matter_id=matter.id, why=why))
            session.flush()
        matter.state, matter.changed_at = OPEN[0], now
        _add(matter, words, now)
        attach(matter, media, now)
        alerts.raise_alert(why, chat, words, now, matter_id=matter.id, receipt_no=matter.receipt_no)
        return matter


def open_question(chat: Chat, why: str) -> Matter | None:
    """The open question of that kind in this chat."""
    with reading() as session:
        query = (
            select(Matter)
            .join(questions, questions.c.matter_id == matters.c.id)
            .where(matters.c.chat_id == chat.id, questions.c.why == why, matters.c.state.in_(OPEN))
            .order_by(matters.c.id.desc())
        )
        return session.execute(query).scalars().first()


def ask_again(receipt_no: str, chat: Chat, words: str, now: datetime) -> Matter:
    """Open a question anew because its answer did not help, and alert staff.

    Raises:
        NotFound: there is no question of that number.
    """
    with unit_of_work() as session:
        matter = get(receipt_no)
        matter.state, matter.changed_at = OPEN[0], now
        why = session.execute(select(questions.c.why).where(questions.c.matter_id == matter.id)).scalar_one()
        _add(matter, words, now)
        alerts.raise_alert(why, chat, words, now, matter_id=matter.id, receipt_no=matter.receipt_no)
        return matter


def last_answer(matter: Matter) -> str | None:
    """What staff last said in a question; None while they have not answered."""
    said = [message.words for message in messages_of(matter) if message.staff_id is not None]
    return said[-1] if said else None


def answer(receipt_no: str, who: Staff, words: str, now: datetime) -> Matter:
    """Answer a question; the person hears it where they last wrote.

    Raises:
        NotFound: there is no question of that number.
    """
    with unit_of_work():
        matter = get(receipt_no)
        matter.state, matter.changed_at = OPEN[1], now
        _add(matter, words, now, who)
        said = wording.say("question_answered", receipt_no=receipt_no, name=who.name, words=words)
        if matter.person_id is not None:
            outbox.tell(matter.person_id, "answer", said, now)
        elif matter.chat_id is not None:
            outbox.write_to_chat(matter.chat_id, "answer", said, now)
        return matter


def close(receipt_no: str, state: str, now: datetime) -> Matter:
    """End a question: 已解决, or 已撤回 by the person.

    Raises:
        NotFound: there is no question of that number.
    """
    with unit_of_work() as session:
        matter = get(receipt_no)
        matter.state, matter.changed_at = state, now
        session.flush()
        return matter


def get(receipt_no: str) -> Matter:
    """The question of that number.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        query = select(Matter).where(matters.c.receipt_no == receipt_no, matters.c.kind == "question")
        matter = session.execute(query).scalars().first()
        if matter is None:
            raise NotFound()
        return matter


def open_questions() -> list[Matter]:
    """Questions that wait for staff, oldest first."""
    with reading() as session:
        query = select(Matter).where(matters.c.kind == "question", matters.c.state == OPEN[0])
        return list(session.execute(query.order_by(matters.c.id)).scalars())


def messages_of(matter: Matter) -> list[QuestionMessage]:
    """What was said in a question, oldest first."""
    with reading() as session:
        query = (
            select(QuestionMessage)
            .join(questions, questions.c.id == question_messages.c.question_id)
            .where(questions.c.matter_id == matter.id)
            .order_by(question_messages.c.id)
        )
        return list(session.execute(query).scalars())


def _add(matter: Matter, words: str, now: datetime, who: Staff | None = None) -> None:
    with unit_of_work() as session:
        question_id = session.execute(
            select(questions.c.id).where(questions.c.matter_id == matter.id)
        ).scalar_one()
        session.add(
            QuestionMessage(
                question_id=question_id, words=words, written_at=now, staff_id=who.id if who else None
            )
        )
        session.flush()
