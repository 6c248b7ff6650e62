"""What is made again around a change keeps what somebody has granted by hand, or the migration stops."""

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
  all_mails:
    kind: function
    sql:
      postgres: CREATE FUNCTION all_mails(a int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT email FROM users; END
  calling: {kind: grant, sql: {postgres: GRANT EXECUTE ON FUNCTION all_mails TO known_reader}}
  not_all: {kind: grant, sql: {postgres: REVOKE EXECUTE ON FUNCTION all_mails FROM PUBLIC}}
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
        found = other.execute(
            "SELECT has_table_privilege('known_reader', 'mails', 'SELECT'), "
            "has_function_privilege('known_reader', 'all_mails(int)', 'EXECUTE'), "
            "has_function_privilege('stranger', 'all_mails(int)', 'EXECUTE')"
        ).fetchone()
    assert found == (True, True, False)


def test_what_the_server_gives_by_default_is_made_again(output: Path, readers: str) -> None:
    with open_postgres(readers) as other:
        other.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO stranger")
        other.execute("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO stranger")
    for file in migrations(output):
        run_in_psycopg(readers, file)


@pytest.mark.parametrize(
    ("by_hand", "said"),
    [
        ("GRANT SELECT ON mails TO stranger", "a grant to stranger"),
        ("GRANT UPDATE (email) ON mails TO PUBLIC", "a grant to public"),
        ("ALTER VIEW mails SET (security_barrier = true)", "the option security_barrier=true"),
        ("ALTER VIEW mails OWNER TO stranger", "view mails again .* the owner stranger"),
        ("GRANT EXECUTE ON FUNCTION all_mails TO stranger", "function all_mails again .* a grant to stranger"),
        ("ALTER FUNCTION all_mails SET search_path = pg_catalog", "the setting search_path=pg_catalog"),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO stranger", "a REVOKE from stranger"),
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
