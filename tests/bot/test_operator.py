"""What an operator has to put right is one clear sentence and exit code 2, never a traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import training
from service import migrations
from tests.bot import process

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty, migrated database and no model."""
    folder = tmp_path_factory.mktemp("home")
    code, said = process.run(folder, "migrate")
    assert code == 0, said
    return folder


def refused(home: Path, *words: str, **settings: str) -> str:
    """What a command that cannot start says: one line."""
    code, said = process.run(home, *words, **settings)
    assert code == 2, said
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if line and not line.startswith("==>")]
    assert len(lines) == 1, said
    assert lines[0].endswith(".")
    return lines[0]


def test_no_model(home: Path) -> None:
    """Nothing was trained yet."""
    assert refused(home, "serve") == "There is no trained model. Train one: make train."


def test_an_unfitting_model(home: Path) -> None:
    """There is one, but for other language data."""
    (home / "models").mkdir(exist_ok=True)
    other = home / "models" / "model-0000000000000000.tar.gz"
    other.write_bytes(b"")
    try:
        assert "has changed since the model was trained" in refused(home, "serve")
    finally:
        other.unlink()


def test_a_broken_model(home: Path) -> None:
    """There is one of the right name, but it is no archive."""
    (home / "models").mkdir(exist_ok=True)
    broken = home / "models" / training.model_path().name
    broken.write_bytes(b"not an archive")
    try:
        said = refused(home, "serve", PORT=str(process.free_port()))
        assert "cannot be loaded" in said
        assert "make train" in said
    finally:
        broken.unlink()


def test_a_database_without_tables(tmp_path: Path) -> None:
    """It was never migrated."""
    for command in (("serve",), ("chat", "--as", "new")):
        assert "The database has no tables yet" in refused(tmp_path, *command)
        assert "python -m bot migrate" in refused(tmp_path, *command)


def test_a_database_of_a_newer_shape(tmp_path: Path) -> None:
    """It was migrated by a version of the program that is newer than this one."""
    assert migrations.revision is not None
    process.run(tmp_path, "migrate")
    import sqlite3

    with sqlite3.connect(tmp_path / "assistant.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    assert "has shape from-the-future" in refused(tmp_path, "serve")


def test_a_taken_port(home: Path) -> None:
    """Somebody else listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(home, "serve", "--roles", "page", PORT=str(port))
    assert f"Port {port} on 127.0.0.1 cannot be used" in said
    assert "set PORT to another" in said


def test_an_unknown_role(home: Path) -> None:
    """The roles that there are, are named."""
    assert "There is no role postman" in refused(home, "serve", "--roles", "postman")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "abc", "PORT"),
        ("PORT", "0", "PORT is not a port"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is not one of"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not a database URL"),
        ("DATABASE_URL", "mysql://localhost/x", "only sqlite and postgresql"),
        ("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/x", "database"),
        ("DATABASE_URL", "sqlite:////proc/nowhere/x.db", "database"),
        ("DATA_KEY", "too short", "DATA_KEY is not a key"),
        ("ASSISTANT_HOME", "/proc/nowhere", ""),
    ],
)
def test_a_wrong_setting(home: Path, name: str, value: str, says: str) -> None:
    """The sentence names the setting and never shows a secret."""
    said = refused(home, "serve", "--roles", "delivery", **{name: value})
    assert says in said
    assert "secret" not in said


def test_another_data_key(tmp_path: Path) -> None:
    """The database was first run with another key: it says so before anything is served."""
    process.run(tmp_path, "migrate", DATA_KEY=Fernet.generate_key().decode())
    world = tmp_path / "world.yml"
    world.write_text((process.ROOT / "tests/worlds/small.yml").read_text(encoding="utf-8"), encoding="utf-8")
    first = Fernet.generate_key().decode()
    code, said = process.run(tmp_path, "seed", str(world), DATA_KEY=first)
    assert code == 0, said
    said = refused(tmp_path, "serve", "--roles", "delivery", DATA_KEY=Fernet.generate_key().decode())
    assert "DATA_KEY does not fit this database" in said
