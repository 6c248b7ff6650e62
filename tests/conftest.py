"""Fixtures that every test may use: fresh databases, on servers that each test process has for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from schemagen.databases.embedded import embedded_server
from schemagen.verify.models.process import Models
from support.built_cases import CASES, build_case, connected, make_room
from support.engines import contrib_server, fresh_database, run_in_psycopg, run_in_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemagen.databases.servers import Server
    from support.built_cases import Case

ENGINES = ("sqlite", "postgres18", "postgres16")

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The proofs first: they take longest, and at the end one process would wait for the other."""
    items.sort(key=lambda item: "tests/verify/" not in item.nodeid)


@pytest.fixture(scope="session")
def postgres18() -> Server:
    return embedded_server(18)


@pytest.fixture(scope="session")
def postgres16() -> Server:
    return embedded_server(16)


@pytest.fixture(scope="session")
def models() -> Iterator[Models]:
    """The process that runs generated models, one a test process."""
    with Models() as process:
        yield process


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
def contrib_database() -> Iterator[str]:
    """The URL of a fresh database whose server has PostgreSQL's contrib extensions; for `make test-tools`."""
    yield from fresh_database(contrib_server())


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Path:
    """The path of a SQLite database that does not exist yet."""
    return tmp_path / "database.sqlite"


@pytest.fixture(scope="session", params=CASES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Each case spec in turn, built."""
    return build_case(request.param, tmp_path_factory.mktemp(request.param) / "output")


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn, PostgreSQL in both versions."""
    return str(request.param)


@pytest.fixture
def database(engine_name: str, tmp_path: Path) -> Iterator[Path | str]:
    """A fresh database of the engine at hand: the path of a SQLite file, or the URL of a PostgreSQL database."""
    if engine_name == "sqlite":
        yield tmp_path / "database.sqlite"
        return
    yield from fresh_database(embedded_server(int(engine_name.removeprefix("postgres"))))


@pytest.fixture(scope="session")
def migrated(engine_name: str, case: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | str]:
    """A database that the migrations of the case at hand have made; whoever writes to it rolls back."""
    if engine_name == "sqlite":
        path = tmp_path_factory.mktemp("migrated") / f"{case.name}.sqlite"
        for file in case.files("sqlite"):
            run_in_python(path, file)
        yield path
        return
    with embedded_server(int(engine_name.removeprefix("postgres"))).database() as url:
        for file in case.files("postgres"):
            run_in_psycopg(url, file)
        with connected(url) as connection:
            make_room(connection)
        yield url
