"""A model's graph run node after node, in this thread.

Rasa runs it through dask, which plans every run anew and is made for graphs that are wide; ours is a line. The nodes
and what they are handed are the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner


class InOrder:
    """Runs the nodes of a loaded graph, each after those it needs.

    Args:
        loaded: Rasa's runner, whose nodes are taken over.
    """

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._nodes = loaded._instantiated_nodes
        self._schema = loaded._graph_schema
        self._order = lru_cache(maxsize=None)(self._work_out_order)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """What the targets give for these inputs; see `rasa.engine.runner.interface.GraphRunner.run`."""
        wanted = tuple(targets or self._schema.target_names)
        found: dict[str, Any] = dict(inputs or {})
        for name in self._order(wanted):
            if name not in found:
                needs = self._schema.nodes[name].needs.values()
                _, found[name] = self._nodes[name](*((need, found[need]) for need in needs))
        return {name: found[name] for name in wanted}

    def _work_out_order(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """The nodes behind these targets, each after those it needs."""
        nodes = self._schema.minimal_graph_schema(list(targets)).nodes
        order: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in nodes and name not in order:
                for need in nodes[name].needs.values():
                    visit(need)
                order[name] = None

        for target in targets:
            visit(target)
        return tuple(order)
