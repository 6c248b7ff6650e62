"""Kinds of columns for random specs: how one is written, which values it holds, and what SQL may say about it.

Every value that a kind makes fulfils every check, predicate and expression of that kind, so that a spec which puts
them together at random is valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from support.schema_values import (
    ENUMS,
    NAMED_ENUMS,
    NATIVES,
    json_value,
    native_value,
    number_in,
    numeric_value,
    text_value,
    timestamp,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from support.schema_values import Data


@dataclass(frozen=True)
class Kind:
    """A kind of column.

    ``write`` gives the keys of the column that make its type, ``value`` a literal for a column, different for
    different numbers where ``distinct`` says so. In SQL ``{c}`` is the quoted column; ``generated`` pairs an
    expression over it with the keys of the column that holds the result.
    """

    name: str
    write: Callable[[Random], Data]
    value: Callable[[Data, int, Random], Any]
    sql_defaults: tuple[Any, ...] = ()
    updates: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    generated: tuple[tuple[str, Data], ...] = ()
    sorts: bool = True
    distinct: bool = True
    key: bool = False
    methods: tuple[tuple[str, str | None], ...] = ()


def _array(column: Data, number: int, random: Random) -> list[Any]:
    element = {"type": column["type"].removesuffix("[]")}
    kind = next(kind for kind in KINDS if kind.name == _ELEMENTS[element["type"]])
    return [kind.value(element, number + step, random) for step in range(random.randrange(3))]


_ELEMENTS = {
    "text": "text",
    "integer": "integer",
    "bigint": "bigint",
    "boolean": "boolean",
    "uuid": "uuid",
    "date": "date",
    "numeric(8,2)": "numeric",
    "double precision": "double precision",
    "timestamptz": "timestamptz",
}

_INTEGER_CHECKS = (
    "{c} >= 0",
    "{c} < 30000",
    "{c} BETWEEN 0 AND 30000",
    "{c} <> 7777",
    "{c} % 10 < 10",
    "{c} IS NULL OR {c} > -1",
    "abs({c}) < 40000",
    "CASE WHEN {c} > 100 THEN {c} < 32000 ELSE true END",
    "NOT {c} IN (-1, -2)",
)
_BIGINT_CHECKS = (
    "{c} >= 0",
    "{c} < 30000000000",
    "{c} <> 7777",
    "{c} % 10 < 10",
    "{c} IS NULL OR {c} > -1",
    "CASE WHEN {c} > 100 THEN {c} < 32000000000 ELSE true END",
    "NOT {c} IN (-1, -2)",
)
"""All of them take the kind's default, as an example row that leaves it out does."""
_INTEGER_GENERATED: tuple[tuple[str, Data], ...] = (
    ("{c} % 10", {"type": "integer"}),
    ("coalesce({c}, 0) % 7", {"type": "bigint"}),
    ("{c} > 5", {"type": "boolean"}),
    ("'n-' || {c}", {"type": "text"}),
    ("CASE WHEN {c} > 10 THEN 'big' ELSE 'small' END", {"enum": ["big", "small"]}),
)
_INTEGER_EXPRESSIONS = ("{c} % 10", "coalesce({c}, 0)", "abs({c})", "-{c}")
_TEXT_CHECKS = (
    "length({c}) < 100000",
    "{c} <> 'forbidden'",
    "{c} NOT LIKE 'zz%zz'",
    "coalesce({c}, '') <> 'it''s; -- forbidden %s :x'",
    "position('|forbidden|' in {c}) = 0",
)
_TEXT_GENERATED: tuple[tuple[str, Data], ...] = (
    ("length({c})", {"type": "integer"}),
    ("left({c}, 3)", {"type": "varchar(3)"}),
    ("replace({c}, 'a', 'b')", {"type": "text"}),
    ("coalesce({c}, 'none') || '!'", {"type": "text"}),
    ("{c} IS NULL", {"type": "boolean"}),
)
_TEXT_EXPRESSIONS = ("lower({c})", "length({c})", "left({c}, 2)", "coalesce({c}, '')")
_JSON_TYPEOF = ("jsonb_typeof({c}) = 'object'", "jsonb_typeof({c} -> 'a') IS DISTINCT FROM 'number'")

