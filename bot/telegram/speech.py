"""Speech: a local program, if the operator names one, turns a recording into words."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shlex

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
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        logger.error("the speech recogniser cannot be started: %s", error.strerror)
        return ""
    try:
        heard, _ = await asyncio.wait_for(process.communicate(), _PATIENCE)
    except asyncio.TimeoutError:
        logger.warning("the speech recogniser took too long")
        return ""
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    if process.returncode:
        logger.warning("the speech recogniser ended with status %s", process.returncode)
        return ""
    return heard.decode("utf-8", "replace").strip()
