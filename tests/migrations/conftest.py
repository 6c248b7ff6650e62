"""What the tests of migrations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.engines import open_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg


@pytest.fixture
def connection(pg_database: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a fresh database that says nothing of what it skips."""
    with open_postgres(pg_database) as opened:
        opened.execute("SET client_min_messages = error")
        yield opened
