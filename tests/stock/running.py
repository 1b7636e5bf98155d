"""Rasa's own command line, run on this project as on any other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from service.settings import ROOT

# What other people's packages say about themselves while they are imported.
_FOREIGN = re.compile(r"^(/\S*site-packages/|  |Implementing implicit namespace)")
_COLOUR = re.compile(r"\x1b\[\d+m")


def rasa(*arguments: str, database: Path | None = None, told: str | None = None, within: float = 120) -> str:
    """Run a command of Rasa's and return what it printed, on both streams.

    Args:
        database: what DATABASE_URL names; nothing is written to it unless actions run.
        told: standard input.

    Raises:
        AssertionError: its exit code was not 0.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=ROOT,
        env=environment(database),
        input=told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=within,
    )
    printed = said(ended.stdout)
    assert ended.returncode == 0, printed
    return printed


def environment(database: Path | None) -> dict[str, str]:
    """This process's environment, with that database."""
    url = f"sqlite:///{database}" if database else ""
    return {**os.environ, "DATABASE_URL": url, "RASA_TELEMETRY_ENABLED": "false"}


def said(printed: str) -> str:
    """The lines that Rasa itself printed."""
    lines = _COLOUR.sub("", printed).splitlines()
    return "\n".join(line for line in lines if line.strip() and not _FOREIGN.match(line))
