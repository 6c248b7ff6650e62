"""Partitions: the function makes those of now and of the time ahead, and what is detached keeps the table's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from schemagen.databases.servers import connect
from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build
from support.engines import run_in_psycopg
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = """\
schemagen: 1
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true}
  events:
    partition: {range: at, by: PERIOD, ahead: 2}
    primary_key: [id, at]
    RULE
    columns:
      id: {type: bigint, identity: true}
      at: {type: KIND, immutable: true}
      user_id: {references: users.id, on_delete: restrict}
      code: {type: varchar(9), default: "", immutable: true}
      size: {type: integer, generated: {sql: length(code)}}
      body: {type: varchar(99), default: ""}
    unique:
      - {columns: [code, at]}
    indexes:
      - {columns: [user_id, at]}
    full_text:
      - columns: [body]
"""


def project(folder: Path, *, period: str = "month", kind: str = "timestamptz", rule: str = "") -> Path:
    spec = SPEC if period else SPEC.replace(", by: PERIOD, ahead: 2", "")
    text = spec.replace("PERIOD", period).replace("KIND", kind).replace("    RULE\n", rule)
    (folder / "specs").mkdir(exist_ok=True)
    (folder / "specs/events.yaml").write_text(text, encoding="utf-8")
    build(Options(specs=folder / "specs", output=folder / "output"))
    return folder / "output"


def migrated(output: Path, url: str, first: int = 1) -> psycopg.Connection[Any]:
    for file in sorted((output / "migrations/postgres").glob("*.sql")):
        if int(file.name[:3]) >= first:
            run_in_psycopg(url, file)
    return connect(url, autocommit=True)


def partitions(connection: psycopg.Connection[Any], table: str = "events") -> list[tuple[str, str]]:
    """Names and bounds."""
    connection.execute("SET TimeZone = 'UTC'")
    return connection.execute(
        "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid "
        "WHERE inhparent = %s::regclass ORDER BY 1",
        [table],
    ).fetchall()


def value(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    return row and row[0]


@pytest.mark.parametrize("kind", ["timestamptz", "timestamp", "date"])
@pytest.mark.parametrize("period", ["day", "week", "month", "year"])
def test_partitions_of_now_and_ahead(tmp_path: Path, any_pg_database: str, period: str, kind: str) -> None:
    with migrated(project(tmp_path, period=period, kind=kind), any_pg_database) as connection:
        assert len(partitions(connection)) == 3
        assert value(connection, "SELECT events_partitions()") == 0
        connection.execute("SET TimeZone = 'Pacific/Kiritimati'")
        assert value(connection, f"SELECT events_partitions(now() - interval '2 {period}')") == 2
        assert value(connection, f"SELECT events_partitions(now() - interval '2 {period}')") == 0
        connection.execute("INSERT INTO users VALUES (1)")
        now = "now()" if kind == "timestamptz" else "now() AT TIME ZONE 'UTC'"
        connection.execute(f"INSERT INTO events (user_id, code, at) VALUES (1, 'a', {now}), (1, 'b', {now})".encode())
        assert value(connection, "SELECT count(DISTINCT id) FROM events WHERE size = 1") == 2
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("INSERT INTO events (user_id, at) VALUES (1, '1999-01-01')")


def test_a_period_is_filled_around_what_is_there(tmp_path: Path, any_pg_database: str) -> None:
    with migrated(project(tmp_path), any_pg_database) as connection:
        connection.execute("CREATE TABLE lost PARTITION OF events FOR VALUES FROM ('2020-02-10Z') TO ('2020-02-20Z')")
        connection.execute("CREATE TABLE old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2020-01-05Z')")
        connection.execute("SELECT events_partitions('2020-01-15Z')")
        assert [(name, bound) for name, bound in partitions(connection) if name < "events_2020_03"] == [
            ("events_2020_01_05", "FOR VALUES FROM ('2020-01-05 00:00:00+00') TO ('2020-02-01 00:00:00+00')"),
            ("events_2020_02", "FOR VALUES FROM ('2020-02-01 00:00:00+00') TO ('2020-02-10 00:00:00+00')"),
        ]


def test_another_period_begins_where_the_last_one_ends(tmp_path: Path, any_pg_database: str) -> None:
    with migrated(project(tmp_path), any_pg_database) as connection:
        months = partitions(connection)
        last = len(list((tmp_path / "output/migrations/postgres").glob("*.sql")))
        migrated(project(tmp_path, period="day"), any_pg_database, last + 1).close()
        assert partitions(connection) == months
        assert value(connection, "SELECT events_partitions()") == 0


def test_the_partition_of_all_rows_takes_the_time_before(tmp_path: Path, any_pg_database: str) -> None:
    """And becomes that of all rows again on the way back."""
    output = project(tmp_path, period="")
    with migrated(output, any_pg_database) as connection:
        last = len(list((output / "migrations/postgres").glob("*.sql")))
        connection.execute("INSERT INTO users VALUES (1)")
        connection.execute("INSERT INTO events (user_id, at, code) VALUES (1, now(), 'x'), (1, '1999-01-01', '')")
        migrated(project(tmp_path), any_pg_database, last + 1).close()
        *later, (before, bound) = partitions(connection)
        assert len(later) == 2
        assert (before, bound.partition(" TO ")[0]) == ("events_before", "FOR VALUES FROM (MINVALUE)")
        assert value(connection, "SELECT events_partitions()") == 0
        connection.execute("INSERT INTO events (user_id, at) VALUES (1, now() + interval '40 days')")
        run_in_psycopg(any_pg_database, next((output / "migrations/postgres/rollback").glob(f"{last + 1:03}*.sql")))
        assert ("events_default", "DEFAULT") in partitions(connection)
        assert value(connection, "SELECT count(*) FROM events") == 3


@pytest.fixture(params=["migrations", "models"])
def detached(request: pytest.FixtureRequest, tmp_path: Path, any_pg_database: str) -> Iterator[Any]:
    """A connection to a database whose month is detached with a row; the rule is the test's."""

    def make(rule: str) -> psycopg.Connection[Any]:
        output = project(tmp_path, rule=rule)
        if request.param == "models":
            with imported(output) as models:
                engine = models.make_engine(sqlalchemy_url(any_pg_database))
                models.Base.metadata.create_all(engine)
                engine.dispose()
            connection = connect(any_pg_database, autocommit=True)
        else:
            connection = migrated(output, any_pg_database)
        connection.execute("INSERT INTO users VALUES (1)")
        connection.execute("INSERT INTO events (user_id, code, at) VALUES (1, 'a', now())")
        month = value(connection, "SELECT tableoid::regclass FROM events")
        connection.execute(f"ALTER TABLE events DETACH PARTITION {month} CONCURRENTLY".encode())
        connection.execute(f"ALTER TABLE {month} RENAME TO archived".encode())
        made.append(connection)
        return connection

    made: list[psycopg.Connection[Any]] = []
    yield make
    for connection in made:
        connection.close()


def refused(connection: psycopg.Connection[Any], statement: str) -> str:
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation) as caught:
        connection.execute(statement.encode())
    return str(caught.value).splitlines()[0]


def test_what_is_detached_stays_immutable(detached: Any) -> None:
    connection = detached("")
    assert refused(connection, "UPDATE archived SET code = 'b'") == "archived.code is immutable"
    connection.execute("UPDATE archived SET body = 'b'")
    connection.execute("TRUNCATE archived")


def test_what_is_detached_stays_append_only(detached: Any) -> None:
    connection = detached("    append_only: true\n")
    assert refused(connection, "UPDATE archived SET body = 'b'") == "archived is append-only"
    connection.execute("DELETE FROM archived")


def test_what_is_detached_keeps_its_rows(detached: Any) -> None:
    connection = detached("    append_only: {deletes: refuse}\n")
    for statement in ("DELETE FROM archived", "TRUNCATE archived"):
        assert refused(connection, statement) == "rows of archived are never deleted"
    part = partitions(connection)[0][0]
    assert refused(connection, f"TRUNCATE {part}") == f"rows of {part} are never deleted"
