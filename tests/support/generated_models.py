"""Generated models as an importable package: written to a folder, imported, and forgotten again."""

from __future__ import annotations

import importlib
import sqlite3
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schemagen.databases.servers import connect
from schemagen.engines.postgres.inspect.catalog import read_postgres
from schemagen.engines.sqlite.inspect.catalog import read_sqlite
from schemagen.verify.models.driver import forget_models

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

    import sqlalchemy as sa

    from schemagen.engines.catalog import Catalog


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """The package ``models`` of a folder, as it is imported for the first time."""
    forget_models()
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module("models")
    finally:
        sys.path.remove(str(folder))
        forget_models()


def catalog(engine: sa.Engine) -> Catalog:
    """The catalog of the database of an engine."""
    if engine.dialect.name == "sqlite":
        connection = sqlite3.connect(str(engine.url.database))
        try:
            return read_sqlite(connection)
        finally:
            connection.close()
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with connect(url.replace("+", "%20")) as other:  # SQLAlchemy writes spaces as forms do, libpq reads them as URLs do
        return read_postgres(other)
