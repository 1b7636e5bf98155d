"""Who holds a claim or a lease: a process, named so that its death can be seen on its own machine."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _here() -> str:
    return socket.gethostname()[:64].replace("/", "-")


def _started(pid: int) -> str | None:
    """When a process of this machine started, in the kernel's ticks; None when there is no such process."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = status.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def this_holder() -> str:
    """This process's name: machine, process id, and its start, since ids are used again."""
    pid = os.getpid()
    return f"{_here()}/{pid}/{_started(pid) or 0}"


def is_gone(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more; another machine's is never known gone."""
    machine, _, rest = holder.partition("/")
    pid, _, started = rest.partition("/")
    return machine == _here() and Path("/proc/self/stat").exists() and _started(int(pid)) != started
