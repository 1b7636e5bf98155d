"""Research reports (调研报告): documents kept as files, with what came of them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.errors import NotFound
from service.settings import settings
from service.suggestions.models import ResearchReport, research_reports

SUFFIXES = (".pdf", ".doc", ".docx", ".ofd", ".wps", ".txt", ".md")
LARGEST = 50 * 1024 * 1024


def file_report(title: str, authors: str, finished_on: date, source: Path, now: datetime) -> ResearchReport:
    """Keep a report; the same document again is the same report.

    Args:
        authors: as the office names them: 县老年大学调研组.
        source: the document, of which a copy is kept.

    Raises:
        ValueError: it has no title or nobody's name, or it is no document of a known kind or size.
        OSError: the document cannot be read.
    """
    suffix = source.suffix.lower()
    if not title.strip() or not authors.strip():
        raise ValueError("a report has a title and says who wrote it")
    if suffix not in SUFFIXES:
        raise ValueError(f"a report is one of {', '.join(SUFFIXES)}")
    content = source.read_bytes()
    if not 0 < len(content) <= LARGEST:
        raise ValueError(f"a report is not empty and holds at most {LARGEST // 1024 // 1024} MB")
    name = f"report-{hashlib.sha256(content).hexdigest()[:24]}{suffix}"
    # The file comes first: one that no row names does no harm, a row without its file would.
    settings().files.mkdir(parents=True, exist_ok=True)
    kept = settings().files / name
    if not kept.exists():
        partial = kept.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(kept)
    with unit_of_work() as session:
        known = session.execute(select(ResearchReport).where(research_reports.c.file == name))
        report = known.scalars().first()
        if report is None:
            report = ResearchReport(title.strip(), authors.strip(), finished_on, file=name, filed_at=now)
            session.add(report)
            session.flush()
        return report


def note_report_outcome(report_id: int, words: str, on: date) -> ResearchReport:
    """Note what came of a report, in place of what was noted before.

    Args:
        on: the day it came about, in Asia/Shanghai.

    Raises:
        NotFound: there is no such report.
    """
    with unit_of_work() as session:
        query = select(ResearchReport).where(research_reports.c.id == report_id).with_for_update()
        report = session.execute(query).scalars().first()
        if report is None:
            raise NotFound()
        report.outcome, report.outcome_on = words.strip() or None, on if words.strip() else None
        session.flush()
        return report


def reports(year: int | None = None) -> list[ResearchReport]:
    """The reports, of one year or all, the latest first."""
    with reading() as session:
        query = select(ResearchReport).order_by(
            research_reports.c.finished_on.desc(), research_reports.c.id.desc()
        )
        if year is not None:
            query = query.where(
                research_reports.c.finished_on >= date(year, 1, 1),
                research_reports.c.finished_on <= date(year, 12, 31),
            )
        return list(session.execute(query).scalars())
