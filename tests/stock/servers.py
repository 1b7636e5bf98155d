"""`rasa run` and `rasa run actions` beside each other, spoken to through the REST channel."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from service import clock, db, migrations
from service.activities.publishing import publish
from service.messages import chats
from service.people.queries import by_name
from service.settings import ROOT
from service.world import loader
from service.world.reading import understood
from service.world.sample import sample
from tests.stock.running import environment

WHO = "陈秀兰"
# Something with places left, which no other activity of the sample world is called like.
ACTIVITY = "剪窗花体验课"
_READY_WITHIN = 100


class Servers:
    """Both servers on free ports of the loopback address, for the length of a `with`.

    Args:
        model: the model archive.
        folder: for the database, the trackers and what the servers print.
    """

    def __init__(self, model: Path, folder: Path) -> None:
        self.model, self._folder = model, folder
        self.database = folder / "assistant.db"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.port, self.actions_port = free_port(), free_port()

    def __enter__(self) -> Servers:
        with self.world():
            self._fill()
        self._start("run", "actions", "--actions", "actions", "--port", str(self.actions_port))
        self._start(
            *("run", "--model", str(self.model), "--interface", "127.0.0.1", "--port", str(self.port)),
            *("--credentials", "credentials.yml", "--endpoints", str(self.endpoints())),
        )
        self._await()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)

    def say(self, words: str, sender: str = WHO) -> str:
        """Say something over the REST channel; returns the texts of the answer, one after the other."""
        return "\n".join(message["text"] for message in self._post(words, sender))

    def printed(self, place: int) -> str:
        """What the action server (0) or Rasa (1) printed so far."""
        return self._log(place).read_text(encoding="utf-8")

    def endpoints(self) -> Path:
        """The project's endpoints, with these ports and a tracker store on SQLite."""
        known = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
        known["action_endpoint"]["url"] = f"http://127.0.0.1:{self.actions_port}/webhook"
        known["tracker_store"] = {"type": "SQL", "dialect": "sqlite", "db": str(self._folder / "tracker.db")}
        path = self._folder / "endpoints.yml"
        path.write_text(yaml.safe_dump(known), encoding="utf-8")
        return path

    @contextmanager
    def world(self) -> Iterator[None]:
        """Have this process look at the servers' database."""
        engine = db.connect(f"sqlite:///{self.database}")
        db.use(engine)
        try:
            yield
        finally:
            db.use(None)
            engine.dispose()

    def _fill(self) -> None:
        """The sample world as of now, with one of its people bound to a sender of Rasa's."""
        now = clock.now()
        migrations.upgrade()
        loader.load(understood(sample(now)), now)
        # At an hour when nothing of the sample world takes place.
        starts = (clock.local(now) + timedelta(days=3)).replace(hour=21, minute=0)
        publish(ACTIVITY, "文体", starts, starts + timedelta(hours=2), topics=["剪窗花"], capacity=20)
        (person,) = by_name(WHO)
        chats.bind(chats.open_chat("rasa", WHO, now), person, "staff", now)

    def _start(self, *arguments: str) -> None:
        with self._log(len(self.processes)).open("wb") as log:
            command = [sys.executable, "-m", "rasa", *arguments]
            self.processes.append(
                subprocess.Popen(command, cwd=ROOT, env=environment(self.database), stdout=log, stderr=log)
            )

    def _log(self, place: int) -> Path:
        return self._folder / f"server-{place}.log"

    def _await(self) -> None:
        """Return when a stranger's greeting is answered."""
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until:
            for place, process in enumerate(self.processes):
                assert process.poll() is None, self.printed(place)
            try:
                if self._post("您好", "somebody"):
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.2)
        raise AssertionError("the servers do not answer")

    def _post(self, words: str, sender: str) -> list[dict[str, Any]]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/webhooks/rest/webhook",
            json.dumps({"sender": sender, "message": words}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return list(json.load(response))


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
