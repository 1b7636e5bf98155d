"""Who may import whom, and that importing does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

# Imports each module named on the command line and reports what that did besides.
_WATCH = """
import json, os, sys
root, venv = os.getcwd() + os.sep, os.path.join(os.getcwd(), ".venv") + os.sep
seen = []
def watch(event, args):
    if event in ("sqlite3.connect", "socket.connect", "socket.bind", "subprocess.Popen"):
        seen.append([event, str(args[0])])
    elif event == "open" and isinstance(args[0], str):
        path, writing = os.path.abspath(args[0]), isinstance(args[1], str) and set(args[1]) & set("wax+")
        ours = path.startswith(root) and not path.startswith(venv)
        if ours and "__pycache__" not in path and (writing or not path.endswith((".py", ".pyc"))):
            seen.append([event, path])
import importlib
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
engines = "service.db" in sys.modules and sys.modules["service.db"]._engine is not None
print(json.dumps({"seen": seen, "engine": engines, "loaded": sorted({n.partition(".")[0] for n in sys.modules})}))
"""


def modules(*packages: str) -> list[str]:
    """Every module of these packages."""
    paths = sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths
    ]
    return [name for name in names if not name.endswith("__main__")]


def watch(tmp_path: Path, names: list[str]) -> dict[str, object]:
    """What importing these modules in a fresh process does."""
    environment = {**os.environ, "ASSISTANT_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-c", _WATCH, *names], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_the_arrows() -> None:
    """Nothing imports what docs and design forbid."""
    # A process of its own: the linter sets up logging for itself, and would silence that of later tests.
    linter = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"
    done = subprocess.run(
        [sys.executable, "-c", linter], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_edges_start_without_rasa(tmp_path: Path) -> None:
    """Gateway, delivery, scheduler, chat page and console: a second to start, not ten."""
    edges = ["bot.app", "bot.serving", "bot.delivery", "bot.scheduler", "bot.conversation", "bot.worker"]
    edges += modules("bot/telegram", "bot/chat_page", "console")
    found = watch(tmp_path, edges)
    assert not {"rasa", "rasa_sdk", "tensorflow"} & set(found["loaded"])  # type: ignore[call-overload]


def test_importing_does_nothing(tmp_path: Path) -> None:
    """No file is read or written, no database opened, nothing called, whatever is imported."""
    rasas_own = ("bot.nlu", "bot.quick_rasa", "bot.rasa_agent", "bot.snapshot", "bot.understanding_lines")
    names = [
        name for name in modules("service", "actions", "bot", "console") if not name.startswith(rasas_own)
    ]
    found = watch(tmp_path, names)
    assert found["seen"] == []
    assert found["engine"] is False
    assert list(tmp_path.iterdir()) == []
