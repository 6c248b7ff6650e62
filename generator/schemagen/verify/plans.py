"""What a planner chose for a statement, read from EXPLAIN: how each table is read, and through which index or key."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from schemagen.engines.sqlite.types import is_row_number
from schemagen.schema.places import local_name

from .wanted_rows import WantedRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.databases.scratch import Database
    from schemagen.schema.index import Index
    from schemagen.schema.model import Schema, Table


class Way(StrEnum):
    """How rows of a table are found."""

    FOUND = "found by value"
    FIRST = "as many as LIMIT asks for"
    ALL = "all of them, as the statement asks"
    WALKED = "an index walked from end to end"
    SKIPPED = "a skip scan"
    BUILT = "an index built for this run"
    WHOLE = "a whole read"


@dataclass(frozen=True, slots=True)
class Read:
    """How one table is read; ``path`` names the index, unique constraint or key, empty where there is none."""

    way: Way
    table: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planner chose; ``text`` is the engine's own.

    ``partitions`` are those that are read, by their table, ``divided`` says how many of them there are.
    """

    reads: tuple[Read, ...]
    text: str
    partitions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    divided: Mapping[str, int] = field(default_factory=dict)

    @property
    def named(self) -> frozenset[str]:
        """Every index and key in the plan, however it is read."""
        return frozenset(read.path for read in self.reads if read.path)

    @property
    def used(self) -> frozenset[str]:
        """The indexes and keys by which the plan finds rows, or takes the first ones in their order."""
        return self.found | frozenset(read.path for read in self.reads if read.path and read.way is Way.FIRST)

    @property
    def found(self) -> frozenset[str]:
        """Those by which it finds rows."""
        return frozenset(read.path for read in self.reads if read.path and read.way is Way.FOUND)


def explain(database: Database, schema: Schema, statement: str) -> Plan:
    """The plan of a statement.

    Raises:
        StatementError: when the engine refuses the statement.
    """
    wanted = WantedRows.of(statement, schema.by_name)
    if database.dialect.name == "postgres":
        root = database.run(f"EXPLAIN (FORMAT JSON) {statement}")[0][0][0]["Plan"]
        nodes = list(_nodes(root))
        is_divided = any(table.partition for table in schema.tables)
        found = database.run(_PARENTS) if is_divided else []
        parents = {part: whole for part, whole, _ in found}
        leaves = {part for part, _, kind in found if kind == "r"}
        named = {str(node["Relation Name"]) for node, _ in nodes if "Relation Name" in node} & leaves
        for node, _ in nodes:
            node.update({key: parents[node[key]] for key in _NAMED if node.get(key) in parents})
        reads = tuple(read for node, first in nodes for read in _postgres_reads(node, schema, wanted, first=first))
        divided = Counter(parents[part] for part in leaves)
        read = {table: frozenset(part for part in named if parents[part] == table) for table in divided}
        return Plan(_of_whole_tables(reads, schema), "; ".join(_words(node) for node, _ in nodes), read, divided)
    lines = [(int(row[1]), str(row[3])) for row in database.run(f"EXPLAIN QUERY PLAN {statement}")]
    return Plan(tuple(_sqlite_reads(lines, schema, wanted)), "; ".join(detail for _, detail in lines))


_NAMED = ("Relation Name", "Index Name")
_PARENTS = """
SELECT c.relname, r.relname, c.relkind::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
JOIN pg_catalog.pg_class r ON r.oid = pg_partition_root(c.oid) WHERE c.relispartition
"""
"""The partitions and their indexes, each with the table or index that it is a part of (PostgreSQL, "pg_inherits")."""


def _of_whole_tables(reads: tuple[Read, ...], schema: Schema) -> tuple[Read, ...]:
    """Without whole reads of partitions that hold next to nothing, where others of the table are read by an index."""
    found = {read.table for read in reads if read.path and read.table in schema.by_name}
    divided = {name for name in found if schema.table(name).partition}
    return tuple(read for read in reads if read.way is not Way.WHOLE or read.table not in divided)


_IN_ORDER = {
    *("Append", "Group", "Incremental Sort", "Limit", "LockRows", "Merge Append", "Nested Loop", "ProjectSet"),
    *("Result", "Subquery Scan", "Unique"),
}
"""PostgreSQL's nodes that pass rows on one by one, so that LIMIT above them ends the read below."""


