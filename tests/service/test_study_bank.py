"""The question bank comes from a spreadsheet: every fault of every row is named, and nothing is half-imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from service.study.question_bank import HEADERS, BadRows, bank_size, import_questions, read_rows

GOOD = ["党史", "中共一大在哪一年召开？", "1919年", "1921年", "1927年", "", "B", "1921年7月在上海开幕"]

pytestmark = pytest.mark.usefixtures("database")


def test_a_workbook_and_a_csv_read_the_same(tmp_path: Path) -> None:
    """As Excel saves them: numbers in cells, a mark at the beginning, or the encoding of older offices."""
    book = Workbook()
    sheet = book.active
    sheet.append(list(HEADERS))
    sheet.append(["时政", "五加五是多少？", 8, 10.0, None, None, "b", None])
    book.save(tmp_path / "bank.xlsx")
    text = ",".join(HEADERS) + "\r\n时政,五加五是多少？,8,10,,,b,\r\n"
    (tmp_path / "new.csv").write_bytes(text.encode("utf-8-sig"))
    (tmp_path / "old.csv").write_bytes(text.encode("gb18030"))
    rows = read_rows(tmp_path / "bank.xlsx")
    assert rows[1] == ["时政", "五加五是多少？", "8", "10", "", "", "b", ""]
    assert read_rows(tmp_path / "new.csv") == read_rows(tmp_path / "old.csv") == rows
    assert import_questions(rows).new == 1


def test_imported_again_changes_nothing() -> None:
    """The same file twice, and once with one more row."""
    rows = [list(HEADERS), GOOD]
    assert (import_questions(rows).new, import_questions(rows).known) == (1, 1)
    more = import_questions([*rows, ["党史", "遵义会议在哪一年？", "1935年", "1945年", "", "", "A", ""]])
    assert (more.new, more.known) == (1, 1)
    assert bank_size(["党史"]) == 2


def test_every_fault_is_named_and_nothing_is_imported() -> None:
    """One good row among bad ones does not come in."""
    rows = [
        list(HEADERS),
        GOOD,
        ["", "没有主题", "对", "错", "", "", "A", ""],
        ["党史", "答案不在里面", "对", "错", "", "", "C", ""],
        ["党史", "只有一个选项", "对", "", "", "", "A", ""],
        ["党史", "两个一样", "对", "对", "", "", "A", ""],
        ["党史", "中间空着", "对", "", "错", "", "A", ""],
        ["", "", "", "", "", "", "", ""],
        ["党史", "问" * 300, "对", "错", "", "", "A", ""],
    ]
    with pytest.raises(BadRows) as bad:
        import_questions(rows)
    assert bad.value.problems == [
        (3, "主题是空的"),
        (4, "答案“C”不是选项里的一个"),
        (5, "选项少于两个"),
        (6, "有两个选项一样"),
        (7, "选项中间有空的"),
        (9, "题目超过256字"),
    ]
    assert bank_size(["党史"]) == 0


def test_what_was_asked_is_not_changed() -> None:
    """Another right answer for a question that is in the bank already is an error, not an update."""
    import_questions([list(HEADERS), GOOD])
    other = [*GOOD[:6], "A", GOOD[7]]
    with pytest.raises(BadRows) as bad:
        import_questions([list(HEADERS), other])
    assert bad.value.problems == [(2, "题库里已有这道题，选项或答案不同")]


def test_columns_by_name() -> None:
    """In any order; one that is needed and missing is named."""
    mixed = [["答案", "题目", "选项B", "选项A", "主题"], ["A", "五加五？", "8", "10", "时政"]]
    assert import_questions(mixed).new == 1
    with pytest.raises(BadRows) as bad:
        import_questions([["题目", "选项A", "选项B"]])
    assert bad.value.problems == [(1, "缺少列：主题、答案")]
    with pytest.raises(BadRows):
        import_questions([])


def test_no_spreadsheet(tmp_path: Path) -> None:
    """A picture that is called one."""
    (tmp_path / "bank.xlsx").write_bytes(b"\x89PNG")
    (tmp_path / "bank.csv").write_bytes(b"\xff\xfe\x81\xff")
    for name in ("bank.xlsx", "bank.csv"):
        with pytest.raises(ValueError, match="this is no"):
            read_rows(tmp_path / name)
