"""`bot admin suggestions reports`: research reports as documents, and what came of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from bot.admin_tables import listing, or_say, show
from service import clock
from service.errors import OperatorError
from service.settings import settings
from service.suggestions import reports as use_cases

reports = typer.Typer(invoke_without_command=True, help="Research reports (调研报告); lists them.")

_DAY = ["%Y-%m-%d"]


@reports.callback()
def list_reports(
    context: typer.Context, year: int = typer.Option(0, help="Only those finished in this year.")
) -> None:
    """List the reports, the latest first, with the file of each and what came of it."""
    if context.invoked_subcommand is not None:
        return
    table = listing("ID", "标题", "撰写", "完成", "成果", "文件")
    for each in use_cases.reports(year or None):
        outcome = f"{each.outcome}（{each.outcome_on}）" if each.outcome else ""
        cells = (str(each.id), each.title, each.authors, str(each.finished_on))
        table.append((*cells, outcome, str(settings().files / each.file)))
    show(table, "No reports.")


@reports.command()
def add(
    file: Path = typer.Argument(..., metavar="FILE", help="The document, of which a copy is kept."),
    title: str = typer.Option(..., help="Its title."),
    authors: str = typer.Option(..., help="Who wrote it: 县老年大学调研组."),
    finished: datetime = typer.Option(None, formats=_DAY, help="The day it was finished; today by default."),
) -> None:
    """Keep a report."""
    day = finished.date() if finished else clock.local(clock.now()).date()
    try:
        report = use_cases.file_report(title, authors, day, file, clock.now())
    except OSError as error:
        raise OperatorError(f"Cannot read or keep {file} ({error.strerror}).") from None
    except ValueError as error:
        raise OperatorError(f"{file} cannot be kept: {error}.") from None
    print(f"Kept report {report.id}: {report.title}")


@reports.command()
def outcome(
    report_id: int = typer.Argument(..., metavar="ID"),
    text: str = typer.Argument(..., metavar="TEXT", help="What came of it, in Chinese."),
    on: datetime = typer.Option(None, formats=_DAY, help="The day it came about; today by default."),
) -> None:
    """Note what came of a report."""
    day = on.date() if on else clock.local(clock.now()).date()
    with or_say(f"There is no report {report_id}. See: python -m bot admin suggestions reports."):
        use_cases.note_report_outcome(report_id, text, day)
    print(f"Noted what came of report {report_id}")
