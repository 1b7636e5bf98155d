"""`bot understand`: a message a line in, what is understood of it as a JSON object a line out."""

from __future__ import annotations

import asyncio
import json
import sys

from bot import lean_rasa, training
from service import clock
from service.errors import OperatorError


def run(now: str | None) -> None:
    """Read standard input to its end.

    Args:
        now: the time it is said to be, ISO 8601; the wall clock at each line by default.

    Raises:
        OperatorError: there is no fitting model, or the time is no time.
    """
    try:
        fixed = clock.local(clock.parse(now)) if now else None
    except ValueError:
        raise OperatorError(f"{now} is not a time; write it as 2026-11-23T09:30.") from None
    model = training.fitting_model()
    lean_rasa.prepare(model)
    from bot.nlu.understanding import Understanding

    understanding = Understanding.load(model)
    # Only a newline ends a line, and what is no UTF-8 is still a line.
    for raw in sys.stdin.buffer:
        text = raw.decode("utf-8", errors="replace").removesuffix("\n")
        found = asyncio.run(understanding.parse(text, fixed or clock.local(clock.now())))
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        sys.stdout.flush()
