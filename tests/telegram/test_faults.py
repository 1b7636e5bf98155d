"""Everything goes wrong at once, by seeds that are printed: each message is still answered once, or owned up to."""

from __future__ import annotations

import pytest

from tests.support.telegram.client import Telegram
from tests.telegram.faults import seeded
from tests.telegram.killing import killed


@pytest.mark.parametrize("seed", range(8))
async def test_seeded_faults(sim: Telegram, pointed: object, office: object, seed: int) -> None:
    """Broken connections, refusals, repetitions, disorder, a revoked token, a locked or full disk, a restart."""
    print("seed", seed)
    found = await seeded(sim, seed)
    assert found.kept, (seed, found)


async def test_killed_again_and_again(sim: Telegram, pointed: object, office: object) -> None:
    """The process is killed twice under traffic, and finishes the work at the third start."""
    print("seed", 1)
    found = await killed(sim, seed=1, kills=2)
    assert found.kept, found
