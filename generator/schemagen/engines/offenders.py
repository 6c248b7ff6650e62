"""Before which rows a change stops: each new rule that rows may break, with the query that finds those that do.

The queries are for a database as it is before the migration: they call tables and columns by their old names, and
compute what a backfill, a default or a conversion will make of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.changes import changes as c
from schemagen.changes.conversions import conversion_of, fill_of_nulls
from schemagen.changes.renames import mentions
from schemagen.changes.type_changes import type_change
from schemagen.changes.type_definitions import extends
from schemagen.changes.wording import check_text, sql_text
from schemagen.schema.index import IndexElement
from schemagen.schema.model import Check, ForeignKey, PrimaryKey, Unique
from schemagen.schema.rule_state import RuleState
from schemagen.schema.types import Enum

from .postgres.made_rows import POSTGRES_ROWS
from .sqlite.made_rows import SQLITE_ROWS
from .standard import enclosed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column

    from .made_rows import MadeRows


@dataclass(frozen=True, slots=True)
class Stop:
    """Rows before which a migration stops: ``reason`` ends "stops if", the queries list the rows.

    A query is None on an engine that has no such rule.
    """

    reason: str
    postgres: str | None
    sqlite: str | None


def stops(change: c.AlterTable, part: c.Part, evolution: Evolution) -> Iterator[Stop]:
    """Every rule of one part of an altered table that rows may break."""
    match part:
        case c.AddConstraint(Unique() as unique):
            elements = tuple(IndexElement(name) for name in unique.columns)
            yield from _unique(change, elements, nulls_distinct=unique.nulls_distinct)
        case c.ReplacePrimaryKey(_, PrimaryKey(columns=columns)):
            yield from _unique(change, tuple(IndexElement(name) for name in columns), nulls_distinct=True)
        case c.AddIndex(index) if index.unique and not index.completes:
            yield from _unique(change, index.elements, index, nulls_distinct=index.nulls_distinct)
        case c.AddConstraint(Check() as check) | c.ChangeState(_, Check() as check) if _is_for_all(check):
            yield _check(change, check)
        case c.AddConstraint(ForeignKey() as key) | c.ChangeState(_, ForeignKey() as key) if key.enforced:
            yield from _foreign_key(change, key, evolution)
        case c.AddColumn(column):
            yield from _added(change, column)
        case c.AlterColumn(old, new):
            yield from _altered(change, old, new)
            if conversion_of(old, new) or fill_of_nulls(old, new):
                yield from _standing(change, new.name, evolution)
        case c.ChangeOptions():
            yield from _stricter(change)


def stops_of(evolution: Evolution) -> tuple[tuple[c.AlterTable, Stop], ...]:
    """Every rule of an evolution that rows may break, with the altered table that it comes from."""
    return tuple(
        (change, stop)
        for change in evolution.altered
        for part in change.parts
        for stop in stops(change, part, evolution)
    )


def _asked(reason: str, query: Callable[[MadeRows], str | None]) -> Stop:
    return Stop(reason, query(POSTGRES_ROWS), query(SQLITE_ROWS))


def _unique(
    change: c.AlterTable, elements: tuple[IndexElement, ...], index: Index | None = None, *, nulls_distinct: bool
) -> Iterator[Stop]:
    names = [element.column for element in elements if element.column]
    kept = [name for name in names if _stays(change, name)]
    given = all(_has_value(change, name) for name in names)
    stands = change.moved.is_unique(kept) and (
        nulls_distinct or not any(change.moved.column(name).nullable for name in kept)
    )
    if not given or ((index is None or index.is_whole) and stands):
        return

    def query(rows: MadeRows) -> str | None:
        if index and not rows.dialect.supports(index):
            return None
        targets = [rows.dialect.element_target(element) for element in elements]
        where = index.where.for_dialect(rows.dialect.name) if index and index.where else None
        conditions = [f"{target} IS NOT NULL" for target in targets if nulls_distinct]
        conditions += [enclosed(where)] if where else []
        filtered = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        source = rows.source(change, _read(change, (*targets, where or "")))
        listed = ", ".join(targets)
        return (
            f"SELECT {listed}, count(*) AS found FROM {source} AS made {filtered}GROUP BY {listed} HAVING count(*) > 1"
        )

    same = ", ".join(element.column or sql_text(element.sql) for element in elements)
    where = f" where {sql_text(index.where)}" if index and index.where else ""
    nulls = "" if nulls_distinct else ", or NULL"
    yield _asked(f"two rows of {change.new.name} have the same {same}{nulls}{where}", query)


def _check(change: c.AlterTable, check: Check) -> Stop:
    def query(rows: MadeRows) -> str | None:
        text = _condition(check, rows.dialect.name)
        if text is None or _stands(change, text, rows.dialect.name):
            return None
        return _select(rows, change, _read(change, [text]), f"NOT {enclosed(text)}")

    return _asked(f"a row of {change.new.name} breaks {check_text(check)}", query)


def _condition(check: Check, dialect: DialectName) -> str | None:
    """What one engine checks, be it by a domain."""
    return check.sql.for_dialect(dialect) or (check.by_domain if dialect == "postgres" else None)


def _is_for_all(rule: Check | ForeignKey) -> bool:
    return rule.state is RuleState.VALID


def _stands(change: c.AlterTable, text: str, dialect: DialectName) -> bool:
    """Whether the same condition has been kept already, over values that stay, or of an enum that only gets more."""
    same = any(_condition(check, dialect) == text and _is_for_all(check) for check in change.moved.checks)
    return same and all(_keeps(change, name) or _only_grows(change, name) for name in _read(change, [text]))


def _only_grows(change: c.AlterTable, name: str) -> bool:
    old, new = change.moved.by_name.get(name), change.new.column(name)
    if old is None or name in change.renamed_labels or not (isinstance(old.type, Enum) and isinstance(new.type, Enum)):
        return False
    return bool(old.type.name) and old.type.name == new.type.name and extends(old.type.values, new.type.values)


def _foreign_key(change: c.AlterTable, key: ForeignKey, evolution: Evolution) -> Iterator[Stop]:
    before = [each for each in change.moved.enforced_foreign_keys if each.columns == key.columns]
    alike = (each for each in before if (each.parent, each.parent_columns) == (key.parent, key.parent_columns))
    held = any(_is_for_all(each) or each.state is key.state for each in alike)
    if held and all(_stays(change, name) for name in key.columns):
        return
    if not all(_has_value(change, name) for name in key.columns):
        return

    def query(rows: MadeRows) -> str | None:
        if rows is POSTGRES_ROWS and not _is_for_all(key):
            return None
        quote = rows.dialect.quote
        given = [f"child.{quote(name)}" for name in key.columns]
        conditions = [f"{name} IS NOT NULL" for name in given]
        if key.parent not in {table.name for table in evolution.created}:
            parent = rows.source(_table(evolution, key.parent), key.parent_columns)
            same = [f"parent.{quote(to)} = {name}" for to, name in zip(key.parent_columns, given, strict=True)]
            conditions.append(f"NOT EXISTS (SELECT 1 FROM {parent} AS parent WHERE {' AND '.join(same)})")
        shown = [f"child.{quote(name)}" for name in _shown(change, key.columns)]
        source = rows.source(change, _shown(change, key.columns))
        return f"SELECT {', '.join(shown)} FROM {source} AS child WHERE {' AND '.join(conditions)}"

    columns = ", ".join(key.columns)
    yield _asked(f"a row of {change.new.name} refers to no row of {key.parent} ({columns})", query)


def _added(change: c.AlterTable, column: Column) -> Iterator[Stop]:
    where = f"{change.new.name}.{column.name}"
    if column.generated and not column.nullable:
        yield _null(change, column, f"{where} is NULL in a row")
    if column.identity or column.generated or (column.default and not column.backfill):
        return
    if column.backfill is None:
        if not column.nullable:
            names = _shown(change, ())
            reason = f"{change.new.name} has a row, as {column.name} can't be NULL"
            yield _asked(reason, lambda rows: _select(rows, change, names, None))
        return
    if not column.nullable and column.default is None:
        yield _null(change, column, f"the backfill of {where} gives NULL")
    yield from _refused(change, column, f"what the backfill of {where} gives does not fit {column.type.described}")


def _altered(change: c.AlterTable, old: Column, new: Column) -> Iterator[Stop]:
    where = f"{change.new.name}.{new.name}"
    conversion, fill = conversion_of(old, new), fill_of_nulls(old, new)
    if conversion:
        yield from _refused(change, new, f"what the backfill of {where} gives does not fit {new.type.described}")
    elif type_change(old.type, new.type).verdict:
        shown = _shown(change, [new.name])

        def query(rows: MadeRows) -> str | None:
            found = rows.misfits(change, new, shown)
            return f"SELECT {rows.dialect.quote_all(shown)} FROM {found}" if found else None

        yield _asked(f"a value of {where} does not fit {new.type.described}", query)
    if not new.nullable and (conversion or old.nullable or old.computation != new.computation):
        made = conversion or fill
        yield _null(change, new, f"the backfill of {where} gives NULL" if made else f"{where} is NULL in a row")


def _standing(change: c.AlterTable, name: str, evolution: Evolution) -> Iterator[Stop]:
    """The rules that are there already, of a column that a backfill fills or converts: its values may break them."""
    table, added = change.new, _added_rules(change)
    for key in table.enforced_foreign_keys:
        if name in key.columns and key not in added:
            yield from _foreign_key(change, key, evolution)
    for unique in (table.primary_key, *table.uniques):
        if unique and name in unique.columns and unique not in added:
            nulls_distinct = isinstance(unique, PrimaryKey) or unique.nulls_distinct
            yield from _unique(change, tuple(map(IndexElement, unique.columns)), nulls_distinct=nulls_distinct)
    for index in table.indexes:
        if index.unique and not index.completes and name in index.columns and index not in added:
            yield from _unique(change, index.elements, index, nulls_distinct=index.nulls_distinct)
    for check in table.checks:
        is_kept = check.state is not RuleState.NOT_ENFORCED
        if is_kept and check not in added and mentions(check.sql.postgres or check.sql.sqlite or "", [name]):
            yield _check(change, check)


def _added_rules(change: c.AlterTable) -> list[object]:
    found: list[object] = []
    for part in change.parts:
        match part:
            case c.AddConstraint(rule) | c.AddIndex(rule) | c.ReplacePrimaryKey(_, rule):
                found.append(rule)
    return found


def _stricter(change: c.AlterTable) -> Iterator[Stop]:
    """What SQLite refuses from now on of values that it has taken."""
    before, after = change.old.sqlite, change.new.sqlite
    if not ((after.strict and not before.strict) or (after.parity and not before.parity)):
        return
    for column in change.new.columns:
        refused = SQLITE_ROWS.refused(column, change.new)
        if refused and _keeps(change, column.name):
            query = _select(SQLITE_ROWS, change, _shown(change, [column.name]), refused)
            yield Stop(f"a value of {change.new.name}.{column.name} does not fit {column.type.described}", None, query)


def _refused(change: c.AlterTable, column: Column, reason: str) -> Iterator[Stop]:
    def query(rows: MadeRows) -> str | None:
        refused = rows.refused(column, change.new)
        return _select(rows, change, _shown(change, [column.name]), refused) if refused else None

    found = _asked(reason, query)
    if found.postgres or found.sqlite:
        yield found


def _null(change: c.AlterTable, column: Column, reason: str) -> Stop:
    names = _shown(change, [column.name])
    return _asked(reason, lambda rows: _select(rows, change, names, f"{rows.dialect.quote(column.name)} IS NULL"))


def _select(rows: MadeRows, change: c.AlterTable, names: Iterable[str], condition: str | None) -> str:
    listed = _shown(change, names)
    where = f" WHERE {condition}" if condition else ""
    return f"SELECT {rows.dialect.quote_all(listed)} FROM {rows.source(change, listed)} AS made{where}"


def _shown(change: c.AlterTable, names: Iterable[str]) -> list[str]:
    """The primary key as far as it is there already, then the columns that a rule reads."""
    continued = dict(change.columns)
    key = change.new.primary_key.columns if change.new.primary_key else ()
    found = list(dict.fromkeys((*(name for name in key if name in continued), *names)))
    return found or [column.name for column in change.new.columns if column.name in continued]


def _read(change: c.AlterTable, texts: Iterable[str]) -> list[str]:
    """The columns that some SQL speaks of."""
    return [name for name in change.new.by_name if any(mentions(text, [name]) for text in texts)]


def _keeps(change: c.AlterTable, name: str) -> bool:
    """Whether a column has the values that it had."""
    if name not in dict(change.columns):
        return False
    old, new = change.moved.column(name), change.new.column(name)
    return (old.type, old.generated, old.collation) == (new.type, new.generated, new.collation)


def _stays(change: c.AlterTable, name: str) -> bool:
    """Whether a column has the values that it had, and no NULL of it is filled."""
    return _keeps(change, name) and not fill_of_nulls(change.moved.column(name), change.new.column(name))


def _has_value(change: c.AlterTable, name: str) -> bool:
    """Whether a column may hold anything in the rows that are there but NULL, or numbers of its own."""
    column = change.new.column(name)
    return name in dict(change.columns) or bool(column.default or column.backfill or column.generated)


def _table(evolution: Evolution, name: str) -> c.AlterTable:
    altered = {change.new.name: change for change in evolution.altered}
    return altered.get(name) or evolution.unchanged(name)
