"""One table of a catalog → a table of a spec, the table that the spec will build, and what it cannot say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog import UNREAD, CatalogColumn, CatalogTrigger
from schemagen.schema.names import row_update_name
from schemagen.schema.naming import Naming
from schemagen.schema.places import PlacedName

from .columns import import_column
from .indexes import import_checks, import_indexes, say_domain_checks
from .keys import import_foreign_key, import_primary_key, import_uniques
from .losses import Effect, Loss
from .partitions import SaidPartitions, partition_of
from .table_builder import NO_WORD, TableDraft, TableTypes
from .triggers import Behaviour, behaviour

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from schemagen.engines.catalog import CatalogTable
    from schemagen.schema.conflicts import ConflictRule
    from schemagen.schema.dialect import DialectName

    from .expressions import PostgresExpressions, SqliteExpressions
    from .spec_keys import TableKeys


@dataclass(frozen=True, slots=True)
class ImportedTable:
    """A table of a spec: its data, what it builds, and what is not said."""

    name: str
    key: str
    """What the specs call it."""
    spec: dict[str, Any]
    expected: CatalogTable
    losses: tuple[Loss, ...] = ()


def import_table(
    table: CatalogTable,
    evidence: TableTypes,
    catalog: Mapping[str, CatalogTable],
    dialect: DialectName,
    expressions: PostgresExpressions | SqliteExpressions,
    *,
    naming: Naming = Naming.OWN,
    plain: bool = False,
    triggers: bool = True,
    own: Collection[str] = (),
    partitions: SaidPartitions | None = None,
    keys: Mapping[str, TableKeys],
) -> ImportedTable:
    """Say a table in the spec language.

    Args:
        table: as the database has it.
        evidence: the types of its columns.
        catalog: every table that is imported, by name.
        dialect: the engine that it comes from.
        expressions: how that engine's expressions are said.
        naming: which names may be left out.
        plain: whether to write every name and expression as it is, where a nicer form turned out to build another.
        triggers: whether to say what its triggers do, where the language has words for it.
        own: the triggers, constraints, indexes and options that are said as objects of one's own.
        partitions: those that are said in the table.
        keys: what the specs call every table and its columns, by name.
    """
    called = keys[table.name]
    said = behaviour(table, dialect, keys, catalog) if triggers else Behaviour(foreign=table.triggers)
    draft = TableDraft(table, evidence, catalog, dialect, expressions, said, keys, plain, naming, own)
    draft.spec |= _named(table, called)
    draft.spec |= {"description": table.comment} if table.comment else {}
    draft.spec["columns"] = {}  # it stands before what is said of the table
    expected = replace(
        table,
        columns=_columns(draft),
        primary_key=import_primary_key(draft),
        foreign_keys=tuple(key for found in table.foreign_keys if (key := import_foreign_key(draft, found))),
        uniques=import_uniques(draft),
        checks=import_checks(draft),
        indexes=tuple(import_indexes(draft)),
        triggers=_triggers(draft),
        options=_options(draft, partitions.spec if partitions else {}),
        conflicts=_conflicts(draft),
    )
    say_domain_checks(draft)
    draft.spec["columns"] |= _named_columns(draft, called)
    return ImportedTable(table.name, called.table, draft.spec, expected, tuple(draft.losses))


def _named(table: CatalogTable, called: TableKeys) -> dict[str, Any]:
    """What the database calls the table, and where PostgreSQL has it, as far as its key does not say so."""
    if isinstance(table.name, PlacedName):
        local = {"name": table.name.local} if table.name.local != called.table else {}
        return {"postgres": {"schema": table.name.schema, **local}}
    return {} if called.table == table.name else {"name": table.name}


def _named_columns(draft: TableDraft, called: TableKeys) -> dict[str, Any]:
    """The columns by what the specs call them; what a column is for stands last."""
    found: dict[str, Any] = {}
    for name, written in draft.columns.items():
        if text := draft.evidence.comments.get(name):
            written["description"] = text
        key = called.column(name)
        found[key] = written if key == name else {"name": name, **written}
    return found


def _triggers(draft: TableDraft) -> tuple[CatalogTrigger, ...]:
    foreign = tuple(trigger for trigger in draft.behaviour.foreign if trigger.name not in draft.as_objects)
    for trigger in foreign:
        draft.lose(Effect.LEFT_OUT, f"trigger {trigger.name}", NO_WORD)
    for function in dict.fromkeys(trigger.function.split()[0] for trigger in foreign if trigger.function):
        draft.lose(Effect.LEFT_OUT, f"function {function}(), which a trigger calls", NO_WORD)
    if draft.behaviour.append_only:
        draft.spec["append_only"] = {"deletes": "refuse"} if draft.behaviour.keeps_rows else True
    usual = draft.behaviour.usual
    for column, trigger in usual.items():
        reason = f"it is `on_row_update` of {column}; the database keeps it, a new one has a trigger of ours"
        draft.lose(Effect.CHANGED, f"trigger {trigger.name}", reason)
    own = (trigger for trigger in draft.table.triggers if trigger not in (*foreign, *usual.values()))
    return (
        *own,
        *(CatalogTrigger(row_update_name(draft.own.table, draft.own.column(column)), UNREAD) for column in usual),
    )


def _columns(draft: TableDraft) -> tuple[CatalogColumn, ...]:
    """The columns, each with what SQLite does with its NULL."""
    columns = tuple(import_column(draft, column) for column in draft.table.columns)
    for column in draft.table.columns:
        draft.columns[column.name] |= draft.conflict("not null", (column.name,))
    return columns


def _conflicts(draft: TableDraft) -> tuple[ConflictRule, ...]:
    """The ON CONFLICT of rules that is said, once all rules are."""
    for rule in draft.table.conflicts:
        if rule not in draft.conflicts:
            draft.lose(Effect.LEFT_OUT, str(rule), NO_WORD, is_rule=True)
    return tuple(sorted(draft.conflicts))


def _options(draft: TableDraft, partitions: Mapping[str, Any]) -> frozenset[str]:
    """Write the options of SQLite and the partitions; those of the table that could be said."""
    options = draft.evidence.options
    said = {"strict", "without rowid", "autoincrement"} if options else frozenset(draft.as_objects)
    for option in sorted(draft.table.options - said):
        by = partition_of(option, draft.table)
        if by is None:
            draft.lose(Effect.LEFT_OUT, f"option `{option}`", NO_WORD)
            continue
        columns = [draft.own.column(name) for name in by.columns]
        draft.spec["partition"] = {by.method: columns if columns[1:] else columns[0], **partitions}
        said |= {option}
    if options:
        changed = {
            "strict": (options.strict, True),
            "without_rowid": (options.without_rowid, False),
            "parity": (options.parity, True),
        }
        spec = {key: value for key, (value, usual) in changed.items() if value is not usual}
        if spec:
            draft.spec["sqlite"] = spec
    return draft.table.options & said
