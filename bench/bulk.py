"""Many rows into a table at once: by COPY into PostgreSQL, in one transaction of batches into SQLite."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.engine import Engine

_AT_ONCE = 20_000
Row = dict[str, Any]


def load(engine: Engine, table: Any, rows: Iterable[Row]) -> None:
    """Put rows into a table: by COPY into PostgreSQL, in batches under one transaction into SQLite."""
    if engine.dialect.name == "postgresql":
        _copy(engine, table, iter(rows))
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        # What is loaded refers to what was loaded before; looking each row up again would take most of the time.
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("BEGIN")
        for batch in _batches(rows):
            columns = list(batch[0])
            marks, names = ", ".join("?" * len(columns)), _names(columns)
            values = [tuple(_for_sqlite(row[column]) for column in columns) for row in batch]
            cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA foreign_keys=ON")
    finally:
        raw.close()


def _copy(engine: Engine, table: Any, rows: Iterator[Row]) -> None:
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SET LOCAL session_replication_role = replica")
        for batch in _batches(rows):
            columns = list(batch[0])
            written = io.StringIO()
            csv.writer(written).writerows([[_for_copy(row[column]) for column in columns] for row in batch])
            written.seek(0)
            cursor.copy_expert(f"COPY {table.name} ({_names(columns)}) FROM STDIN WITH (FORMAT csv)", written)


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch


def _for_sqlite(value: Any) -> Any:
    """As SQLAlchemy would have written it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, list):
        return json.dumps(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _for_copy(value: Any) -> Any:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, list):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, datetime) else value