def _nodes(node: dict[str, Any], *, first: bool = False) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every node of a plan, and whether a LIMIT above it ends its read early."""
    yield node, first
    passes = node["Node Type"] == "Limit" or (first and node["Node Type"] in _IN_ORDER)
    for child in node.get("Plans", ()):
        is_inner = child.get("Parent Relationship") not in {"Outer", "Subquery", "Member"}
        yield from _nodes(child, first=passes and not is_inner)


def _words(node: dict[str, Any]) -> str:
    parts = (node["Node Type"], node.get("Index Name"), node.get("Relation Name"))
    return " ".join(part for part in parts if part)


def _postgres_reads(node: dict[str, Any], schema: Schema, wanted: WantedRows, *, first: bool) -> Iterator[Read]:
    """How a node reads its table: "EXPLAIN", "14.1.1. EXPLAIN Basics" of PostgreSQL's manual."""
    table = _relation(node, schema, wanted)
    for name in node.get("Conflict Arbiter Indexes", ()):
        yield Read(Way.FOUND, table, _path(schema, table, name))
    if node["Node Type"] == "Seq Scan":
        yield Read(Way.FIRST if first and "Filter" not in node else _end_to_end(Way.WHOLE, wanted, table), table)
    elif "Index Name" in node:
        table = table or _owner(schema, node["Index Name"])
        name = _path(schema, table, node["Index Name"])
        index = _index(schema, table, name)
        condition = node.get("Index Cond", "") + node.get("Order By", "")
        if condition:
            skips = _skips(schema, table, name, condition)
            yield Read(Way.SKIPPED if skips else Way.FOUND, table, name)
        else:
            yield Read(Way.FIRST if first else _walk(index, wanted, table), table, name)


def _relation(node: dict[str, Any], schema: Schema, wanted: WantedRows) -> str:
    """What the specs call the table of a node, which PostgreSQL shows without its schema."""
    there = str(node.get("Relation Name", ""))
    alias = wanted.table(str(node.get("Alias", there)))
    if alias in schema.by_name and local_name(schema.table(alias).name) == there:
        return alias
    return next((table.name for table in schema.tables if local_name(table.name) == there), there)


def _path(schema: Schema, table: str, name: str) -> str:
    """What the specs call an index of a table."""
    found = schema.by_name.get(table)
    return next((index.name for index in found.indexes if local_name(index.name) == name), name) if found else name


def _end_to_end(way: Way, wanted: WantedRows, table: str) -> Way:
    """A read of everything, which a statement may ask for."""
    return way if wanted.some_of(table) else Way.ALL


def _walk(index: Index | None, wanted: WantedRows, table: str) -> Way:
    """What an index is read for from its beginning to its end: a partial one holds the rows of its condition."""
    is_partial = index is not None and index.where is not None
    return Way.FOUND if is_partial else _end_to_end(Way.WALKED, wanted, table)


_LITERAL = re.compile(r"'(?:[^']|'')*'")


def _skips(schema: Schema, table: str, name: str, condition: str) -> bool:
    """Whether a condition says nothing of the first column of a btree: PostgreSQL 18 then skips from value to value."""
    index = _index(schema, table, name)
    if index is not None and (index.method != "btree" or index.elements[0].column is None):
        return False
    columns = index.columns if index else _constraints(schema.by_name.get(table)).get(name, ())
    if not columns:
        return False
    word = re.escape(columns[0])
    return not re.search(rf'(?<![\w.$])"?{word}"?(?![\w$.])', _LITERAL.sub("''", condition))


def _constraints(table: Table | None) -> dict[str, tuple[str, ...]]:
    """The columns of the key and the unique constraints of a table, in the order in which SQLite numbers them."""
    if table is None:
        return {}
    key = {table.primary_key.name: table.primary_key.columns} if table.primary_key else {}
    return key | {unique.name: unique.columns for unique in table.uniques}


def _index(schema: Schema, table: str, name: str) -> Index | None:
    found = schema.by_name.get(table)
    return next((index for index in found.indexes if index.name == name), None) if found else None


def _owner(schema: Schema, name: str) -> str:
    """The table of an index: a bitmap of an index does not name it."""
    owners = (
        table.name
        for table in schema.tables
        if name in _constraints(table) or _index(schema, table.name, _path(schema, table.name, name))
    )
    return next(owners, "")


