"""Settings from the environment and .env: the one place that reads them."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import BaseSettings, SecretStr, ValidationError, validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from service.errors import OperatorError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator may set; `.env.example` describes each in a sentence."""

    assistant_home: Path = ROOT / "home"
    database_url: str = ""
    data_key: SecretStr = SecretStr("")
    telegram_bot_token: SecretStr = SecretStr("")
    telegram_base_url: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")
    speech_recogniser: str = ""
    messages_kept_days: int = 365
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: str = "INFO"

    class Config:
        env_file = ROOT / ".env"
        env_file_encoding = "utf-8"

    @validator("assistant_home")
    def _absolute(cls, home: Path) -> Path:
        return home if home.is_absolute() else ROOT / home

    @validator("database_url", always=True)
    def _database_default(cls, url: str, values: dict[str, object]) -> str:
        if not url:
            return f"sqlite:///{values.get('assistant_home', ROOT / 'home')}/assistant.db"
        try:
            backend = make_url(url).get_backend_name()
        except ArgumentError:
            raise ValueError(
                "is not a database URL; examples: sqlite:///file.db, postgresql://user@host/db"
            ) from None
        if backend not in ("sqlite", "postgresql"):
            raise ValueError(f"names {backend}; only sqlite and postgresql are supported")
        return url

    @validator("data_key")
    def _key_form(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value():
            try:
                Fernet(key.get_secret_value())
            except ValueError:
                raise ValueError("is not a key; leave it empty to have one made") from None
        return key

    @validator("telegram_webhook_secret", always=True)
    def _secret_form(cls, secret: SecretStr, values: dict[str, object]) -> SecretStr:
        if not values.get("telegram_webhook_url"):
            return secret
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
            raise ValueError("must hold 16 to 256 letters, digits, _ or - when TELEGRAM_WEBHOOK_URL is set")
        return secret

    @validator("speech_recogniser")
    def _names_file(cls, command: str) -> str:
        if command and "{file}" not in command:
            raise ValueError("must say where the recording goes: put {file} into the command")
        return command

    @validator("messages_kept_days")
    def _at_least_a_month(cls, days: int) -> int:
        if days < 31:
            raise ValueError("must be 31 or more: matters under way are answered from what people wrote")
        return days

    @validator("port")
    def _port_range(cls, port: int) -> int:
        if not 0 < port < 65536:
            raise ValueError("is not a port; choose 1 to 65535")
        return port

    @validator("log_level")
    def _level(cls, level: str) -> str:
        if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("is not one of DEBUG, INFO, WARNING, ERROR")
        return level.upper()

    @property
    def files(self) -> Path:
        """Where photos and voices are kept."""
        return self.assistant_home / "files"

    @property
    def models(self) -> Path:
        """Where trained models are kept."""
        return self.assistant_home / "models"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the settings once a process.

    Raises:
        OperatorError: a setting has a value that cannot be used; says which and why.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise OperatorError(
            f"The setting {name} {first['msg']}. Correct it in .env or in the environment."
        ) from None


@lru_cache(maxsize=1)
def data_key() -> bytes:
    """The key that message payloads are encrypted with: DATA_KEY, or one made at the first run.

    A made key is kept in `ASSISTANT_HOME/data.key`, readable by its owner alone; without it what people wrote
    cannot be read again, so it belongs in the backup.
    """
    current = settings()
    if current.data_key.get_secret_value():
        return current.data_key.get_secret_value().encode()
    path = current.assistant_home / "data.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    except OSError as error:
        raise OperatorError(
            f"Cannot write to ASSISTANT_HOME ({error.strerror}). Choose a folder that can be written."
        ) from None
    with os.fdopen(handle, "wb") as file:
        key = Fernet.generate_key()
        file.write(key)
    return key
