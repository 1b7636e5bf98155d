"""`rasa shell`: a line in, an answer out."""

from __future__ import annotations

from tests.stock.running import rasa
from tests.stock.servers import Servers, free_port


def test_a_line(servers: Servers) -> None:
    """A greeting is answered by our own action, on the action server that runs already."""
    printed = rasa(
        *("shell", "--model", str(servers.model), "--endpoints", str(servers.endpoints())),
        *("--credentials", "credentials.yml", "--port", str(free_port())),
        database=servers.database,
        told="您好\n/stop\n",
    )

    assert "我是老干部服务助手" in printed
