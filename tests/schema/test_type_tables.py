"""Every type in every table over types: what a new type still needs is named, table by table."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

import schemagen
from schemagen.databases.values import from_python, to_python
from schemagen.datagen.synthetic import typed_value
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.schema import types as t
from schemagen.schema.model import Column, Schema, Table
from schemagen.targets.sqlmodel.types import annotation, sql_type

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(schemagen.__file__).parent
TABLE = re.compile(r"^(\w+): (?:dict|Mapping)\[type\[(?:t\.|types\.)?Type\]", re.MULTILINE)

CLOCKS: tuple[type[t.Type], ...] = (t.DayType, t.ClockType)
COMPOSED = (t.Enum, t.Vector, t.Array, t.Native)
SIZED = (t.TextType, t.JsonType, t.Bytea, t.Vector, t.Array, t.Native)

LACKING: dict[str, tuple[type[t.Type], ...]] = {
    "databases.values._CANONICAL": (t.UnpaddedType, t.IntegerType, t.DayType, t.Time, t.Uuid, t.Array),
    "databases.values._PYTHON": (t.TextType, t.IntegerType, t.JsonType, t.Boolean, t.Array, t.Native),
    "datagen.candidate_values._GENERATORS": (t.Native,),
    "datagen.synthetic._GENERATORS": (t.Native,),
    "engines.sizes._POSTGRES_FIXED": (*SIZED, t.Numeric),
    "engines.sizes._SQLITE_FIXED": SIZED,
    "engines.sqlite.differences._BY_TYPE": (t.Text, t.Enum, t.IntegerType, t.Numeric, t.Boolean, t.Bytea),
    "engines.sqlite.types._CHECKS": (t.BigInt, t.FloatType, t.Interval, t.Bytea, t.Native),
    "engines.sqlite.types._CLASSICAL": (t.TextType, t.JsonType, t.Uuid, t.Numeric, t.Interval, t.Array, t.Native),
    "schema.values._PARSERS": (t.JsonType, t.Vector, t.Array),
    "targets.docs.sections.engines.REASONS": (),
    "targets.sqlmodel.types._ANNOTATIONS": COMPOSED,
    "verify.models.answers.KINDS": (t.JsonType, t.Native),
    "verify.models.invalid_values._INVALID_VALUES": (t.IntegerType, t.JsonType, t.Boolean, t.Bytea, t.Array, t.Native),
    "verify.proofs.claims._POSTGRES": (t.Varchar, t.Char, t.Numeric, t.Vector, t.Array, t.Native),
    "verify.proofs.classes._ANNOTATIONS": COMPOSED,
}
"""The tables over all types: which have no entry, as code beside the table, or the same for all of them, answers."""

HOLDING: dict[str, tuple[type[t.Type], ...]] = {
    "changes.type_changes._INTEGERS": (t.IntegerType,),
    "changes.type_changes._LONGEST": (t.IntegerType, t.Uuid, t.Boolean),
    "datagen.candidate_values._LARGEST": (t.IntegerType,),
    "engines.postgres.dialect._SERIALS": (t.IntegerType,),
    "engines.postgres.triggers._NOW": CLOCKS,
    "engines.sqlite.types._NOW": CLOCKS,
    "engines.sqlite.types._STRICT": (t.NumberType, t.Boolean, t.Bytea, t.Vector),
    "importer.expressions._EPOCHS": (t.Integer, t.BigInt, t.Numeric, t.Text, t.Varchar),
    "importer.expressions._PRESENT_IN_UTC": CLOCKS,
    "importer.postgres_columns._PRINTED": (t.Varchar, t.Char, t.Enum, t.ClockType),
    "lint.rules.inconsistent_type._FAMILIES": (t.IntegerType, t.TextType, t.JsonType),
    "schema.partitions._UTC": (t.TimestampTz, t.Timestamp, t.Date),
    "schema.values.INTEGER_BITS": (t.IntegerType,),
    "sql.clock.CLOCK": CLOCKS,
    "targets.sqlmodel.api._BASE_NAMES": (t.Varchar, t.Char, t.Jsonb, t.Bytea),
    "verify.proofs.claims._STRICT": (t.IntegerType, t.FloatType, t.Boolean, t.Bytea, t.Vector),
}
"""The tables over some types, which are those of a family or are named here."""


def tables() -> Iterator[str]:
    """Each table over types that a module of the program has."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield from (f"{module}.{found[1]}" for found in TABLE.finditer(path.read_text("utf-8")))


def held(table: str) -> set[type[t.Type]]:
    """The types that have an entry in a table."""
    module, _, name = table.rpartition(".")
    return set(getattr(import_module(f"schemagen.{module}"), name))


def members(families: tuple[type[t.Type], ...]) -> set[type[t.Type]]:
    """The types of families, and single ones."""
    return {each for each in t.TYPES if issubclass(each, families)}


def names(found: set[type[t.Type]]) -> list[str]:
    """Types by name, in one order."""
    return sorted(each.__name__ for each in found)


def test_every_table_over_types_is_known_here() -> None:
    assert sorted(tables()) == sorted((*LACKING, *HOLDING))


def test_no_table_lacks_a_type() -> None:
    missing = {
        table: names(set(t.TYPES) - members(LACKING[table]) - held(table))
        if table in LACKING
        else names(members(HOLDING[table]) - held(table))
        for table in (*LACKING, *HOLDING)
    }
    assert {table: found for table, found in missing.items() if found} == {}


def test_no_table_has_a_type_that_it_should_not_have() -> None:
    wrong = {table: names(held(table) & members(families)) for table, families in LACKING.items()}
    wrong |= {table: names(held(table) - members(families)) for table, families in HOLDING.items()}
    assert {table: found for table, found in wrong.items() if found} == {}


@pytest.mark.parametrize("type_", [each(("a", "b")) if each is t.Enum else each() for each in t.TYPES], ids=str)
def test_every_type_has_a_form_on_each_side(type_: t.Type) -> None:
    column = Column("c", t.Native("inet", "text") if isinstance(type_, t.Native) else type_)
    table = Table("t", (column,))
    for engine in (POSTGRES, SQLITE):
        assert engine.column_type(column, table)
        assert engine.create_table(table, Schema((table,)))
    assert annotation(column.type)
    assert sql_type(column.type)
    if not isinstance(type_, t.Native):
        value = typed_value(column, 3, Random(1), distinct=True)
        assert from_python(type_, to_python(type_, value)) == value
