"""The rows of the catalog queries → the parts of tables."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog import (
    CatalogCheck,
    CatalogColumn,
    CatalogForeignKey,
    CatalogIndex,
    CatalogIndexElement,
    CatalogPrimaryKey,
    CatalogSql,
    CatalogTrigger,
    CatalogUnique,
)
from schemagen.schema.index import Nulls
from schemagen.schema.model import Action, Deferrable
from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def sql_of(text: str) -> CatalogSql:
    """A text of the catalog."""
    return CatalogSql(text, text)


def maybe_sql_of(text: str | None) -> CatalogSql | None:
    """The same, where there is one."""
    return None if text is None else sql_of(text)


def options_of(row: Row) -> Iterator[str]:
    """What is unusual about a table, in words."""
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


def column_of(row: Row) -> CatalogColumn:
    """A column."""
    return CatalogColumn(
        name=row["attname"],
        type=row["type"],
        nullable=not row["not_null"],
        default=maybe_sql_of(row["default_value"]),
        generated=maybe_sql_of(row["generated"]),
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


def primary_key_of(row: Row) -> CatalogPrimaryKey:
    """A primary key."""
    return CatalogPrimaryKey(row["conname"], tuple(row["columns"]), _deferrable(row), _details(row))


def unique_of(row: Row) -> CatalogUnique:
    """A unique constraint."""
    columns, nulls_distinct = tuple(row["columns"]), not row["nulls_not_distinct"]
    return CatalogUnique(row["conname"], columns, _deferrable(row), _details(row), nulls_distinct)


def check_of(row: Row) -> CatalogCheck:
    """A check."""
    return CatalogCheck(row["conname"], sql_of(row["expression"]), _state(row), _details(row))


def foreign_key_of(row: Row, parent: str) -> CatalogForeignKey:
    """A foreign key to a table of a name."""
    return CatalogForeignKey(
        name=row["conname"],
        columns=tuple(row["columns"]),
        parent=parent,
        parent_columns=tuple(row["parent_columns"]),
        on_delete=_ACTIONS[row["confdeltype"]],
        on_update=_ACTIONS[row["confupdtype"]],
        deferrable=_deferrable(row),
        state=_state(row),
        details=_details(row),
        set_null=tuple(row["set_columns"]) if row["confdeltype"] == "n" else (),
    )


def indexes_of(rows: Iterable[Row]) -> Iterator[CatalogIndex]:
    """Indexes, of a row an element."""
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
            predicate=maybe_sql_of(first["predicate"]),
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
        expression=maybe_sql_of(row["expression"]),
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


def trigger_of(row: Row, schema: str) -> CatalogTrigger:
    """A trigger with its function; ``schema`` is the first on the path of a migration."""
    definition = row["definition"]
    if row["tgenabled"] in _ENABLED:
        definition += f" -- {_ENABLED[row['tgenabled']]}"
    head = [row["proname"], row["lanname"], _VOLATILITY[row["provolatile"]]]
    head += [_setting(setting, schema) for setting in row["settings"]]
    if row["prosecdef"]:
        head.append("security definer")
    body = "\n".join(line.strip() for line in row["prosrc"].strip().splitlines())
    return CatalogTrigger(row["tgname"], sql_of(definition), f"{' '.join(head)}\n{body}")
