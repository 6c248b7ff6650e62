"""The catalogue of one schema of a PostgreSQL database, by six queries over the system catalogues."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog import (
    OUR_TABLES,
    Catalog,
    CatalogCheck,
    CatalogColumn,
    CatalogForeignKey,
    CatalogIndex,
    CatalogIndexElement,
    CatalogObject,
    CatalogOwn,
    CatalogPrimaryKey,
    CatalogSql,
    CatalogTable,
    CatalogTrigger,
    CatalogUnique,
)
from schemagen.schema.index import Nulls
from schemagen.schema.model import Action, Deferrable
from schemagen.schema.rule_state import RuleState

from . import queries
from .own_queries import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import psycopg

Row = dict[str, Any]

_ACTIONS = {
    "a": Action.NO_ACTION,
    "r": Action.RESTRICT,
    "c": Action.CASCADE,
    "n": Action.SET_NULL,
    "d": Action.SET_DEFAULT,
}
_IDENTITY = {"": "", "a": "always", "d": "by default"}
_PERSISTENCE = {"u": "unlogged", "t": "temporary"}
_REPLICA_IDENTITY = {"f": "full", "n": "nothing", "i": "using index"}
_ENABLED = {"D": "disabled", "R": "enabled on replicas", "A": "enabled always"}
_VOLATILITY = {"i": "immutable", "s": "stable", "v": "volatile"}
_DESCENDING, _NULLS_FIRST = 1, 2  # the bits of pg_index.indoption

_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def read_postgres(connection: psycopg.Connection[Any], schema: str | None = None) -> Catalog:
    """Everything that one schema of a database holds, tables first.

    Nothing is written, and no lock is taken that a writer would wait for. Names of the schema are printed without it:
    for the time of the reading it alone is on the search path.

    Args:
        connection: of any isolation and row factory; a transaction that is open stays open.
        schema: its name; None is the connection's current schema, ``public`` where there is none.

    Raises:
        psycopg.Error: when the server refuses or goes away.
    """
    from psycopg.rows import dict_row  # the driver is an extra

    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        before = cursor.execute(queries.SURROUNDINGS.encode()).fetchone() or {}
        parameters = {"schema": schema or before["schema"]}
        cursor.execute("SELECT set_config('search_path', quote_ident(%(schema)s), true)", parameters)

        usable = cursor.execute(queries.USABLE.encode(), parameters).fetchone()
        hidden = "" if usable and usable["usable"] else str(parameters["schema"])

        def ask(query: str) -> list[Row]:
            found = cursor.execute(query.encode(), parameters).fetchall()
            return [_unqualified(row, hidden) for row in found] if hidden else found

        reader = _Reader(ask(queries.TABLES), parameters["schema"])
        reader.columns = _by_table(ask(queries.COLUMNS))
        reader.constraints = _by_table(ask(queries.CONSTRAINTS))
        reader.indexes = _by_table(ask(queries.INDEXES))
        reader.triggers = _by_table(ask(queries.TRIGGERS))
        types = ask(queries.TYPES)
        others = [*ask(queries.OTHERS), *types]
        own = ask(OWN)
        cursor.execute("SELECT set_config('search_path', %(path)s, true)", before)
    version = connection.info.server_version
    return Catalog(
        dialect="postgres",
        version=f"{version // 10000}.{version % 10000}",
        tables=tuple(reader.tables()),
        others=tuple(_others(others, reader)),
        own=(*(_own(row, reader) for row in own), *_types(types)),
    )


class _Reader:
    """All rows of all queries, by table."""

    def __init__(self, tables: list[Row], schema: str) -> None:
        self.schema = schema
        self.partitions = frozenset(row["relname"] for row in tables if row["relispartition"])
        """What no catalog shows: a partition is a part of its table, and others make and drop it."""
        own = OUR_TABLES | self.partitions
        self.rows = [row for row in tables if row["relname"] not in own]
        self.columns: Mapping[str, list[Row]] = {}
        self.constraints: Mapping[str, list[Row]] = {}
        self.indexes: Mapping[str, list[Row]] = {}
        self.triggers: Mapping[str, list[Row]] = {}

    def tables(self) -> Iterator[CatalogTable]:
        for row in self.rows:
            yield self._table(row)

    def _table(self, row: Row) -> CatalogTable:
        name = row["relname"]
        of_type: dict[str, list[Row]] = defaultdict(list)
        for constraint in self.constraints[name]:
            of_type[constraint["contype"]].append(constraint)
        return CatalogTable(
            name=name,
            columns=tuple(_column(column) for column in self.columns[name]),
            primary_key=next((_primary_key(key) for key in of_type["p"]), None),
            foreign_keys=tuple(_foreign_key(key) for key in of_type["f"]),
            uniques=tuple(_unique(key) for key in of_type["u"]),
            checks=tuple(_check(check) for check in of_type["c"]),
            indexes=tuple(_indexes(self.indexes[name])),
            triggers=tuple(_trigger(trigger, self.schema) for trigger in self.triggers[name]),
            options=frozenset(_options(row)),
            comment=row["comment"] or "",
        )


_QUOTED = re.compile(r"('(?:[^']|'')*')")
_PRINTED = ("type", "default_value", "generated", "expression", "definition", "predicate", "parent_text")
"""The columns of our queries that PostgreSQL prints, with the schema where the role may not use it."""


def _unqualified(row: Row, schema: str) -> Row:
    """A row without the name of the schema before other names, as it is printed to who may use the schema."""
    quoted = '"' + schema.replace('"', '""') + '"'
    prefix = re.compile(rf'(?<![\w"$.])(?:{re.escape(schema)}|{re.escape(quoted)})\.(?=[\w"])')
    return {
        key: "".join(part if part.startswith("'") else prefix.sub("", part) for part in _QUOTED.split(value))
        if key in _PRINTED and isinstance(value, str)
        else value
        for key, value in row.items()
    }


def _others(rows: Iterable[Row], reader: _Reader) -> Iterator[CatalogObject]:
    for row in rows:
        if row["table_name"] not in reader.partitions:
            yield CatalogObject(row["kind"], row["name"], _sql(row["definition"]), row["table_name"])
    for constraints in reader.constraints.values():
        for row in constraints:
            if row["contype"] == "x" and row["relname"] not in reader.partitions:
                yield CatalogObject("exclusion constraint", row["conname"], _sql(row["definition"]), row["relname"])
    for row in reader.rows:
        if row["parents"]:
            definition = ", ".join(sorted(_options(row)))
            yield CatalogObject("inheritance", row["relname"], _sql(definition), row["relname"])


_HEADS = {
    "function": "CREATE OR REPLACE FUNCTION",
    "procedure": "CREATE OR REPLACE PROCEDURE",
    "statistics": "CREATE STATISTICS",
    "index": " ON",
}
"""What stands before a name that PostgreSQL prints with its schema."""


def _own(row: Row, reader: _Reader) -> CatalogOwn:
    """A view or an object; PostgreSQL prints a function with its schema, which a migration has on its path."""
    head = _HEADS.get(row["kind"], "")
    quoted = '"' + reader.schema.replace('"', '""') + '"'
    sql = row["sql"].strip().rstrip(";")
    for schema in (reader.schema, quoted) if head else ():
        sql = sql.replace(f"{head} {schema}.", f"{head} ", 1)
    return CatalogOwn(
        kind=row["kind"],
        name=row["name"],
        sql=sql,
        shown=(row["shown"] or "").strip().rstrip(";"),
        drop=row["drop"],
        table=row["table_name"],
        columns=tuple(row["columns"]),
        options=tuple(row["options"]),
        comment=row["comment"],
        indexes=tuple(_indexes(reader.indexes[row["name"]])) if row["kind"] == "materialized view" else (),
    )


_TYPES = {
    "enum type": "CREATE TYPE {} AS ENUM ({})",
    "composite type": "CREATE TYPE {} AS ({})",
    "range type": "CREATE TYPE {} AS RANGE ({})",
    "domain": "CREATE DOMAIN {} AS {}",
}


def _types(rows: Iterable[Row]) -> Iterator[CatalogOwn]:
    for row in rows:
        made = _TYPES[row["kind"]].format(row["quoted"], row["definition"])
        yield CatalogOwn("type", row["name"], made, comment=row["comment"])


def _by_table(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["relname"]].append(row)
    return found


def _sql(text: str) -> CatalogSql:
    return CatalogSql(text, text)


def _maybe_sql(text: str | None) -> CatalogSql | None:
    return None if text is None else _sql(text)


def _options(row: Row) -> Iterator[str]:
    if row["relpersistence"] in _PERSISTENCE:
        yield _PERSISTENCE[row["relpersistence"]]
    if row["relrowsecurity"]:
        yield "row level security"
    if row["relforcerowsecurity"]:
        yield "forced row level security"
    if row["relreplident"] in _REPLICA_IDENTITY:
        yield f"replica identity {_REPLICA_IDENTITY[row['relreplident']]}"
    if row["partition_key"]:
        yield f"partition by {row['partition_key']}"
    for parent in row["parents"]:
        yield f"inherits {parent}"
    yield from row["options"]


def _column(row: Row) -> CatalogColumn:
    return CatalogColumn(
        name=row["attname"],
        type=row["type"],
        nullable=not row["not_null"],
        default=_maybe_sql(row["default_value"]),
        generated=_maybe_sql(row["generated"]),
        virtual=row["attgenerated"] == "v",
        identity=_IDENTITY[row["attidentity"]],
        sequence=_sequence(row["sequence"], row["type"], is_serial=not row["attidentity"]),
        collation=row["collation"],
        details="not null for new rows" if row["not_null_for_new_rows"] else "",
        comment=row["comment"] or "",
    )


def _sequence(settings: dict[str, Any] | None, type_: str, *, is_serial: bool) -> str:
    """What of a column's own sequence is not as it is made for the type.

    A serial's sequence may go further than its column, which then refuses the number: dumps of databases that are older
    than PostgreSQL 10 make it so.
    """
    if settings is None:
        return ""
    if is_serial and settings["seqmax"] == _LARGEST["bigint"]:
        settings = {**settings, "seqmax": _LARGEST.get(type_)}
    usual = {
        "seqstart": 1,
        "seqincrement": 1,
        "seqmin": 1,
        "seqmax": _LARGEST.get(type_),
        "seqcache": 1,
        "seqcycle": False,
    }
    return ", ".join(
        f"{name.removeprefix('seq')} {settings[name]}" for name, value in usual.items() if settings[name] != value
    )


def _deferrable(row: Row) -> Deferrable:
    if not row["condeferrable"]:
        return Deferrable.NO
    return Deferrable.DEFERRED if row["condeferred"] else Deferrable.IMMEDIATE


def _details(row: Row) -> str:
    """What the spec language has no word for."""
    words = {
        "match full": row["confmatchtype"] == "f",
        f"set only ({', '.join(row['set_columns'])})": bool(row["set_columns"]) and row["confdeltype"] != "n",
        f"include ({', '.join(row['include'])})": bool(row["include"]),
        "without overlaps": row["period"],
        "no inherit": row["contype"] == "c" and row["connoinherit"],
    }
    return ", ".join([*(word for word, applies in words.items() if applies), *row["settings"]])


def _state(row: Row) -> RuleState:
    if not row["enforced"]:
        return RuleState.NOT_ENFORCED
    return RuleState.VALID if row["convalidated"] else RuleState.NOT_VALID


def _primary_key(row: Row) -> CatalogPrimaryKey:
    return CatalogPrimaryKey(row["conname"], tuple(row["columns"]), _deferrable(row), _details(row))


def _unique(row: Row) -> CatalogUnique:
    columns, nulls_distinct = tuple(row["columns"]), not row["nulls_not_distinct"]
    return CatalogUnique(row["conname"], columns, _deferrable(row), _details(row), nulls_distinct)


def _check(row: Row) -> CatalogCheck:
    return CatalogCheck(row["conname"], _sql(row["expression"]), _state(row), _details(row))


def _foreign_key(row: Row) -> CatalogForeignKey:
    return CatalogForeignKey(
        name=row["conname"],
        columns=tuple(row["columns"]),
        parent=row["parent"] if row["same_schema"] else row["parent_text"],
        parent_columns=tuple(row["parent_columns"]),
        on_delete=_ACTIONS[row["confdeltype"]],
        on_update=_ACTIONS[row["confupdtype"]],
        deferrable=_deferrable(row),
        state=_state(row),
        details=_details(row),
        set_null=tuple(row["set_columns"]) if row["confdeltype"] == "n" else (),
    )


def _indexes(rows: Iterable[Row]) -> Iterator[CatalogIndex]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["index"]].append(row)
    for name, parts in groups.items():
        first = parts[0]
        parameters = [option for part in parts for option in part["opclass_parameters"] or ()]
        settings = [*first["options"], *(f"{option} of an operator class" for option in parameters)]
        yield CatalogIndex(
            name=name,
            elements=tuple(_element(part) for part in parts if not part["included"]),
            unique=first["indisunique"],
            method=first["amname"],
            predicate=_maybe_sql(first["predicate"]),
            include=tuple(part["attname"] for part in parts if part["included"]),
            valid=first["indisvalid"],
            details=", ".join(settings),
            nulls_distinct=not first["nulls_not_distinct"],
        )


def _element(row: Row) -> CatalogIndexElement:
    descending, nulls_first = bool(row["flags"] & _DESCENDING), bool(row["flags"] & _NULLS_FIRST)
    nulls = Nulls.FIRST if nulls_first else Nulls.LAST
    return CatalogIndexElement(
        column=row["attname"],
        expression=_maybe_sql(row["expression"]),
        descending=descending,
        nulls=None if nulls_first == descending else nulls,  # a descending index has them first by itself
        opclass=row["opclass"],
        collation=row["collation"],
    )


def _setting(setting: str, schema: str) -> str:
    """A setting of a function; a search path on which the schema comes first says no more than that."""
    name, _, value = setting.partition("=")
    path = [part.strip().strip('"') for part in value.split(",")]
    first = next((part for part in path if part != "$user"), "")
    return "search_path=its own schema" if name == "search_path" and first == schema else setting


def _trigger(row: Row, schema: str) -> CatalogTrigger:
    definition = row["definition"]
    if row["tgenabled"] in _ENABLED:
        definition += f" -- {_ENABLED[row['tgenabled']]}"
    head = [row["proname"], row["lanname"], _VOLATILITY[row["provolatile"]]]
    head += [_setting(setting, schema) for setting in row["settings"]]
    if row["prosecdef"]:
        head.append("security definer")
    body = "\n".join(line.strip() for line in row["prosrc"].strip().splitlines())
    return CatalogTrigger(row["tgname"], _sql(definition), f"{' '.join(head)}\n{body}")
