"""The question bank: rows of a spreadsheet in, every fault of every row named, nothing half-imported."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import BadZipFile

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.study.quiz_models import Question, Quiz, quiz_questions, quizzes

HEADERS = ("主题", "题目", "选项A", "选项B", "选项C", "选项D", "答案", "解析")
_LETTERS = "ABCD"
_LONGEST = {"主题": 32, "题目": 256, "解析": 512}
# What still fits on a button beside its letter.
_LONGEST_CHOICE = 60


class BadRows(ValueError):
    """Rows that cannot be imported; `problems` are (row number as the spreadsheet counts, what is wrong)."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class Imported:
    """How many questions came new into the bank, and how many were there already."""

    new: int
    known: int


def read_rows(file: Path) -> list[list[str]]:
    """The rows of a spreadsheet (.xlsx, its first sheet) or a CSV file, in UTF-8 or as Excel writes it in China.

    Raises:
        ValueError: it is neither.
    """
    if file.suffix.lower() == ".xlsx":
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            book = load_workbook(file, read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError):
            raise ValueError("this is no Excel workbook") from None
        return [
            ["" if cell is None else _cell(cell) for cell in row]
            for row in book.worksheets[0].iter_rows(values_only=True)
        ]
    raw = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(raw.decode(encoding)))]
        except UnicodeDecodeError:
            continue
    raise ValueError("this is no CSV file in UTF-8 or GB18030")


def import_questions(rows: list[list[str]]) -> Imported:
    """Put questions into the bank, all or none; those that are there already are left as they are.

    Args:
        rows: the first names the columns, which are HEADERS in any order; 选项C, 选项D and 解析 may be empty or missing.

    Raises:
        BadRows: what is wrong with which rows; nothing was imported.
    """
    questions, problems = _understood(rows)
    with unit_of_work() as session:
        held = {
            (question.topic, question.text): question
            for question in session.execute(
                select(Question).where(quiz_questions.c.topic.in_({each.topic for _, each in questions}))
            ).scalars()
        }
        new = list[Question]()
        for number, question in questions:
            known = held.get((question.topic, question.text))
            if known is None:
                held[question.topic, question.text] = question
                new.append(question)
            elif (known.choices, known.right) != (question.choices, question.right):
                problems.append((number, "题库里已有这道题，选项或答案不同"))
        if problems:
            raise BadRows(sorted(problems))
        session.add_all(new)
        session.flush()
        return Imported(len(new), len(questions) - len(new))


def make_quiz(
    title: str,
    topics: list[str],
    opens_on: date,
    closes_on: date,
    questions: int,
    pass_mark: int,
    attempts: int = 2,
) -> Quiz:
    """Set up a quiz; see `Quiz`.

    Raises:
        ValueError: the dates or numbers cannot be, the title is taken, or the bank has too few questions.
    """
    if closes_on < opens_on or not 0 < pass_mark <= questions or attempts < 1:
        raise ValueError("a quiz closes after it opens, and can be passed and taken")
    with unit_of_work() as session:
        if session.execute(select(quizzes.c.id).where(quizzes.c.title == title)).scalar() is not None:
            raise ValueError(f"there is a quiz called {title} already")
        held = bank_size(topics)
        if held < questions:
            raise ValueError(f"the bank has only {held} questions of these topics")
        quiz = Quiz(title, topics, opens_on, closes_on, questions, pass_mark, attempts)
        session.add(quiz)
        session.flush()
        return quiz


def bank_size(topics: list[str]) -> int:
    """How many questions the bank has on these topics."""
    with reading() as session:
        query = select(quiz_questions.c.id).where(quiz_questions.c.topic.in_(topics))
        return len(session.execute(query).all())


def _understood(rows: list[list[str]]) -> tuple[list[tuple[int, Question]], list[tuple[int, str]]]:
    """The questions with the numbers of their rows, and what is wrong with the others."""
    header = [cell.strip() for cell in rows[0]] if rows else []
    needed = [name for name in ("主题", "题目", "选项A", "选项B", "答案") if name not in header]
    if needed:
        raise BadRows([(1, f"缺少列：{'、'.join(needed)}")])
    questions, problems = list[tuple[int, Question]](), list[tuple[int, str]]()
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        faults = _faults(row)
        problems += [(number, fault) for fault in faults]
        if not faults:
            right = _LETTERS.index(row["答案"].upper())
            choices = _choices(row)
            questions.append(
                (number, Question(row["主题"], row["题目"], choices, right, row.get("解析", "")))
            )
    return questions, problems


def _faults(row: dict[str, str]) -> list[str]:
    faults = [f"{name}是空的" for name in ("主题", "题目", "答案") if not row.get(name)]
    faults += [f"{name}超过{most}字" for name, most in _LONGEST.items() if len(row.get(name, "")) > most]
    given = [row.get(f"选项{letter}", "") for letter in _LETTERS]
    choices = _choices(row)
    if len(choices) < 2:
        faults.append("选项少于两个")
    elif given[: len(choices)] != choices:
        faults.append("选项中间有空的")
    if len(set(choices)) != len(choices):
        faults.append("有两个选项一样")
    if any(len(choice) > _LONGEST_CHOICE for choice in choices):
        faults.append(f"选项超过{_LONGEST_CHOICE}字")
    answer = row.get("答案", "").upper()
    if answer and (len(answer) != 1 or answer not in _LETTERS[: len(choices)]):
        faults.append(f"答案“{row['答案']}”不是选项里的一个")
    return faults


def _choices(row: dict[str, str]) -> list[str]:
    return [choice for letter in _LETTERS if (choice := row.get(f"选项{letter}", ""))]


def _cell(value: object) -> str:
    """A cell as it is read: a whole number without .0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
