"""Gates: a messenger that asked to be left alone is left alone, by every process and after a restart too."""

from __future__ import annotations

from datetime import datetime

from service.db import reading, unit_of_work
from service.messages.models import Gate


def closed_until(name: str) -> datetime | None:
    """Until when nothing may be sent through this gate, as last told; it may be past."""
    with reading() as session:
        gate = session.get(Gate, name)
        return gate.closed_until if gate else None


def close(name: str, until: datetime) -> None:
    """Keep the gate closed until a moment; one that is closed for longer stays so."""
    with unit_of_work() as session:
        gate = session.get(Gate, name)
        if gate is None:
            session.add(Gate(name=name, closed_until=until))
        else:
            gate.closed_until = max(gate.closed_until, until)
        session.flush()
