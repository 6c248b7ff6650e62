"""The migrations guide: order, tree, phases, and commands that really run."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord, TableAltered
from schemagen.schema.model import Document, Schema
from schemagen.targets.docs import guide
from schemagen.targets.docs.tree import dependency_tree
from support.docs_reader import fences, headings, tables, untidy
from support.docs_sample import CHAT, CONVERSATIONS, MESSAGES, USERS, first_steps, foreign_key

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


@pytest.fixture(scope="module")
def text() -> str:
    return guide.render(CHAT, first_steps(CHAT))[guide.PATH]


def test_the_guide_reads_well(text: str, snapshot: SnapshotAssertion) -> None:
    assert text == snapshot
    assert untidy(text) == []
    assert tables(text) == []


def test_it_has_every_part_of_the_hand_written_one(text: str) -> None:
    assert {
        "Overview",
        "Migration details",
        "Execution instructions",
        "Verification queries",
        "Database dependency graph",
        "Key design decisions",
        "Idempotency",
        "Rolling back",
        "Adding tables and changing the schema later",
        "Related files",
    } <= set(headings(text))


def test_migrations_are_grouped_by_phase(text: str) -> None:
    assert [heading for heading in headings(text) if heading.startswith(("Phase", "00"))] == [
        "Phase II",
        "001_create_users",
        "Phase III",
        "002_create_conversations",
        "003_create_messages",
        "004_create_conversation_agents",
    ]


def test_a_later_step_is_told_by_its_changes_and_losses() -> None:
    drop = (Statement("ALTER TABLE messages DROP COLUMN tool_calls"),)
    sides = [
        Migration(5, "change_messages", engine, drop, (), losses=("every value of `messages.tool_calls`",))
        for engine in ("sqlite", "postgres")
    ]
    change = ChangeRecord(
        "alter table messages: drop column tool_calls", TableAltered("messages", dropped=("tool_calls",))
    )
    step = Step(sides[0], sides[1], (change,))
    text = guide.render(CHAT, (*first_steps(CHAT), step))[guide.PATH]
    assert "5. `005_change_messages`: alter table messages: drop column tool\\_calls. (Depends on all" in text
    assert "**Changed later by**:\n\n`005_change_messages`" in text
    assert "**What is lost**:\n\n- every value of `messages.tool_calls`." in text
    assert untidy(text) == []


def test_the_tree_shows_second_parents_cycles_and_itself() -> None:
    late = foreign_key("users", "created_at", "messages")
    parent = foreign_key("conversations", "title", "conversations")
    second = foreign_key("messages", "role", "users")
    schema = Schema(
        (
            replace(USERS, foreign_keys=(late,)),
            replace(CONVERSATIONS, foreign_keys=(*CONVERSATIONS.foreign_keys, parent)),
            replace(MESSAGES, foreign_keys=(*MESSAGES.foreign_keys, second)),
        )
    )
    assert dependency_tree(schema, {"users": "001"}).split("\n") == [
        "users (001), refers back to messages, added at the end",
        "  └── conversations, refers to itself",
        "      └── messages, also depends on users",
    ]


def test_a_guide_of_many_tables_names_files_and_repeats_no_sql(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "MANY_TABLES", len(CHAT.tables))
    short = guide.render(CHAT, first_steps(CHAT))[guide.PATH]
    assert "CREATE TABLE" in text
    assert "CREATE TABLE" not in short
    assert "[PostgreSQL](postgres/001_create_users.sql)" in short
    assert untidy(short) == []


def test_an_empty_schema_has_a_guide() -> None:
    text = guide.render(Schema((), (), (Document("d", "D"),)), ())[guide.PATH]
    assert untidy(text) == []


def test_the_python_of_the_guide_is_python(text: str) -> None:
    for block in fences(text, "python"):
        compile(block, "guide", "exec")


def _part(text: str, engine: str) -> str:
    return next(
        block for block in fences(text, "sql") if ("sqlite_schema" if engine == "sqlite" else "pg_indexes") in block
    )


def test_the_verification_queries_run_on_sqlite(text: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        for step in first_steps(CHAT):
            for statement in step.sqlite.statements:
                connection.execute(statement.sql)
        queries = [part for part in _part(text, "sqlite").split(";\n") if part.strip()]
        answers = [connection.execute(query).fetchall() for query in queries]
    assert [name for (name,) in answers[0]] == sorted(table.name for table in CHAT.tables)
    assert len(answers[2]) == sum(len(table.foreign_keys) for table in CHAT.tables)
    assert answers[3:5] == [[], [("ok",)]]


def test_the_verification_queries_run_on_postgres(text: str, pg_database: str) -> None:
    with psycopg.connect(pg_database) as connection:
        for step in first_steps(CHAT):
            for statement in step.postgres.statements:
                connection.execute(statement.sql.encode())
        queries = [part for part in _part(text, "postgres").split(";\n") if part.strip()]
        answers = [connection.execute(query.encode()).fetchall() for query in queries]
    assert [name for (name,) in answers[0]] == sorted(table.name for table in CHAT.tables)
    assert len(answers[2]) == sum(len(table.foreign_keys) for table in CHAT.tables)
    assert answers[3] == []


def test_the_sqlite_loop_runs_in_order_and_stops_at_an_error(text: str, tmp_path: Path) -> None:
    if not shutil.which("sqlite3"):
        pytest.skip("the sqlite3 shell is not installed")
    loop = next(block for block in fences(text, "bash") if "sqlite/*.sql" in block)
    folder = tmp_path / "sqlite"
    folder.mkdir()
    for number, sql in (
        (1, "CREATE TABLE a (x);"),
        (999, "INSERT INTO a VALUES (1);"),
        (1000, "DROP TABLE a;"),
        (1001, "bad;"),
    ):
        (folder / f"{number:03d}_step.sql").write_text(sql)
    (folder / "1002_never.sql").write_text("CREATE TABLE never (x);")
    subprocess.run(["sh", "-c", loop], cwd=tmp_path, check=False, capture_output=True)
    with sqlite3.connect(tmp_path / "app.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == []
