"""What the SQLite of the proofs is given by the driver is what it would read in a statement."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from random import Random

import pytest

from schemagen.databases.memory import parameter
from schemagen.datagen.synthetic import typed_value
from schemagen.engines.dialects import SQLITE
from schemagen.schema import types as t
from schemagen.schema.model import Column, Value

OWN: tuple[tuple[t.Type, Value], ...] = (
    (t.Numeric(20, 2), "-0.50"),
    (t.Numeric(), "9" * 20),
    (t.Numeric(), "12"),
    (t.Numeric(), "1e3"),
    (t.BigInt(), 2**63 - 1),
    (t.BigInt(), 2**63),
    (t.Boolean(), True),
    (t.Double(), float("inf")),
    (t.Double(), 1e-300),
    (t.Text(), "it's 1"),
    (t.Bytea(), "\\x00ff"),
    (t.Jsonb(), {"a": ["é", None, 1.5]}),
    (t.Array(t.Integer()), [1, None]),
    (t.Text(), None),
)
MADE = tuple(
    (type_, typed_value(Column("c", type_), number, Random(number), distinct=True))
    for type_ in (t.Enum(("a", "b")) if each is t.Enum else each() for each in t.TYPES if each is not t.Native)
    for number in (1, 7)
)


@pytest.mark.parametrize(("type_", "value"), [*OWN, *MADE], ids=str)
def test_a_bound_value_is_what_a_literal_is(type_: t.Type, value: Value) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        row = connection.execute(
            f"SELECT typeof(a), a, typeof(b), b FROM (SELECT ? AS a, {SQLITE.literal(type_, value)} AS b)",
            [parameter(type_, value)],
        ).fetchone()
    assert row[:2] == row[2:]
