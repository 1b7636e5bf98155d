"""Logging: plain lines, no person's words, no token; set before Rasa is imported, which otherwise prints both."""

from __future__ import annotations

import logging
import os
import re

import structlog

_QUIET = ("rasa", "rasa_sdk", "httpx", "httpcore", "telegram", "apscheduler", "uvicorn", "asyncio", "jieba",
          "matplotlib", "numexpr", "sanic", "sanic.root", "alembic", "tensorflow", "h5py", "pykwalify")  # fmt: skip
_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")


class _Redacted(logging.Formatter):
    """Takes out of every line, tracebacks included, what looks like a bot token."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("<token>", super().format(record))


def set_up(level: str = "INFO") -> None:
    """Send our own log lines to stderr and keep the libraries to warnings."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    # Rasa's dependencies switch deprecation warnings on while they are imported, so a filter would not hold.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacted("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Rasa logs what people write, up to ERROR lines; only what ends the process is let through.
    logging.getLogger("rasa").setLevel(logging.CRITICAL)
    logging.getLogger("rasa_sdk").setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
