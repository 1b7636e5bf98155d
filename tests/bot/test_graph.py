"""The graph run in order gives what Rasa's own runner gives."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.runner.dask import DaskGraphRunner

from bot.graph import InOrder


@pytest.mark.parametrize("words", ["我有多少积分", "下周三下午给我报名书法班", "香蕉苹果", "/greet"])
async def test_as_dask_would(agent: Any, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """The same understanding, from the same components."""
    processor = agent._agent.processor
    ours = await agent.parse(words, "2026-11-23T09:30+08:00")
    assert isinstance(processor.graph_runner, InOrder)

    monkeypatch.setattr(processor, "graph_runner", _by_dask(processor.graph_runner))
    assert await agent.parse(words, "2026-11-23T09:30+08:00") == ours


def _by_dask(runner: InOrder) -> DaskGraphRunner:
    """Rasa's runner on the nodes that ours took over."""
    dask = DaskGraphRunner.__new__(DaskGraphRunner)
    dask._graph_schema, dask._instantiated_nodes = runner._schema, runner._nodes
    dask._execution_context = None  # type: ignore[assignment]  # only printed
    return dask
