"""Speech: a local program, if the operator names one, turns a recording into words."""

from __future__ import annotations

import asyncio
import logging
import shlex
import subprocess

from service.settings import settings

logger = logging.getLogger(__name__)

_PATIENCE = 60.0


async def words_in(name: str) -> str:
    """What is said in a recording.

    Args:
        name: a file under ASSISTANT_HOME/files.

    Returns:
        The words; empty without a recogniser, or when it could not make anything of it.
    """
    template = settings().speech_recogniser
    if not template:
        return ""
    path = str(settings().files / name)
    command = [part.replace("{file}", path) for part in shlex.split(template)]
    try:
        # In a thread: which event loop policy is in force here is Rasa's business, and uvloop's has no child watcher.
        heard = await asyncio.to_thread(
            subprocess.run, command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE
        )
    except OSError as error:
        logger.error("the speech recogniser cannot be started: %s", error.strerror)
        return ""
    except subprocess.TimeoutExpired:
        logger.warning("the speech recogniser took too long")
        return ""
    if heard.returncode:
        logger.warning("the speech recogniser ended with status %s", heard.returncode)
        return ""
    return str(heard.stdout.decode("utf-8", "replace")).strip()
