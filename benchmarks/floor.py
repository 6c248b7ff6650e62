"""What no build can avoid, as a process of its own: ``floor.py SPECS OUTPUT [COPY]``; ``bench.py`` measures it.

It starts an interpreter, has libyaml parse the specs, has sqlglot parse every statement of both dialects, runs those of
SQLite in memory, and writes the bytes of the output to a new place. It decides nothing and keeps nothing.
"""

from __future__ import annotations

import gc
import json
import sqlite3
import sys
from pathlib import Path

BATCH = 20
"""Migrations run in one database in memory: one for all of them would be quadratic."""


def main() -> None:
    """Do all of it once; without COPY, only read what the rest needs, so that this can be taken off."""
    specs, output, *copy = (Path(argument) for argument in sys.argv[1:])
    gc.disable()
    migrations = json.loads((output / "schema.lock.json").read_bytes())["migrations"]
    files = {
        file.relative_to(output): file.read_bytes()
        for file in output.rglob("*")
        if file.is_file() and ".schemagen" not in file.parts
    }
    if copy:
        _parse_yaml(specs)
        _parse_sql(migrations)
        _execute(migrations)
        _write(files, copy[0])


def _parse_yaml(specs: Path) -> None:
    import yaml

    for file in sorted(specs.rglob("*.yaml")):
        for _event in yaml.parse(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            pass


def _parse_sql(migrations: list[dict[str, dict[str, list[str]]]]) -> None:
    import sqlglot

    for migration in migrations:
        for dialect in ("sqlite", "postgres"):
            for statement in migration[dialect]["statements"]:
                sqlglot.parse(statement, dialect=dialect)


def _execute(migrations: list[dict[str, dict[str, list[str]]]]) -> None:
    for start in range(0, len(migrations), BATCH):
        connection = sqlite3.connect(":memory:")
        for migration in migrations[start : start + BATCH]:
            for statement in migration["sqlite"]["statements"]:
                connection.execute(statement)
        connection.close()


def _write(files: dict[Path, bytes], copy: Path) -> None:
    for folder in {path.parent for path in files}:
        (copy / folder).mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (copy / path).write_bytes(content)


if __name__ == "__main__":
    main()