KINDS: tuple[Kind, ...] = (
    Kind(
        "uuid",
        typed("uuid", "UUID"),
        lambda _, number, random: str(UUID(int=random.getrandbits(100) << 20 | number, version=4)),
        sql_defaults=("gen_random_uuid()", "'7b1e6f0a-3c1d-4e55-9a55-2f1d7f6f1a01'::uuid"),
        checks=("{c} <> '00000000-0000-0000-0000-000000000000'",),
        expressions=("coalesce({c}, '00000000-0000-0000-0000-000000000000')",),
        generated=(("{c}::text", {"type": "text"}),),
        key=True,
    ),
    Kind(
        "text",
        lambda random: (
            {"type": "text"} | ({"max_length": random.choice([40, 200, 100000])} if random.random() < 0.4 else {})
        ),
        text_value,
        sql_defaults=("'a' || 'b'", "upper('x')", {"postgres": "md5('x')", "sqlite": "lower(hex('x'))"}),
        updates=("'changed'",),
        checks=_TEXT_CHECKS,
        expressions=_TEXT_EXPRESSIONS,
        generated=_TEXT_GENERATED,
        methods=(("hash", None), ("btree", "text_pattern_ops")),
        key=True,
    ),
    Kind(
        "varchar",
        typed("varchar(255)", "character varying (60)", "VARCHAR(20)", "varchar", "varchar(10)"),
        text_value,
        sql_defaults=("'d' || 1",),
        updates=("'changed'",),
        checks=_TEXT_CHECKS,
        expressions=_TEXT_EXPRESSIONS,
        generated=_TEXT_GENERATED,
        methods=(("hash", None), ("btree", "varchar_pattern_ops")),
        key=True,
    ),
    Kind(
        "char",
        typed("char(4)", "character(5)", "char(8)"),
        lambda column, number, _: f"{number:0{number_in(column['type'])[0]}d}"[-number_in(column["type"])[0] :],
        checks=("{c} <> 'zzzz'", "length({c}) <= 8"),
        expressions=("coalesce({c}, 'none')",),
        key=True,
    ),
    Kind(
        "smallint",
        typed("smallint", "int2"),
        lambda _, number, __: number,
        sql_defaults=("1 + 2",),
        checks=_INTEGER_CHECKS,
        expressions=_INTEGER_EXPRESSIONS,
        generated=_INTEGER_GENERATED,
        key=True,
    ),
    Kind(
        "integer",
        typed("integer", "int", "INT4"),
        lambda _, number, __: number,
        sql_defaults=("2 * 3", "length('four')"),
        updates=("5", "2 + 2"),
        checks=_INTEGER_CHECKS,
        expressions=_INTEGER_EXPRESSIONS,
        generated=_INTEGER_GENERATED,
        methods=(("brin", None), ("hash", None)),
        key=True,
    ),
    Kind(
        "bigint",
        typed("bigint", "int8"),
        lambda _, number, __: number,
        sql_defaults=("10000000000",),
        checks=_BIGINT_CHECKS,
        expressions=_INTEGER_EXPRESSIONS,
        generated=_INTEGER_GENERATED,
        methods=(("brin", None),),
        key=True,
    ),
    Kind(
        "numeric",
        typed(
            "numeric(10,2)", "decimal(15,2)", "numeric(5)", "numeric(12,6)", "numeric(4,4)", "numeric(20,4)", "numeric"
        ),
        numeric_value,
        sql_defaults=("0.5 * 0.5",),
        checks=("{c} >= 0", "{c} < 1000000", "{c} <> 0.123456", "round({c}, 2) >= 0"),
        expressions=("round({c}, 1)", "coalesce({c}, 0)"),
        generated=(("round({c} / 3, 2)", {"type": "numeric(15,2)"}), ("{c} > 1.5", {"type": "boolean"})),
    ),
    Kind(
        "real",
        typed("real", "float4"),
        lambda _, number, __: number / 4,
        checks=("{c} >= 0",),
        expressions=("coalesce({c}, 0)",),
    ),
    Kind(
        "double precision",
        typed("double precision", "float8", "float"),
        lambda _, number, __: number / 8,
        sql_defaults=("1.5",),
        checks=("{c} >= 0", "{c} < 1e6"),
        expressions=("floor({c})",),
        generated=(("{c} * 2", {"type": "double precision"}), ("{c} > 1.5", {"type": "boolean"})),
    ),
    Kind(
        "boolean",
        typed("boolean", "bool"),
        lambda _, number, __: number % 2 == 0,
        sql_defaults=("true", "NOT true", "1 > 2"),
        checks=("{c} OR NOT {c}", "{c} IS NOT NULL OR true"),
        expressions=("NOT {c}",),
        generated=(("NOT {c}", {"type": "boolean"}), ("{c} IS TRUE", {"type": "boolean"})),
        distinct=False,
    ),
    Kind(
        "date",
        typed("date"),
        timestamp("%Y-%m-%d", days=1),
        sql_defaults=("current_date", "DATE '2024-02-29'"),
        updates=("current_date",),
        checks=("{c} >= '2000-01-01'", "{c} < DATE '2200-01-01'"),
        expressions=("extract(year from {c})",),
        generated=(("{c} + 7", {"type": "date"}), ("extract(year from {c})::integer", {"type": "integer"})),
        methods=(("brin", None),),
        key=True,
    ),
    Kind(
        "time",
        typed("time", "time without time zone"),
        timestamp("%H:%M:%S.%f", seconds=1),
        sql_defaults=("TIME '12:30'",),
        checks=("{c} >= '00:00'",),
        expressions=("coalesce({c}, '00:00')",),
    ),
    Kind(
        "timestamp",
        typed("timestamp", "timestamp without time zone"),
        timestamp("%Y-%m-%dT%H:%M:%S.%f", milliseconds=1501),
        sql_defaults=("TIMESTAMP '2024-02-29 12:00:00'", "now() AT TIME ZONE 'UTC'"),
        updates=("now() AT TIME ZONE 'UTC'",),
        checks=("{c} >= '2000-01-01'", "{c} + interval '1 day' > '2000-01-01 00:00:00'"),
        expressions=("date_trunc('day', {c})",),
        generated=(("date_trunc('day', {c})", {"type": "timestamp"}), ("{c}::date", {"type": "date"})),
        key=True,
    ),
    Kind(
        "timestamptz",
        typed("timestamptz", "timestamp with time zone", "TIMESTAMPTZ"),
        timestamp("%Y-%m-%dT%H:%M:%S.%fZ", milliseconds=1503),
        sql_defaults=("now()", "clock_timestamp()", "CURRENT_TIMESTAMP", "now() + interval '30 days'"),
        updates=("now()", "clock_timestamp()"),
        checks=("{c} >= '2000-01-01T00:00:00Z'", "{c} < '2200-01-01 00:00:00+02:00'"),
        expressions=("coalesce({c}, '2024-01-01T00:00:00Z')",),
        generated=(("({c} AT TIME ZONE 'UTC')::date", {"type": "date"}),),
        methods=(("brin", None),),
        key=True,
    ),
    Kind(
        "timestamp(3)",
        typed("timestamp(3)", "timestamp(3) without time zone", "timestamp(5)"),
        timestamp("%Y-%m-%dT%H:%M:%S.%f", milliseconds=1501),
        sql_defaults=("now() AT TIME ZONE 'UTC'", "date_trunc('milliseconds', TIMESTAMP '2024-02-29 12:00:00.5')"),
        updates=("now() AT TIME ZONE 'UTC'",),
        checks=("{c} >= '2000-01-01 00:00:00.0005'",),
        generated=(("date_trunc('second', {c})", {"type": "timestamp(0)"}), ("{c}", {"type": "timestamp(5)"})),
        key=True,
    ),
    Kind(
        "timestamptz(0)",
        typed("timestamptz(0)", "timestamp(2) with time zone"),
        timestamp("%Y-%m-%dT%H:%M:%SZ", seconds=61),
        sql_defaults=("now()", "CURRENT_TIMESTAMP"),
        updates=("now()",),
        key=True,
    ),
    Kind("time(0)", typed("time(0)", "time(1)"), timestamp("%H:%M:%S", seconds=1)),
    Kind("interval", typed("interval"), lambda _, number, __: f"P{number}D"),
    Kind("json", typed("json"), json_value, sorts=False, distinct=False),
    Kind(
        "jsonb",
        typed("jsonb", "JSONB"),
        json_value,
        checks=_JSON_TYPEOF,
        expressions=("{c} ->> 'a'",),
        generated=(("{c} ->> 'a'", {"type": "text", "nullable": True}),),
        methods=(("gin", None), ("gin", "jsonb_path_ops")),
    ),
    Kind(
        "bytea",
        typed("bytea"),
        lambda _, number, __: f"\\x00ff{number:06x}",
        checks=("octet_length({c}) < 1000",),
        expressions=("octet_length({c})",),
        key=True,
    ),
    Kind(
        "array",
        lambda random: {"type": f"{random.choice(list(_ELEMENTS))}[]"},
        _array,
        sql_defaults=({"postgres": "'{}'", "sqlite": "'[]'"},),
        checks=("cardinality({c}) < 10",),
        methods=(("gin", None),),
        distinct=False,
    ),
    Kind(
        "enum",
        lambda random: {"enum": list(random.choice(ENUMS))},
        lambda column, number, _: column["enum"][number % len(column["enum"])],
        checks=("length({c}) < 30", "{c} IS NULL OR {c} IS NOT NULL"),
        expressions=("coalesce({c}, '')",),
        generated=(("length({c})", {"type": "integer"}),),
        distinct=False,
    ),
    Kind(
        "named_enum",
        lambda random: {"type": random.choice(list(NAMED_ENUMS))},
        lambda column, number, _: NAMED_ENUMS[column["type"]][number % len(NAMED_ENUMS[column["type"]])],
        checks=("{c} IS NOT NULL OR {c} IS NULL", "{c} >= {c}"),
        distinct=False,
    ),
    Kind(
        "native",
        lambda random: {"type": dict(random.choice(NATIVES)[0])},
        native_value,
        sorts=False,
        distinct=False,
    ),
)

BY_NAME = {kind.name: kind for kind in KINDS}
KEY_KINDS = tuple(kind for kind in KINDS if kind.key)
INTEGER_KINDS = ("smallint", "integer", "bigint")
TIME_KINDS = ("date", "time", "timestamp", "timestamptz", "timestamp(3)", "timestamptz(0)", "time(0)")
TEXT_KINDS = ("text", "varchar", "char", "enum")
