"""The two that are compared: this assistant, and stock Rasa with its action server, on worlds of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import yaml
from sqlalchemy import select

from bench.served import CHANNEL
from service import clock, db, migrations
from service.db import reading, unit_of_work
from service.errors import OperatorError
from service.messages import chats
from service.people.models import Person, people
from service.settings import ROOT
from service.world import loader
from service.world.reading import understood
from service.world.sample import sample

WORK = ROOT / "build" / "bench"
_STOP_WITHIN = 20


@dataclass
class System:
    """One of the two: its processes, and where it is spoken to as Rasa's REST channel is.

    `started` is the time.monotonic() at which its first process was started.
    """

    name: str
    url: str
    started: float = field(default_factory=time.monotonic)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, command: list[str], database: Path) -> None:
        """Start one of its processes, on that database; what it prints goes to a file beside it."""
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "LOG_LEVEL": "WARNING"}
        environment["RASA_TELEMETRY_ENABLED"] = "false"
        with self._log(len(self.processes)).open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
                )
            )

    def resident_mb(self) -> float:
        """The resident memory of its processes and their children, in MB."""
        ours = [psutil.Process(process.pid) for process in self.processes]
        everyone = {one.pid: one for each in ours for one in (each, *each.children(recursive=True))}
        return sum(one.memory_info().rss for one in everyone.values()) / 1e6

    def check(self) -> None:
        """Raise if one of its processes has ended.

        Raises:
            OperatorError: it has; its log is named.
        """
        for place, process in enumerate(self.processes):
            if process.poll() is not None:
                raise OperatorError(f"{self.name} ended by itself; see {self._log(place)}.")

    def _log(self, place: int) -> Path:
        return WORK / f"{self.name.replace(' ', '-')}-{place}.log"

    def stop(self) -> None:
        """End its processes."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(_STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def assistant(database: Path) -> Iterator[System]:
    """This assistant, served; see bench.served."""
    port = free_port()
    system = System("assistant", _webhook(port))
    try:
        system.start(["bench.served", str(port)], database)
        yield system
    finally:
        system.stop()


@contextlib.contextmanager
def stock(model: Path, database: Path) -> Iterator[System]:
    """`rasa run` and `rasa run actions` on the same model, with the SQL tracker store on SQLite."""
    port, actions_port = free_port(), free_port()
    endpoints, credentials = WORK / "endpoints.yml", WORK / "credentials.yml"
    tracker_store = {"type": "SQL", "dialect": "sqlite", "db": str(WORK / "tracker.db")}
    action_endpoint = {"url": f"http://127.0.0.1:{actions_port}/webhook"}
    endpoints.write_text(yaml.safe_dump({"action_endpoint": action_endpoint, "tracker_store": tracker_store}))
    credentials.write_text("rest:\n")
    system = System("stock Rasa", _webhook(port))
    try:
        system.start(
            ["rasa", "run", "actions", "--actions", "actions", "--port", str(actions_port)], database
        )
        files = ["--model", str(model), "--endpoints", str(endpoints), "--credentials", str(credentials)]
        system.start(["rasa", "run", *files, "--interface", "127.0.0.1", "--port", str(port)], database)
        yield system
    finally:
        system.stop()


def make_worlds(senders: list[str]) -> tuple[Path, Path]:
    """Two databases with the sample world and these senders bound to its people: the assistant's, and stock's."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    ours, stocks = WORK / "assistant.db", WORK / "stock.db"
    for path, channel in ((ours, CHANNEL), (stocks, "rasa")):
        engine = db.connect(f"sqlite:///{path}")
        db.use(engine)
        try:
            migrations.upgrade()
            _fill(channel, senders)
        finally:
            db.use(None)
            engine.dispose()
    return ours, stocks


def _fill(channel: str, senders: list[str]) -> None:
    now = clock.now()
    loader.load(understood(sample(now)), now)
    with reading() as session:
        able = select(Person).where(people.c.activity_class == "正常活动").order_by(people.c.id)
        everyone = session.execute(able).scalars().all()
    with unit_of_work():
        for place, sender in enumerate(senders):
            chat = chats.open_chat(channel, sender, now)
            chats.bind(chat, everyone[place % len(everyone)], "staff", now)


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _webhook(port: int) -> str:
    return f"http://127.0.0.1:{port}/webhooks/rest/webhook"
