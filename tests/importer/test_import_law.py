"""The law of an import: what a spec builds, imported and built again, has the same catalog, on both engines."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schemagen.databases.embedded import embedded_server
from schemagen.engines.catalog_differences import differences
from schemagen.engines.reading import read_catalog
from schemagen.importer.importing import import_catalog
from schemagen.importer.losses import Effect
from schemagen.importer.proof import refusals, schema_of
from schemagen.importer.report import as_markdown
from schemagen.importer.sources import Request, source_catalog
from schemagen.migrations.first_build import first_build
from schemagen.project.pipeline import Options, load
from schemagen.schema.triggers import triggers_of_schema
from support.built_cases import FOLDERS
from support.engines import open_postgres
from support.schemas import random_spec, write_spec

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.engines.catalog import Catalog
    from schemagen.importer.result import ImportResult
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema

ENGINES: tuple[DialectName, ...] = ("sqlite", "postgres")


def built(schema: Schema, engine: DialectName) -> Catalog:
    """The catalog that a schema's migrations make."""
    if engine == "sqlite":
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            for step in first_build(schema):
                for statement in step.sqlite.statements:
                    connection.execute(statement.sql)
            return read_catalog(connection)
    with embedded_server().database() as url, open_postgres(url) as connection:
        for step in first_build(schema):
            for statement in step.postgres.statements:
                connection.execute(statement.sql.encode())
        return read_catalog(connection)


def unsaid(result: ImportResult) -> list[str]:
    """What is different when it is built again, or is not said at all."""
    lost = [f"{loss.table}: {loss.what}" for loss in result.losses if loss.effect in {Effect.LEFT_OUT, Effect.CHANGED}]
    return lost + [found.sentence("the database", "what was built") for found in result.proof.differences]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group("import")) for name in FOLDERS])
def test_every_case(name: str, engine: DialectName) -> None:
    catalog = built(load(Options(specs=FOLDERS[name])).schema, engine)
    result = import_catalog(catalog)
    assert unsaid(result) == []
    again = built(schema_of(result.files), engine)
    assert differences(catalog, again) == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_imported_from_one_engine_builds_on_the_other(engine: DialectName) -> None:
    other: DialectName = "postgres" if engine == "sqlite" else "sqlite"
    result = import_catalog(built(load(Options(specs=FOLDERS["employees"])).schema, engine))
    assert refusals(schema_of(result.files), other, embedded_server()) == {}


def test_the_types_of_the_specs_come_back() -> None:
    """Evidence enough: declared types, checks and the comments beside the columns."""
    schema = load(Options(specs=FOLDERS["measurements"])).schema
    for engine in ENGINES:
        again = schema_of(import_catalog(built(schema, engine)).files)
        for table in schema.tables:
            found = {column.name: str(column.type).lower() for column in again.table(table.name).columns}
            wanted = {column.name: str(column.type).lower() for column in table.columns}
            assert found == wanted, (engine, table.name)


def test_rules_to_which_null_is_a_value_come_back() -> None:
    """But for one that meets no NULL, of which SQLite has no trace."""
    schema = load(Options(specs=FOLDERS["null_is_a_value"])).schema
    wanted = rules_to_which_null_is_a_value(schema)
    assert len(wanted) == 5
    for engine, traceless in zip(ENGINES, ({"uq_wings"}, set[str]()), strict=True):
        again = schema_of(import_catalog(built(schema, engine)).files)
        assert rules_to_which_null_is_a_value(again) == wanted - traceless
        assert len(again.table("places").indexes) == len(schema.table("places").indexes)


def rules_to_which_null_is_a_value(schema: Schema) -> set[str]:
    uniques = {rule.name for table in schema.tables for rule in table.uniques if not rule.nulls_distinct}
    return uniques | {rule.name for table in schema.tables for rule in table.indexes if not rule.nulls_distinct}


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=2**32), engine=st.sampled_from(ENGINES))
def test_random_specs(seed: int, engine: DialectName, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("random") / "specs"
    write_spec(random_spec(random.Random(seed)), folder)
    loaded = load(Options(specs=folder))
    assume(not loaded.failed)
    schema = loaded.schema
    lost = [
        one for one in unsaid(import_catalog(built(schema, engine))) if not one.startswith(touches_by_no_key(schema))
    ]
    assert lost == []


def touches_by_no_key(schema: Schema) -> tuple[str, ...]:
    """How the losses begin that cannot be helped: a catalog does not show references that are not enforced."""
    return tuple(
        f"{trigger.table}: {kind} {trigger.name}"
        for trigger in triggers_of_schema(schema)
        for kind in ("trigger", "function")
        if trigger.foreign_key and not trigger.foreign_key.enforced
    )


def test_metadata_of_generated_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app_models.py").write_text(
        "from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table\n"
        "metadata = MetaData()\n"
        "Table('parent', metadata, Column('id', Integer, primary_key=True), Column('name', String(20), unique=True))\n"
        "Table('child', metadata, Column('id', Integer, primary_key=True),\n"
        "      Column('parent_id', ForeignKey('parent.id', ondelete='CASCADE'), index=True),\n"
        "      Column('made', DateTime(timezone=True), nullable=False))\n"
    )
    monkeypatch.chdir(tmp_path)
    for engine in ENGINES:
        result = import_catalog(source_catalog(Request("app_models:metadata", engine)))
        schema = schema_of(result.files)
        assert str(schema.table("parent").columns[0].type) == "integer"
        assert schema.table("child").foreign_keys[0].on_delete == "cascade"
        assert result.proof.differences == ()


def test_hints_tell_what_could_be_nicer() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE things (id INTEGER PRIMARY KEY, made DATETIME, size HUGEINT, "
            "state VARCHAR(9) NOT NULL CONSTRAINT known CHECK (state IN ('new', 'old')))"
        )
        result = import_catalog(read_catalog(connection))
    assert unsaid(result) == []
    found = {loss.what: loss.reason for loss in result.losses if loss.effect is Effect.HINT}
    assert sorted(found) == ["`parity: false`", "check known", "primary key id", "type of size"]
    assert "`type: bigint`" in found["type of size"]
    assert "| things | `parity: false` | without" in as_markdown(result)


def test_only_a_type_in_brackets_is_a_type() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE things (\n id INTEGER PRIMARY KEY,\n qty INT, -- [pcs] number of pieces\n"
            " note TEXT, -- [text] What is said\n address INET -- [inet] Where\n)"
        )
        (text,) = import_catalog(read_catalog(connection)).files.values()
    assert 'description: "[pcs] number of pieces"' in text
    assert "description: What is said" in text
    assert "{type: {postgres: inet, sqlite: INET}, nullable: true, description: Where}" in text


def test_words_without_quotes_are_texts_and_true_is_true() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE things (id INTEGER PRIMARY KEY, a TEXT DEFAULT foo, b BOOLEAN DEFAULT true, "
            "c BOOL DEFAULT FALSE, d TEXT DEFAULT NULL)"
        )
        result = import_catalog(read_catalog(connection))
    (text,) = result.files.values()
    assert "a:  {type: text, nullable: true, default: foo}" in text
    assert 'default: {sql: {postgres: "true", sqlite: "true"}}' in text
    assert 'default: {sql: {postgres: "false", sqlite: "FALSE"}}' in text
    assert unsaid(result) == ["things: default of a"]
