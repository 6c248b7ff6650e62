"""Untrusted text: every free-text field of the language, every hostile string, every artefact.

Each hostile string stands in all fields at once, and what comes out is compared with what comes out for harmless text.
"""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import unicodedata
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemagen.base.escape import invisible
from schemagen.cli.reports.diagnostics import as_github, as_text
from schemagen.project.pipeline import Options, load, make_plan
from support.docs_reader import structure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOSTILE = {
    "quotes": 'It\'s "quoted" and `ticked`',
    "quotes_only": "'''\"\"\"```",
    "ends_in_quote": 'the end"',
    "ends_in_backslash": "the end\\",
    "sql": "'; DROP TABLE texts; --",
    "sql_comment": "*/ DROP TABLE texts; /* -- ",
    "dollars": "$$ $body$ $_$ END; $$",
    "placeholders": "%s %(x)s %% :name ::text ?1 @v",
    "templates": "{{ 7*7 }} {% raw %} {# c #} ${HOME} {0} {x!r}",
    "python": "\\n \\x41 \\N{BELL} \\u0041",
    "docstring": '""" + __import__("os").system("true") + """',
    "html": "<script>alert(1)</script> <!-- --> &amp; <b>",
    "link": "[a](javascript:x) ![i](y) <http://example.com> [r]: /u",
    "table": "a | b || c |\\| d",
    "markdown": "# head * star _under_ ~~gone~~ ``` fence $x$",
    "list": "- item",
    "number": "1. first",
    "rule": "---",
    "quote": "> quote",
    "mermaid": 'erDiagram "} end subgraph %%{init: {}}%% ; --> ||--o{',
    "lines": "two\nlines; DROP TABLE texts;\n\n-- third\n# fourth",
    "carriage": "over\rwritten\x0b\x0c",
    "escapes": "\x1b[2J\x1b]0;title\x07\x9b31m\x7f",
    "bidi": "RTL \u202eabc\u202c \u2066x\u2069 zero\u200bwidth \ufeff",
    "separators": "line\u2028paragraph\u2029next\x85end",
    "unicode": "emoji \U0001f331\U0001f469\u200d\U0001f467 combining e\u0301 astral \U0001d4b3 \xdf",
    "blanks": "  padded\t ",
    "long": "x" * 900,
    "words": "null",
    "number_like": "0123",
}

SPEC = """schemagen: 1
title: @@
version: @@
description: @@
tables:
  texts:
    description: @@
    columns:
      id: {type: integer, primary_key: true, description: @@}
      value: {type: text, default: @@, description: @@, external_reference: @@}
      kind: {enum: [plain, @@], default: @@, description: @@}
      data: {type: jsonb, default: {json: {@@: [@@]}}, description: @@}
      words: {type: "text[]", default: [@@], description: @@}
    unique: [{columns: [id, kind], description: @@}]
    checks: {rule: {sql: id > 0, description: @@}}
    indexes: [{columns: [kind], description: @@, reason: @@}]
    examples: [{id: 1, value: @@, kind: @@, data: {@@: [@@]}, words: [@@]}]
    notes: {security: @@, phase: @@, data_shape: @@, design_decisions: [@@, @@], anything: @@}
  children:
    description: @@
    columns:
      id: {type: integer, primary_key: true, description: @@}
      text_id: {type: integer, description: @@}
    foreign_keys:
      - {columns: [text_id], references: {table: texts, columns: [id]}, on_delete: cascade, description: @@}
    indexes: [{columns: [text_id], description: @@}]
queries:
  find: {description: @@, sql: "SELECT id, value FROM texts WHERE id = :id", uses: pk_texts}
notes: {performance: [@@], ordering: @@, future: @@}
"""
HARMLESS = "harmless"

by_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def in_yaml(text: str) -> str:
    """The text in double quotes, with everything that YAML could refuse as an escape."""
    parts = (c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(parts)}"'


def built(folder: Path, text: str) -> Mapping[str, str]:
    specs = folder / "specs"
    specs.mkdir(exist_ok=True)
    (specs / "spec.yaml").write_text(SPEC.replace("@@", in_yaml(text)), encoding="utf-8")
    return make_plan(Options(specs=specs, output=folder / "output")).files


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return built(tmp_path_factory.mktemp("harmless"), HARMLESS)


def of_kind(files: Mapping[str, str], pattern: str) -> dict[str, str]:
    return {path: text for path, text in sorted(files.items()) if re.fullmatch(pattern, path)}


def sqlite_catalogue(connection: sqlite3.Connection) -> list[object]:
    names = connection.execute("SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2").fetchall()
    tables = [name for kind, name, _ in names if kind == "table"]
    return [*names, *(connection.execute(f"PRAGMA table_info({name})").fetchall()[0][:3] for name in tables)]


