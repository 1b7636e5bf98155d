"""What an operator has to put right is one clear sentence and exit code 2, never a traceback."""

from __future__ import annotations

import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import __main__ as command_line
from bot import logs, training
from service import db, encryption, migrations, settings
from service.messages import chats, inbox
from tests.bot import process
from tests.support.talk import MONDAY

Refused = Callable[..., str]


def _forget() -> None:
    """Settings are read once a process; here each story reads its own."""
    for kept in (settings.settings, settings.data_key, encryption._cipher):
        kept.cache_clear()
    db.use(None)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with nothing in it."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    _forget()
    yield tmp_path
    monkeypatch.undo()
    _forget()
    logs.set_up("WARNING")


@pytest.fixture
def migrated(home: Path) -> Path:
    """A home with an empty database."""
    migrations.upgrade()
    return home


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run a command that cannot start, with these settings, and return the one line that it says."""

    def run(*words: str, **given: str) -> str:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        _forget()
        monkeypatch.setattr(sys, "argv", ["bot", *words])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        said = capsys.readouterr().err
        assert ended.value.code == 2, said
        return _one_line(said)

    return run


def _one_line(said: str) -> str:
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if line and not line.startswith("==>")]
    assert len(lines) == 1, said
    assert lines[0].endswith(".")
    return lines[0]


def test_a_taken_port_in_a_real_process(migrated: Path) -> None:
    """As the operator sees it: somebody else listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = process.run(migrated, "serve", "--roles", "page", PORT=str(port))
    assert code == 2, said
    assert f"Port {port} on 127.0.0.1 cannot be used" in _one_line(said)
    assert "set PORT to another" in said


def test_no_model(migrated: Path, refused: Refused) -> None:
    """Nothing was trained yet."""
    assert refused("serve") == "There is no trained model. Train one: make train."


def test_an_unfitting_model(migrated: Path, refused: Refused) -> None:
    """There is one, but for other language data."""
    (migrated / "models").mkdir()
    (migrated / "models" / "model-0000000000000000.tar.gz").write_bytes(b"")
    assert "has changed since the model was trained" in refused("serve")


def test_a_broken_model(migrated: Path, refused: Refused) -> None:
    """There is one of the right name, but it is no archive."""
    (migrated / "models").mkdir()
    (migrated / "models" / training.model_path().name).write_bytes(b"not an archive")
    said = refused("serve", "--roles", "conversation")
    assert "cannot be loaded" in said
    assert "make train" in said


@pytest.mark.parametrize("words", [("serve",), ("chat", "--as", "new")], ids=["serve", "chat"])
def test_a_database_without_tables(home: Path, refused: Refused, words: tuple[str, ...]) -> None:
    """It was never migrated."""
    said = refused(*words)
    assert "The database has no tables yet" in said
    assert "python -m bot migrate" in said


def test_a_database_of_another_shape(migrated: Path, refused: Refused) -> None:
    """It was migrated by a version of the program that is newer than this one."""
    with sqlite3.connect(migrated / "assistant.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    assert "has shape from-the-future" in refused("serve")


def test_an_unknown_role(migrated: Path, refused: Refused) -> None:
    """The roles that there are, are named."""
    assert "There is no role postman" in refused("serve", "--roles", "postman")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "abc", "PORT"),
        ("PORT", "0", "PORT is not a port"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is not one of"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not a database URL"),
        ("DATABASE_URL", "mysql://localhost/x", "only sqlite and postgresql"),
        ("DATABASE_URL", "postgresql://nobody:hush@127.0.0.1:1/x", "DATABASE_URL"),
        ("DATABASE_URL", "sqlite:////proc/nowhere/x.db", "DATABASE_URL"),
        ("DATA_KEY", "too short", "DATA_KEY is not a key"),
        ("ASSISTANT_HOME", "/proc/nowhere", "ASSISTANT_HOME"),
    ],
)
def test_a_wrong_setting(migrated: Path, refused: Refused, name: str, value: str, says: str) -> None:
    """The sentence names the setting and never shows a secret."""
    said = refused("serve", "--roles", "delivery", **{name: value})
    assert says in said
    assert "hush" not in said


def test_another_data_key(migrated: Path, refused: Refused) -> None:
    """The database was written with another key: it says so before anything is served."""
    inbox.receive(chats.open_chat("page", "a", MONDAY), "1", "words", {"text": "在吗"}, MONDAY)
    said = refused("serve", "--roles", "delivery", DATA_KEY=Fernet.generate_key().decode())
    assert said == "DATA_KEY does not fit this database: give the key that it was first run with."
