"""Full-text search: both engines find the same rows for what people type, and nothing that is typed is an error."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from schemagen.migrations.first_build import first_build
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from support.engines import open_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from schemagen.schema.model import Schema

SPEC = """\
schemagen: 1
tables:
  rooms:
    columns:
      id: {type: uuid, primary_key: true}
  notes:
    columns:
      id: {type: uuid, primary_key: true}
      room_id: {references: rooms.id, on_delete: cascade, on_update: cascade}
      body: {type: text, max_length: 100000, nullable: true}
      title: {type: varchar(200), nullable: true}
    full_text:
      - columns: [body, title]
queries:
  search: {sql: "SELECT n.id FROM notes AS n WHERE search(n.body, :typed) ORDER BY n.id"}
  prefix: {sql: "SELECT id FROM notes WHERE search_prefix(body, :typed) ORDER BY id"}
  title: {sql: "SELECT id FROM notes WHERE search(title, :typed) OR search(body, :typed) ORDER BY id"}
"""
CORPUS = r"""
the quick brown Fox jumps over lazy dogs café Café naïve résumé Straße ÜBER über señor façade coöperate well-known
e-mail state-of-the-art don't it's O'Neill rock'n'roll 3.14 -5 1,000 1.000,50 2024-01-31 12:30 v1.2.3 50% #1 C++ C# a_b
x1 1x ann@example.com user.name+tag@example.co.uk https://example.com/a/b?c=d&e=f#g www.example.org /usr/local/bin a b c
C:\Users\ann snake_case camelCase AND OR NOT NEAR and or not near running run runs ran 東京 東京都 日本語 中文 한국어
Привет мир МИР ёлка Ελληνικά αβγ ΑΒΓ “quoted” «guillemets» —dash— …ellipsis (brackets) [square] {curly} <tag> "double"
`tick` ~tilde ^caret |pipe *star* _under_ $money €euro £pound
"""
WORDS = CORPUS.split()
LONG = "a" * 3000
HOSTILE = (
    "", " ", '"', "'", "*", "**", "-", "--", "(", ")", "()", "a OR b", "a AND", "NOT", "NEAR(a b, 2)", "body:fox",
    "^fox", "fox*", '"fox', 'fox"', '""', '" OR "', "' OR '1'='1", "'; DROP TABLE notes; --", "\\", "%", "_", ":typed",
    '"); DELETE FROM notes; --', "$1", "?", "\t", "\n", "fox\tdogs", "fox\ndogs", "{body}: fox", "+fox", "<->", "!",
    "&", "|", ":*", "a:*", "a & b", "!a", "\u200b", "\ufeff", "a " * 3000, "- " * 500, LONG,
)  # fmt: skip
SENTENCES, TYPED = 300, 250
"""How many of each; 2,000 sentences and 3,819 texts were tried when the SQL was chosen."""


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("search")
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    (options.specs / "notes.yaml").write_text(SPEC, encoding="utf-8")
    return pipeline.load(options).schema


class Both:
    """The same rows on both engines."""

    def __init__(self, schema: Schema, sqlite: sqlite3.Connection, postgres: psycopg.Connection) -> None:
        self.queries = {query.name: query.sql for query in schema.queries}
        self.sqlite = sqlite
        self.postgres = postgres
        for step in first_build(schema):
            for statement in step.sqlite.statements:
                sqlite.execute(statement.sql)
            for statement in step.postgres.statements:
                postgres.execute(statement.sql.encode())

    def run(self, sql: str, *values: object) -> None:
        self.sqlite.execute(sql, values)
        self.postgres.execute(sql.replace("?", "%s").encode(), values)

    def found(self, name: str, typed: str | None) -> tuple[list[str], list[str]]:
        text = self.queries[name]
        assert text.sqlite is not None
        assert text.postgres is not None
        here = [row[0] for row in self.sqlite.execute(text.sqlite, {"typed": typed})]
        bound = text.postgres.replace("%", "%%").replace(":typed", "%(typed)s::text")
        return here, [str(row[0]) for row in self.postgres.execute(bound.encode(), {"typed": typed})]

    def check(self) -> None:
        """FTS5 finds its index in step with the rows (SQLite, "FTS5 Extension", 'integrity-check')."""
        (name,) = self.sqlite.execute("SELECT name FROM pragma_table_list WHERE type = 'virtual'").fetchone()
        self.sqlite.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")


@pytest.fixture
def both(schema: Schema, pg_database: str) -> Iterator[Both]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as sqlite, open_postgres(pg_database) as postgres:
        sqlite.execute("PRAGMA foreign_keys = ON")
        yield Both(schema, sqlite, postgres)


def sentence(random: Random) -> str:
    return random.choice([" ", " ", ", ", "; ", "\n"]).join(random.choices(WORDS, k=random.randint(1, 14)))


def typed(random: Random) -> str:
    words = random.choices(WORDS, k=random.randint(1, 3))
    match random.randrange(6):
        case 0:
            words[-1] = words[-1][: random.randint(1, len(words[-1]))]
        case 1:
            words = [word.upper() if random.random() < 0.5 else word.lower() for word in words]
        case 2:
            words.insert(random.randint(0, len(words)), random.choice(HOSTILE[:-3]))
        case 3:
            words = [f'"{word}"' for word in words]
    return " ".join(words)


def key(number: int) -> str:
    return str(UUID(int=number))


ROOM, OTHER = key(1), key(2)


def fill(both: Both, random: Random, count: int) -> None:
    both.run("INSERT INTO rooms (id) VALUES (?)", ROOM)
    for number in range(count):
        row = (key(1000 + number), ROOM, sentence(random), random.choice([None, sentence(random)[:200]]))
        both.run("INSERT INTO notes (id, room_id, body, title) VALUES (?, ?, ?, ?)", *row)


def is_outside(text: str) -> bool:
    """Whether the last part has no letter and is not a punctuation of ASCII: PostgreSQL takes the word before it."""
    last = (text.split(" ") or [""])[-1].strip("!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\"")
    return bool(last) and not any(character.isalnum() for character in last)


@pytest.mark.parametrize("server", ["pg_database", "pg16_database"])
def test_both_engines_find_the_same_rows(schema: Schema, server: str, request: pytest.FixtureRequest) -> None:
    random = Random(21)
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as sqlite,
        open_postgres(request.getfixturevalue(server)) as postgres,
    ):
        both = Both(schema, sqlite, postgres)
        fill(both, random, SENTENCES)
        hits = 0
        for text in (*HOSTILE, *(typed(random) for _ in range(TYPED))):
            for name in both.queries:
                if LONG in text or (name == "prefix" and is_outside(text)):
                    continue
                here, there = both.found(name, text)
                assert here == there, (name, text)
                hits += len(here)
        assert hits > SENTENCES
        both.check()


def test_what_is_typed_is_no_error_and_no_statement(both: Both) -> None:
    fill(both, Random(3), 20)
    for text in HOSTILE:
        for name in both.queries:
            both.found(name, text)
    assert both.sqlite.execute("SELECT count(*) FROM notes").fetchone() == (20,)
    both.check()


def test_null_and_nul_find_nothing_more(both: Both) -> None:
    fill(both, Random(3), 20)
    assert both.found("search", None) == both.found("prefix", None) == ([], [])
    whole, cut = (both.sqlite.execute(both.queries["search"].sqlite or "", {"typed": t}) for t in ("fox\0dogs", "fox"))
    assert whole.fetchall() == cut.fetchall()


def test_an_index_is_in_step_after_every_change(both: Both) -> None:
    random = Random(7)
    fill(both, random, 40)
    both.run("INSERT INTO rooms (id) VALUES (?)", OTHER)
    upsert = (
        "INSERT INTO notes (id, room_id, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    )
    changes: tuple[tuple[str, Any], ...] = (
        ("UPDATE notes SET body = ? WHERE id = ?", lambda: (sentence(random), key(1000 + random.randrange(40)))),
        ("UPDATE notes SET body = ?", lambda: (None,)),
        ("UPDATE notes SET title = ?, body = ? WHERE id > ?", lambda: ("fox", sentence(random), key(1020))),
        ("UPDATE notes SET id = ? WHERE id = ?", lambda: (key(5000 + random.randrange(10**6)), key(1003))),
        (upsert, lambda: (key(1005), ROOM, sentence(random))),
        ("DELETE FROM notes WHERE id = ?", lambda: (key(1000 + random.randrange(40)),)),
        ("INSERT INTO notes (id, room_id, body) VALUES (?, ?, ?)", lambda: (key(random.getrandbits(90)), OTHER, "fox")),
        ("DELETE FROM rooms WHERE id = ?", lambda: (OTHER,)),
        ("UPDATE rooms SET id = ? WHERE id = ?", lambda: (key(77), ROOM)),
    )
    for sql, values in changes:
        for engine in (both.sqlite, both.postgres):
            engine.execute("BEGIN")
        both.run(sql, *values())
        both.check()
        for engine in (both.sqlite, both.postgres):
            engine.execute("ROLLBACK")
        both.check()
        both.run(sql, *values())
        both.check()
        for word in ("fox", "the", "café", "東京", "мир"):
            here, there = both.found("title", word)
            assert here == there, (sql, word)
    both.sqlite.execute("VACUUM")
    both.check()


def test_a_search_uses_the_index(both: Both) -> None:
    fill(both, Random(5), 300)
    both.postgres.execute("SET enable_seqscan = off")
    text = (both.queries["search"].postgres or "").replace("%", "%%").replace(":typed", "%(typed)s::text")
    plan = both.postgres.execute(f"EXPLAIN {text}".encode(), {"typed": "fox"}).fetchall()
    assert any("Bitmap Index Scan on fts_notes_body_title" in row[0] for row in plan), plan
    explained = both.sqlite.execute(f"EXPLAIN QUERY PLAN {both.queries['search'].sqlite}", {"typed": "fox"}).fetchall()
    details = [row[3] for row in explained]
    assert "SCAN fts_notes_body_title VIRTUAL TABLE INDEX 0:M0" in details, details
    assert not any(detail.startswith("SCAN n") for detail in details), details
