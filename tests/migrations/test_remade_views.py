"""A view that is made again around a change keeps what somebody has granted by hand, or the migration stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from schemagen.project.pipeline import Options, build
from support.engines import open_postgres, run_in_psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = """schemagen: 1
tables:
  users:
    columns:
      id: {type: integer, primary_key: true}
      email: {type: varchar(40)}
views:
  mails:
    sql: SELECT id, email FROM users
objects:
  reading:
    kind: grant
    sql: {postgres: GRANT SELECT ON mails TO known_reader}
    drop: {postgres: REVOKE SELECT ON mails FROM known_reader}
    needs: [mails]
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mails")
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    for spec in (SPEC, SPEC.replace("varchar(40)", "varchar(80)")):
        (options.specs / "users.yaml").write_text(spec, encoding="utf-8")
        build(options)
    return options.output / "migrations" / "postgres"


@pytest.fixture
def readers(any_pg_database: str) -> Iterator[str]:
    with open_postgres(any_pg_database) as admin:
        admin.execute("CREATE ROLE known_reader; CREATE ROLE stranger")
    yield any_pg_database
    with open_postgres(any_pg_database) as admin:
        admin.execute("DROP OWNED BY known_reader, stranger; DROP ROLE known_reader, stranger")


def migrations(output: Path) -> list[Path]:
    return sorted(output.glob("*.sql"))


def test_what_the_specs_say_is_made_again(output: Path, readers: str) -> None:
    for file in migrations(output):
        run_in_psycopg(readers, file)
    with open_postgres(readers) as other:
        (found,) = other.execute("SELECT has_table_privilege('known_reader', 'mails', 'SELECT')").fetchone() or ()
    assert found


@pytest.mark.parametrize(
    ("by_hand", "said"),
    [
        ("GRANT SELECT ON mails TO stranger", "a grant to stranger"),
        ("GRANT UPDATE (email) ON mails TO PUBLIC", "a grant to public"),
        ("ALTER VIEW mails SET (security_barrier = true)", "the option security_barrier=true"),
    ],
)
def test_what_they_do_not_say_stops_it(by_hand: str, said: str, output: Path, readers: str) -> None:
    *before, last = migrations(output)
    for file in before:
        run_in_psycopg(readers, file)
    with open_postgres(readers) as other:
        other.execute(by_hand.encode())
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=said):
        run_in_psycopg(readers, last)
    with open_postgres(readers) as other:
        (kept,) = other.execute("SELECT count(*) FROM pg_views WHERE viewname = 'mails'").fetchone() or ()
    assert kept == 1