def on_sqlite(files: Mapping[str, str]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for script in of_kind(files, r"migrations/sqlite/\d+_\w+\.sql").values():
        connection.executescript(script)
    return connection


@by_text
def test_sqlite(text: str, tmp_path: Path, harmless: Mapping[str, str]) -> None:
    files = built(tmp_path, text)
    connection = on_sqlite(files)
    assert sqlite_catalogue(connection) == sqlite_catalogue(on_sqlite(harmless))
    connection.executescript(files["seeds/sqlite.sql"])
    connection.execute("INSERT INTO texts (id) VALUES (2)")
    for value, kind, data, words in connection.execute("SELECT value, kind, data, words FROM texts"):
        assert (value, kind, json.loads(data), json.loads(words)) == (text, text, {text: [text]}, [text])
    assert unseen(files, r"seeds/.*|schema\.lock\.json") == {}
    named = re.findall(r"U\+[0-9A-F]+", "".join(re.findall("-- Invisible .*", files["schema.sqlite.sql"])))
    assert {*invisible(files["schema.sqlite.sql"])} == {*named}


def unseen(files: Mapping[str, str], pattern: str) -> dict[str, list[str]]:
    return {path: found for path, text in of_kind(files, pattern).items() if (found := invisible(text))}


@pytest.mark.xdist_group("postgres18")
def test_postgres(pg_database: str, tmp_path: Path, harmless: Mapping[str, str]) -> None:
    catalog = """
        SELECT c.relkind::text, c.relname::text, a.attname::text, a.atttypid::regtype::text FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 2, 3"""
    with psycopg.connect(pg_database, autocommit=True) as connection:

        def run(files: Mapping[str, str]) -> list[tuple[object, ...]]:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            for script in of_kind(files, r"migrations/postgres/\d+_\w+\.sql").values():
                connection.execute(script.encode())
            return connection.execute(catalog).fetchall()

        expected = run(harmless)
        for name, text in HOSTILE.items():
            files = built(tmp_path, text)
            assert run(files) == expected, name
            connection.execute(files["seeds/postgres.sql"].encode())
            connection.execute("INSERT INTO texts (id) VALUES (2)")
            rows = connection.execute("SELECT value, kind, data, words FROM texts").fetchall()
            assert rows == [(text, text, {text: [text]}, [text])] * 2, name
            assert unseen(files, r".*postgres.*\.sql") == {}, name


def shape(source: str) -> list[str]:
    """The nodes of a Python module without the texts in it."""
    return [type(node).__name__ for node in ast.walk(ast.parse(source))]


@by_text
def test_python(text: str, tmp_path: Path) -> None:
    files, pattern = built(tmp_path, text), r"(models|alembic)/.*\.py"
    as_long = "h" * (len(repr(text)) - 2)  # a long enum gets a name of its own
    expected = of_kind(built(tmp_path, as_long), pattern)
    as_two_statements = ";\n\n" + "h" * (len(repr(text)) - 7)  # a revision has such statements itself
    otherwise = of_kind(built(tmp_path, as_two_statements), pattern)
    for path, source in of_kind(files, pattern).items():
        assert shape(source) in (shape(expected[path]), shape(otherwise[path])), path
        assert not dangerous(source), path


@by_text
def test_markdown(text: str, tmp_path: Path, harmless: Mapping[str, str]) -> None:
    files = built(tmp_path, text)
    expected = of_kind(harmless, r".*\.md")
    assert list(of_kind(files, r".*\.md")) == list(expected)
    for path, source in of_kind(files, r".*\.md").items():
        assert without_code(source) == without_code(expected[path]), path
        assert not dangerous(source), path
        for diagram in re.findall(r"```mermaid\n(.*?)```", source, re.DOTALL):
            labels = re.findall(r'"([^"\n]*)"', diagram)
            assert all(re.fullmatch(r"[\w .,:()/+'-]*", label, re.ASCII) for label in labels), path


def without_code(source: str) -> list[tuple[str, str]]:
    """The structure of a document; whether a value is shown as code or as text depends on what is in it."""
    return [element for element in structure(source) if element[0] != "code_inline"]


def dangerous(text: str) -> bool:
    """Whether a control, bidirectional or other invisible character stands in a text."""
    kinds = {unicodedata.category(character) for character in text if character not in "\n\t"}
    return not kinds.isdisjoint({"Cc", "Cf", "Zl", "Zp"})


@by_text
def test_terminal(text: str, tmp_path: Path) -> None:
    quoted = in_yaml(text)
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "spec.yaml").write_text(
        f"schemagen: 1\n{quoted}: {quoted}\ntables:\n  {quoted}: {{columns: {quoted}}}\n"
        f"  t: {{columns: {{id: {{type: {quoted}, default: {quoted}, check: {quoted}, nullable: {quoted}}},"
        f" k: {{enum: [a], default: {quoted}}}}}}}\nqueries: {{q: {{sql: {quoted}, uses: {quoted}}}}}\n",
        encoding="utf-8",
    )
    loaded = load(Options(specs=folder))
    assert loaded.failed
    assert not dangerous(as_text(loaded.diagnostics, loaded.sources))
    assert not dangerous(as_github(loaded.diagnostics))
    assert all(line.startswith("::") for line in as_github(loaded.diagnostics).splitlines())


def test_nul_is_refused_or_shown(tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "spec.yaml").write_text(SPEC.replace("@@", in_yaml("a\0b")), encoding="utf-8")
    loaded = load(Options(specs=folder))
    assert loaded.failed
    assert {found.code for found in loaded.diagnostics} <= {"SG008", "SG112", "SG114"}
    harmless_values = re.sub(
        r"(default|value|kind): @@|\[plain, @@\]|\{@@.*?\}|\[@@\]", lambda m: m[0].replace("@@", "x"), SPEC
    )
    (folder / "spec.yaml").write_text(harmless_values.replace("@@", in_yaml("a\0b")), encoding="utf-8")
    files = make_plan(Options(specs=folder, output=tmp_path / "output")).files
    on_sqlite(files)
