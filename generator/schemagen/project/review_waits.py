"""Who waits while the migrations of a change run: readers, writers, and the migration itself, on each engine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from schemagen.changes import changes as c
from schemagen.changes.attached import ChangeAttached, CreateAttached, DropAttached, differs
from schemagen.changes.domains import AlterDomain
from schemagen.changes.type_definitions import AddSchema, DropSchema
from schemagen.engines.attached import belongs_to
from schemagen.engines.dialects import POSTGRES
from schemagen.engines.postgres.locks import ATTEMPTS
from schemagen.engines.postgres.statements import LOCK_WAIT
from schemagen.engines.verdicts import OnPostgres, OnSqlite
from schemagen.schema.model import Check, ForeignKey
from schemagen.schema.types import Native

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.engines.verdicts import Verdicts

_ONLINE = {OnPostgres.ONLINE, OnPostgres.UNKEPT}
_Judged = list[tuple[c.Part, OnPostgres]]
_A_MOMENT = "wait a moment, until the transaction commits"


@dataclass(frozen=True, slots=True)
class Wait:
    """What one migration keeps from others on one engine.

    Attributes:
        engine: ``PostgreSQL`` or ``SQLite``.
        runs: whether it is ``in one transaction`` or ``outside of a transaction``.
        locked: the tables that nobody reads or writes meanwhile, by the names that they had.
        written: further tables that nobody writes meanwhile.
        readers: what whoever reads waits for.
        writers: what whoever writes waits for.
        migration: what it waits for itself.
    """

    engine: str
    runs: str
    locked: tuple[str, ...]
    written: tuple[str, ...]
    readers: str
    writers: str
    migration: str


def waits(evolution: Evolution, verdicts: Verdicts) -> Iterator[Wait]:
    """What each of the migrations keeps from others; nothing where there is nothing to migrate.

    Sources: PostgreSQL, "Explicit Locking" and "CREATE INDEX"; SQLite, "File Locking And Concurrency" and "WAL".
    """
    if not evolution.changes:
        return
    yield from _on_postgres(evolution, verdicts)
    rebuilt = ", ".join(verdicts.rebuilt)
    copied = f", after every row of {rebuilt} has been copied aside and back" if rebuilt else ""
    if rebuilt or any(_differs_on_sqlite(evolution, verdicts)):
        yield Wait(
            "SQLite",
            "in one transaction",
            (),
            tuple(change.old.name for change in evolution.altered),
            "go on in WAL mode, and else wait while it commits",
            f"wait until it commits{copied or ', a moment'}",
            "waits for another writer as long as the connection's busy_timeout says",
        )


def _differs_on_sqlite(evolution: Evolution, verdicts: Verdicts) -> Iterator[bool]:
    for change in evolution.changes:
        if isinstance(change, CreateAttached | ChangeAttached | DropAttached):
            yield differs(change, "sqlite")
            continue
        if isinstance(change, AddSchema | DropSchema):
            continue
        parts = change.parts if isinstance(change, c.AlterTable) else ()
        verdict = (verdicts.on_sqlite(change, part) for part in parts) if isinstance(change, c.AlterTable) else ()
        yield not parts or any(each is not OnSqlite.NOTHING for each in verdict)


_ONE_LOCK = f"gives up, with nothing changed, if it waits for the lock longer than {LOCK_WAIT}"
_ALL_LOCKS = (
    f"tries {ATTEMPTS} times to have all of these locks within half of deadlock_timeout, and then gives up, with "
    "nothing changed"
)


def _on_postgres(evolution: Evolution, verdicts: Verdicts) -> Iterator[Wait]:
    found = {
        change.old.name: [(part, verdicts.on_postgres(change, part)) for part in change.parts]
        for change in evolution.altered
    }
    rewritten = [name for name, each in found.items() if any(verdict is OnPostgres.REWRITES for _, verdict in each)]
    indexed = [name for name, each in found.items() if any(verdict is OnPostgres.READS for _, verdict in each)]
    online = [name for name, each in found.items() if any(verdict in _ONLINE for _, verdict in each)]
    locked = tuple(dict.fromkeys(_locked(evolution, verdicts, found)))
    checked = tuple(dict.fromkeys(_checked(evolution)))
    written = tuple(dict.fromkeys(name for name in (*_parents(evolution, verdicts), *checked) if name not in locked))
    long = [f"rewrite {', '.join(rewritten)}"] * bool(rewritten) + [f"read {', '.join(indexed)}"] * bool(indexed)
    slow = f"wait until the transaction commits: as long as it takes to {' and '.join(long)}"
    if locked or written:
        readers = slow if long else _A_MOMENT if locked else "go on"
        waiting = _ALL_LOCKS if len(locked + written) > 1 else _ONE_LOCK
        read = f"wait until the transaction commits: as long as it takes to read {', '.join(checked)}"
        writers = slow if long else read if checked else _A_MOMENT
        yield Wait("PostgreSQL", "in one transaction", locked, written, readers, writers, waiting)
    if online:
        yield Wait(
            "PostgreSQL",
            "outside of a transaction",
            (),
            (),
            "go on; what is put in place at the end locks its table for a moment",
            "go on; a row that a backfill fills is locked until its batch commits",
            f"waits for the transactions that use {', '.join(online)} when it begins",
        )


def _locked(evolution: Evolution, verdicts: Verdicts, found: dict[str, _Judged]) -> Iterator[str]:
    """The tables of ACCESS EXCLUSIVE; a foreign key that goes takes it on both of its tables."""
    for change in evolution.altered:
        if any(_locks(part, verdict, change, verdicts) for part, verdict in found[change.old.name]):
            yield change.old.name
    yield from evolution.renames.tables.values()
    for table in evolution.dropped:
        yield table.name
        yield from (key.parent for key in table.declared_foreign_keys)
    for part, verdict in chain.from_iterable(found.values()):
        match part:
            case c.DropConstraint(ForeignKey(parent=parent)) if verdict not in _ONLINE:
                yield from _known(evolution, [parent])
            case c.ChangeState(ForeignKey(parent=parent)) if not part.is_validated:
                yield from _known(evolution, [parent])
    for schema, names in ((evolution.old, _gone(evolution)), (evolution.new, _come(evolution))):
        for item in (item for item in schema.attached if item.name in names):
            yield from (evolution.renames.old_table(name) for name in sorted(belongs_to(item, schema.by_name)))


def _gone(evolution: Evolution) -> set[str]:
    """The views and objects that go, or become others."""
    changed = {each.old.name for each in evolution.changes if isinstance(each, ChangeAttached)}
    return changed | {each.item.name for each in evolution.changes if isinstance(each, DropAttached)}


def _come(evolution: Evolution) -> set[str]:
    changed = {each.new.name for each in evolution.changes if isinstance(each, ChangeAttached)}
    return changed | {each.item.name for each in evolution.changes if isinstance(each, CreateAttached)}


def _locks(  # noqa: PLR0911  (a table of cases)
    part: c.Part, verdict: OnPostgres, change: c.AlterTable, verdicts: Verdicts
) -> bool:
    """Whether a part of a table is changed in the transaction, or begun there."""
    if verdict is OnPostgres.NOTHING:
        return False
    if verdict not in _ONLINE:
        return True
    match part:
        case c.AddConstraint(ForeignKey() as key):
            return not verdicts.is_added_later(change.new.name, key)
        case c.AddColumn() | c.AddConstraint(Check()):
            return True
        case c.ChangeState():
            return not part.is_validated
        case c.AlterColumn(old, new):
            return (old.type, old.default) != (new.type, new.default)
    return False


def _checked(evolution: Evolution) -> Iterator[str]:
    """The tables whose rows a rule that a domain gets is compared with: SHARE (PostgreSQL, "ALTER DOMAIN")."""
    stricter = {
        POSTGRES.quote(change.new.name)
        for change in evolution.types
        if isinstance(change, AlterDomain) and (change.added or (change.old.nullable and not change.new.nullable))
    }
    for table in evolution.old.tables:
        if any(isinstance(one.type, Native) and one.type.postgres in stricter for one in table.columns):
            yield table.name


def _parents(evolution: Evolution, verdicts: Verdicts) -> Iterator[str]:
    """The tables that the new foreign keys of the first migration refer to: SHARE ROW EXCLUSIVE."""
    added = [
        (change.new.name, part.constraint)
        for change in evolution.altered
        for part in change.parts
        if isinstance(part, c.AddConstraint) and isinstance(part.constraint, ForeignKey)
    ]
    added += [(table.name, key) for table in evolution.created for key in table.declared_foreign_keys]
    yield from _known(evolution, (key.parent for table, key in added if not verdicts.is_added_later(table, key)))


def _known(evolution: Evolution, names: Iterable[str]) -> Iterator[str]:
    """Tables that are there before, under their old names."""
    for name in names:
        before = evolution.renames.continued_table(name, evolution.old) if name in evolution.new.by_name else name
        if before in evolution.old.by_name:
            yield str(before)
