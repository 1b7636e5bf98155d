"""`rasa shell`: a line in, an answer out."""

from __future__ import annotations

from tests.stock.running import rasa
from tests.stock.servers import Servers, free_port


def test_a_line(servers: Servers) -> None:
    """Thanks are answered by our own action, on the action server that runs already.

    An answer with buttons would have the shell wait for arrow keys.
    """
    printed = rasa(
        *("shell", "--model", str(servers.model), "--endpoints", str(servers.endpoints())),
        *("--credentials", "credentials.yml", "--port", str(free_port())),
        database=servers.database,
        told="谢谢你\n/stop\n",
    )

    assert "不客气，应该的" in printed
