"""A migration of PostgreSQL reaches its own schema and all of its rows; its triggers hold against ordinary roles."""

from __future__ import annotations

import secrets
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from schemagen.engines.postgres.session import BEGIN, SUSPEND_TRIGGERS
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from schemagen.changes.migration import Statement

SPEC = """\
schemagen: 1
title: Forum
tables:
  threads:
    columns:
      id: {type: bigint, primary_key: true}
      updated_at: {type: timestamptz, default: '2000-01-01T00:00:00Z'}
  posts:
    columns:
      id: {type: bigint, primary_key: true}
      thread_id: {references: threads.id, on_delete: cascade, touch: updated_at, index: true}
  audit:
    append_only: true
    columns:
      id: {type: bigint, primary_key: true}
      price: {type: "numeric(12,4)"}
"""
NARROWER = SPEC.replace("(12,4)", "(12,2)").replace("{type: timestamptz,", "{type: timestamptz, index: true,")


class Forum:
    """An output with two states, and what runs its migrations."""

    def __init__(self, folder: Path, *specs: str) -> None:
        options = Options(specs=folder / "specs", output=folder / "output")
        (folder / "specs").mkdir()
        self.migrations = []
        for text in specs or (SPEC, NARROWER):
            (folder / "specs/forum.yaml").write_text(text, encoding="utf-8")
            built = build(options, allow=[] if specs else ["narrow:audit.price", "rewrite:audit.price"])
            self.migrations += [step.postgres for step in built.steps]

    def up(self, session: Any, *numbers: int) -> None:
        for migration in self.migrations:
            if not numbers or migration.number in numbers:
                _run(session, migration.statements, transactional=migration.transactional)

    def down(self, session: Any) -> None:
        for migration in reversed(self.migrations):
            _run(session, migration.rollback, transactional=True)


def _run(session: Any, statements: Sequence[Statement], *, transactional: bool) -> None:
    for sql in (
        ("BEGIN", *(one.sql for one in statements), "COMMIT") if transactional else (one.sql for one in statements)
    ):
        session.execute(sql.encode())


@pytest.fixture(scope="module")
def forum(tmp_path_factory: pytest.TempPathFactory) -> Forum:
    return Forum(tmp_path_factory.mktemp("forum"))


@pytest.fixture
def session(pg_database: str) -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(pg_database, autocommit=True)) as made:
        yield made


@contextmanager
def role(session: psycopg.Connection, *grants: str) -> Iterator[str]:
    name = f"visitor_{secrets.token_hex(4)}"
    session.execute(f"CREATE ROLE {name}".encode())
    try:
        for grant in grants:
            session.execute(f"{grant} {name}".encode())
        session.execute(f"SET SESSION AUTHORIZATION {name}".encode())
        yield name
    finally:
        session.execute("RESET SESSION AUTHORIZATION")
        session.execute(f"DROP OWNED BY {name} CASCADE; DROP ROLE {name}".encode())