_LINE = re.compile(
    r"(?P<how>SCAN|SEARCH) (?P<name>.+?)(?: EXISTS)?(?: USING (?P<path>.+?))?(?: \((?P<condition>.*)\))?(?: LEFT-JOIN)?"
)
_WORDS = re.compile(r"SCAN (?P<index>.+?) VIRTUAL TABLE INDEX .*")
_SORTS = {"USE TEMP B-TREE FOR ORDER BY", "USE TEMP B-TREE FOR GROUP BY"}
_INDEX = re.compile(r"(?:COVERING )?INDEX (.+)")


def _sqlite_reads(lines: list[tuple[int, str]], schema: Schema, wanted: WantedRows) -> Iterator[Read]:
    """How lines of EXPLAIN QUERY PLAN read tables ("The EXPLAIN QUERY PLAN Command" of SQLite's manual).

    Loops of one SELECT have the same parent, the outermost first.
    """
    sorting = {parent for parent, detail in lines if detail in _SORTS}
    outermost: set[int] = set()
    for parent, detail in lines:
        if words := _WORDS.fullmatch(detail):
            yield Read(Way.FOUND, _owner(schema, words["index"]), words["index"])
            continue
        match = _LINE.fullmatch(detail)
        if match is None:
            continue
        is_first = parent not in outermost and parent not in sorting
        outermost.add(parent)
        table = schema.by_name.get(wanted.table(match["name"]))
        if table is not None:
            yield _sqlite_read(match, table, wanted, ends=is_first and wanted.first_of(table.name))


def _sqlite_read(match: re.Match[str], table: Table, wanted: WantedRows, *, ends: bool) -> Read:
    path = match["path"] or ""
    if path.startswith("AUTOMATIC"):
        return Read(Way.BUILT, table.name)
    named = _INDEX.fullmatch(path)
    key = table.primary_key
    name = _constraint(named[1], table) if named else key.name if key and _is_sorted_by_key(table) else ""
    if "ANY(" in (match["condition"] or ""):
        return Read(Way.SKIPPED, table.name, name)
    if match["how"] == "SEARCH" and (path or wanted.extreme_of(key.columns if key else ())):
        return Read(Way.FOUND, table.name, name)
    if ends:
        return Read(Way.FIRST, table.name, name if named or wanted.is_ordered else "")
    if named:
        index = next((index for index in table.indexes if index.name == name), None)
        return Read(_walk(index, wanted, table.name), table.name, name)
    return Read(_end_to_end(Way.WHOLE, wanted, table.name), table.name)


def _is_sorted_by_key(table: Table) -> bool:
    """Whether SQLite keeps the rows of a table in the order of its primary key."""
    key = table.primary_key
    return key is not None and (table.sqlite.without_rowid or is_row_number(table, table.column(key.columns[0])))


_AUTOMATIC = re.compile(r"sqlite_autoindex_.+_(\d+)")


def _constraint(index: str, table: Table) -> str:
    """SQLite numbers the indexes of keys and unique constraints in the order in which a table writes them."""
    match = _AUTOMATIC.fullmatch(index)
    names = list(_constraints(table))
    if table.primary_key and is_row_number(table, table.column(table.primary_key.columns[0])):
        names.remove(table.primary_key.name)
    number = int(match[1]) - 1 if match else len(names)
    return names[number] if number < len(names) else index


def alike(table: Table, name: str) -> frozenset[str]:
    """The indexes and constraints of a table that serve as well as a named one: the same columns, and every row."""
    whole = _whole(table)
    return frozenset({name} | {other for other, columns in whole.items() if name in whole and columns == whole[name]})


def longer(table: Table, name: str) -> frozenset[str]:
    """Those that find rows by the same values as a named one, as they begin with its columns and hold every row.

    That a partial index would find fewer, or a short one sooner, made-up rows need not show.
    """
    plain = {index.name: index.columns for index in table.indexes if replace(index, where=None).is_whole}
    own = {**plain, **_whole(table)}.get(name)
    return frozenset(other for other, columns in _whole(table).items() if own and columns[: len(own)] == own)


def _whole(table: Table) -> dict[str, tuple[str, ...]]:
    indexes = {index.name: index.columns for index in table.indexes if index.is_whole and index.method == "btree"}
    return {**_constraints(table), **indexes}
