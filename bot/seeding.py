"""`bot seed`: fills a fresh database with a world of invented people."""

from __future__ import annotations

import sys
from pathlib import Path

from service import clock, migrations
from service.errors import OperatorError
from service.world import loader, reading
from service.world.sample import sample


def seed(file: str | None, now: str | None, *, if_fresh: bool) -> None:
    """Put a world into the database, which becomes a demonstration for good; a database of no shape gets one.

    Args:
        file: a world file; the sample world by default.
        now: the time it is said to be, ISO 8601; the wall clock by default.
        if_fresh: bring the database up to date, and do nothing more when it holds something already.

    Raises:
        OperatorError: the file or the time is not understood, or the database holds something already.
    """
    try:
        at = clock.parse(now) if now else clock.now()
    except ValueError:
        raise OperatorError(f"{now} is not a time; write it as 2026-11-23T09:30.") from None
    given = reading.read(Path(file)) if file else None
    if if_fresh or migrations.revision() is None:
        migrations.upgrade()
    migrations.require_current()
    if if_fresh and not loader.is_fresh():
        return
    loader.require_fresh()
    world = given or reading.understood(sample(at))
    try:
        loader.load(world, at)
    except OperatorError as error:
        raise OperatorError(f"{file}: {error}" if file else f"{error}") from None
    print(f"==> Made {loader.summary(world)}", file=sys.stderr)
