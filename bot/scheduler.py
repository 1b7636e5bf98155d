"""The timetable: one ticking scheduler, each job one use case that moves what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from service.clock import SHANGHAI
from service.messages import leases
from service.messages.holders import this_holder

logger = logging.getLogger(__name__)

LEASE = "scheduler"


@dataclass(frozen=True)
class Job:
    """A use case that is called every so many seconds with the time it is.

    It must be harmless to call again, and find by itself what has become due since its last call.
    """

    name: str
    run: Callable[[datetime], object]
    every_seconds: int


def make_scheduler(
    jobs: list[Job], now: Callable[[], datetime], on_run: Callable[[], None]
) -> BackgroundScheduler:
    """A scheduler that runs the jobs while this process holds the scheduler's lease; not yet started.

    Args:
        on_run: called after each job, to wake delivery.
    """
    scheduler = BackgroundScheduler(timezone=SHANGHAI)
    for job in jobs:
        scheduler.add_job(
            _run,
            "interval",
            seconds=job.every_seconds,
            args=[job, now, on_run],
            id=job.name,
            # The jobs look for what is due by themselves, so a late tick is as good as one in time.
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            next_run_time=datetime.now(SHANGHAI),
        )
    return scheduler


def _run(job: Job, now: Callable[[], datetime], on_run: Callable[[], None]) -> None:
    try:
        if leases.take(LEASE, this_holder(), now()):
            job.run(now())
            on_run()
    except Exception as error:
        logger.error("job %s: %s", job.name, type(error).__name__)