def value(session: psycopg.Connection, query: str) -> Any:
    row = session.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_a_rollback_in_a_schema_leaves_its_neighbours_alone(forum: Forum, session: psycopg.Connection) -> None:
    forum.up(session)
    session.execute("INSERT INTO threads VALUES (1); INSERT INTO posts VALUES (1, 1)")
    session.execute("CREATE SCHEMA tenant; SET search_path = tenant, public")
    forum.up(session)
    assert value(session, "SHOW search_path") == "tenant, public"
    forum.down(session)
    for migration in reversed(forum.migrations):  # once more: nothing is there, so it changes nothing or stops
        try:
            _run(session, migration.rollback, transactional=True)
        except psycopg.errors.UndefinedTable:
            session.execute("ROLLBACK")
    assert value(session, "SELECT count(*) FROM pg_tables WHERE schemaname = 'tenant'") == 0
    assert value(session, "SELECT count(*) FROM public.posts") == 1
    assert value(session, "SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_threads_updated_at'") == 1
    assert value(session, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == 2


def test_types_of_an_extension_elsewhere_are_found(session: psycopg.Connection) -> None:
    session.execute("CREATE SCHEMA tools; CREATE EXTENSION vector SCHEMA tools; SET search_path = public, tools")
    session.execute(f"BEGIN; {BEGIN.sql}; CREATE TABLE t (v vector(3)); COMMIT".encode())
    assert value(session, "SELECT count(*) FROM pg_tables WHERE tablename = 't'") == 1


def test_a_migration_that_would_see_some_rows_alone_stops(forum: Forum, session: psycopg.Connection) -> None:
    with role(session, "GRANT CREATE, USAGE ON SCHEMA public TO"):
        forum.up(session, 1, 2, 3)
        session.execute("INSERT INTO audit VALUES (1, 1.25), (2, 1.2345)")
        session.execute("ALTER TABLE audit ENABLE ROW LEVEL SECURITY; ALTER TABLE audit FORCE ROW LEVEL SECURITY")
        session.execute("CREATE POLICY p ON audit USING (id = 1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            forum.up(session, 4)
        session.execute("ROLLBACK; ALTER TABLE audit NO FORCE ROW LEVEL SECURITY")
        assert value(session, "SELECT price FROM audit WHERE id = 2").as_tuple().exponent == -4


def test_what_runs_outside_a_transaction_sees_every_row_or_stops(session: psycopg.Connection, tmp_path: Path) -> None:
    required = SPEC.replace("'2000-01-01T00:00:00Z'}\n", "'2000-01-01T00:00:00Z'}\n      title: {type: text, FILL}\n")
    texts = [required.replace("FILL", "nullable: true"), required.replace("FILL", "backfill: {sql: \"'none'\"}")]
    with role(session, "GRANT CREATE, USAGE ON SCHEMA public TO"):
        forum = Forum(tmp_path, *texts)
        forum.up(session, 1, 2, 3)
        session.execute("INSERT INTO threads VALUES (1), (2)")
        session.execute("ALTER TABLE threads ENABLE ROW LEVEL SECURITY; ALTER TABLE threads FORCE ROW LEVEL SECURITY")
        session.execute("CREATE POLICY p ON threads USING (id = 1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            forum.up(session, 5)
        session.execute("ALTER TABLE threads NO FORCE ROW LEVEL SECURITY")
        assert value(session, "SELECT count(*) FROM threads WHERE title IS NULL") == 2
        session.execute("RESET ALL; SET row_security = on; SET search_path = public, pg_catalog")
        forum.up(session, 5)
        assert value(session, "SELECT count(*) FROM threads WHERE title = 'none'") == 2
        assert [value(session, f"SHOW {name}") for name in ("row_security", "search_path")] == [
            "on",
            "public, pg_catalog",
        ]


def test_an_ordinary_role_finds_no_way_around(forum: Forum, session: psycopg.Connection) -> None:
    forum.up(session)
    session.execute("INSERT INTO audit VALUES (1, 1)")
    with role(session, "CREATE SCHEMA mine AUTHORIZATION", "GRANT ALL ON audit TO"):
        session.execute("CREATE FUNCTION mine.current_setting(text, boolean) RETURNS text RETURN '1'")
        session.execute("CREATE FUNCTION mine.pg_current_xact_id() RETURNS text RETURN '1'")
        session.execute("CREATE FUNCTION mine.pg_has_role(name, oid, text) RETURNS boolean RETURN true")
        session.execute("SET search_path = mine, pg_catalog, public")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            session.execute("UPDATE public.audit SET price = 2")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            session.execute(f"BEGIN; {SUSPEND_TRIGGERS.sql}; UPDATE public.audit SET price = 2".encode())
        session.execute("ROLLBACK")


def test_the_owner_suspends_triggers_for_one_transaction(forum: Forum, session: psycopg.Connection) -> None:
    forum.up(session)
    session.execute("INSERT INTO audit VALUES (1, 1)")
    session.execute(f"BEGIN; {SUSPEND_TRIGGERS.sql}; UPDATE audit SET price = 2; COMMIT".encode())
    assert value(session, "SELECT price FROM audit") == 2
    session.execute("SET schemagen.suspend_triggers = 'on'")
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        session.execute("UPDATE audit SET price = 3")
    session.execute("SELECT set_config('schemagen.suspend_triggers', pg_current_xact_id()::text, false)")
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        session.execute("UPDATE audit SET price = 3")


def test_touch_reaches_the_parent_past_shadows_and_for_who_may_write_the_child_alone(
    forum: Forum, session: psycopg.Connection
) -> None:
    forum.up(session)
    session.execute("INSERT INTO threads VALUES (1)")
    session.execute("ALTER TABLE threads ENABLE ROW LEVEL SECURITY")
    with role(session, "GRANT INSERT ON posts TO", "CREATE SCHEMA AUTHORIZATION"):
        session.execute("CREATE TEMP TABLE threads (id bigint, updated_at timestamptz)")
        session.execute("INSERT INTO public.posts VALUES (1, 1)")
    assert value(session, "SELECT updated_at > '2020-01-01' FROM public.threads") is True
