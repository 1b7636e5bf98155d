"""The command line: python -m bot serve, chat, understand, train, seed, migrate, admin."""

from __future__ import annotations

import asyncio
import signal
import sys

import typer
from sqlalchemy.exc import OperationalError

from service.errors import OperatorError, TurnAborted

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="The assistant."
)


@cli.command()
def serve(
    roles: str = typer.Option("", help="Roles to play, by comma; all by default."),
) -> None:
    """Serve the chat page, and Telegram when a token is set; Ctrl-C stops it."""
    from bot import serving

    serving.serve([role for role in roles.split(",") if role])


@cli.command()
def chat(
    who: str = typer.Option(..., "--as", help="A phone number or name on the roster, or new for a stranger."),
    now: str | None = typer.Option(None, help="The time it is said to be, ISO 8601."),
    json: bool = typer.Option(False, "--json", help="Print each reply as a JSON object a line."),
) -> None:
    """Talk to the assistant in this terminal, or a turn a line from standard input."""
    from bot import terminal

    terminal.chat(who, now, as_json=json)


@cli.command()
def understand(
    now: str | None = typer.Option(None, help="The time it is said to be, ISO 8601."),
) -> None:
    """Print what is understood of each line of standard input, a JSON object a line."""
    from bot import understanding_lines

    understanding_lines.run(now)


@cli.command()
def train(
    if_needed: bool = typer.Option(False, help="Only when no model fits the language data."),
) -> None:
    """Train the language model."""
    from bot import training

    if if_needed and training.model_path().is_file():
        return
    print("==> Training the language model (a minute or two)", file=sys.stderr)
    path = training.train()
    print(f"==> Trained {path.name}, {path.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


@cli.command()
def migrate() -> None:
    """Bring the database to the present shape."""
    from service import migrations

    migrations.upgrade()


@cli.command()
def seed(
    file: str | None = typer.Argument(None, help="A world file; the sample world by default."),
    if_fresh: bool = typer.Option(False, help="Do nothing when the database already holds something."),
    now: str | None = typer.Option(None, help="The time it is said to be, ISO 8601."),
) -> None:
    """Fill a fresh database with a world of invented people."""
    from bot import seeding

    seeding.seed(file, now, if_fresh=if_fresh)


def main() -> None:
    """Run a command; what an operator has to put right is one sentence and exit code 2."""
    from bot import logs
    from service.settings import settings

    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        logs.set_up(settings().log_level)
        from bot.admin import admin

        cli.add_typer(admin, name="admin", help="What staff do from the command line.")
        cli()
    except OperatorError as error:
        print(f"{error}", file=sys.stderr)
        sys.exit(2)
    except (OperationalError, TurnAborted):
        print(
            "The database cannot be used. See that it runs and that DATABASE_URL is right.", file=sys.stderr
        )
        sys.exit(2)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)


if __name__ == "__main__":
    main()
