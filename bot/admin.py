"""`bot admin`: what staff do from the command line."""

from __future__ import annotations

import sys

import typer

admin = typer.Typer(no_args_is_help=True)
