"""`python -m bot` as an operator runs it: in a process and a home of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a process whose ASSISTANT_HOME is `home`."""
    given = {
        "ASSISTANT_HOME": str(home),
        "DATABASE_URL": "",
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
    }
    return {**os.environ, **given, **settings}


def start(home: Path, *words: str, **settings: str) -> subprocess.Popen[str]:
    """Start a command; what it says on stderr is to be read from the process."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=environment(home, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: Path, *words: str, **settings: str) -> tuple[int, str]:
    """Run a command to its end; its exit code and what it said on stderr."""
    process = start(home, *words, **settings)
    _, said = process.communicate(timeout=60)
    return process.returncode, said
