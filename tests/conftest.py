"""Fixtures that every test may use: fresh databases, on servers that each test process has for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from engines import fresh_database

from schemagen.verify.embedded import embedded_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemagen.verify.servers import Server


@pytest.fixture(scope="session")
def postgres18() -> Server:
    return embedded_server(18)


@pytest.fixture(scope="session")
def postgres16() -> Server:
    return embedded_server(16)


@pytest.fixture
def pg_database(postgres18: Server) -> Iterator[str]:
    """The URL of a fresh PostgreSQL 18 database."""
    yield from fresh_database(postgres18)


@pytest.fixture
def pg16_database(postgres16: Server) -> Iterator[str]:
    """The URL of a fresh PostgreSQL 16 database."""
    yield from fresh_database(postgres16)


@pytest.fixture(params=[18, 16], ids=["postgres18", "postgres16"])
def any_pg_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh database, on each version in turn."""
    yield from fresh_database(embedded_server(request.param))


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Path:
    """The path of a SQLite database that does not exist yet."""
    return tmp_path / "database.sqlite"
