"""From a change of the schema to its next steps: one for both engines, and one more that runs outside a transaction."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.escape import invisible
from schemagen.changes import changes as c
from schemagen.changes.attached import ChangeAttached, CreateAttached, DropAttached
from schemagen.changes.domains import AlterDomain, CreateDomain, DropDomain
from schemagen.changes.migration import Migration, Step
from schemagen.changes.records import ChangeRecord, record_of
from schemagen.changes.rollbacks import rollback_losses, rollback_stops
from schemagen.changes.safety import RULES
from schemagen.changes.type_definitions import AlterType, CreateType, DropType, MoveType, Surroundings
from schemagen.engines.postgres.session import begun, begun_online
from schemagen.schema.names import bounded_name

from .first_build import snake_case, table_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemagen.changes.diff import Evolution
    from schemagen.changes.halves import Gate
    from schemagen.changes.migration import Statement
    from schemagen.changes.safety import Loss
    from schemagen.engines.offenders import Stop
    from schemagen.engines.verdicts import Verdicts
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Column

    Statements = tuple[Statement, ...]

MAX_NAME = 48

ONLINE = "_online"
"""How the name of a second step ends: the one outside a transaction, which the rollback of the first one undoes."""


def chosen_name(text: str) -> str:
    """The name of a migration as somebody has given it: ``split-address`` becomes ``split_address``.

    Raises:
        SchemagenError: SG445 for what is not a name, or one that says what only the program may say.
    """
    name = text.strip().replace("-", "_")
    if re.fullmatch(r"[a-z][a-z0-9_]*", name) and len(name) <= MAX_NAME and not name.endswith(ONLINE):
        return name
    hint = f"at most {MAX_NAME} letters, digits and hyphens, a letter first, such as `--name split-address`"
    raise SchemagenError([Diagnostic("SG445", f"`{text}` is no name for a migration", hint=hint)])


def next_steps(
    evolution: Evolution, number: int, losses: Sequence[Loss], name: str | None = None, gates: Sequence[Gate] = ()
) -> tuple[Step, ...]:
    """The steps that lead from the old schema to the new one: none, one, two or three.

    The first adds labels to PostgreSQL's enum types where anything else is to use them, which it cannot before they are
    committed ("ALTER TYPE"). The last holds what PostgreSQL has to run outside a transaction; the rollback of the one
    before it undoes both, so that it also works after the last has failed half-way.

    Args:
        evolution: what changes.
        number: of the first step.
        losses: what was allowed, for the headers.
        name: what the first step is called; None derives it from the changes.
        gates: the steps of the author's own that have to be complete before it.
    """
    from schemagen.engines.offenders import stops_of
    from schemagen.engines.postgres.alter import postgres_statements
    from schemagen.engines.verdicts import Verdicts

    if not evolution.changes:
        return ()
    name = name or step_name(evolution)
    labels, in_postgres = _labels_first(evolution)
    first = (_labels(labels, number),) if labels else ()
    number += len(first)
    now, later = postgres_statements(in_postgres, gates=gates)
    undone, _ = postgres_statements(in_postgres.back, online=False)
    found = stops_of(evolution)
    lost = tuple(loss.lost for loss in losses if loss.lost)
    way_back = rollback_losses(evolution), rollback_stops(evolution)
    migration = partial(_migration, number, name, lost, way_back)
    verdicts = Verdicts(evolution)
    purpose = _purpose(evolution)
    sqlite, undone_on_sqlite = _on_sqlite(evolution, f"{number:03d}_{name}", losses, gates)
    on_sqlite, on_postgres = _reported_error(evolution, verdicts, found, gates, f"{number + 1:03d}_{name}{ONLINE}")
    main = Step(
        migration("sqlite", sqlite, undone_on_sqlite, _said(purpose, sqlite, on_sqlite)),
        migration("postgres", begun(now), begun(undone), _said(purpose, now or later, on_postgres)),
        tuple(_with_stops(evolution, found)),
    )
    return (*first, main, *([_online(number + 1, name, later, evolution, verdicts)] if later else []))


def _migration(
    number: int,
    name: str,
    lost: tuple[str, ...],
    way_back: tuple[tuple[str, ...], tuple[str, ...]],
    dialect: DialectName,
    there: Statements,
    back: Statements,
    header: tuple[str, ...],
) -> Migration:
    """One engine's half of a step; ``lost`` is gone after it, ``way_back`` is what its rollback loses and stops at."""
    rollback_loses, rollback_stops_at = way_back if back else ((), ())
    return Migration(
        number=number,
        name=name,
        dialect=dialect,
        statements=there,
        rollback=back,
        header=header,
        losses=lost if there else (),
        rollback_losses=rollback_loses,
        rollback_stops=rollback_stops_at,
        altering=True,
    )


def _reported_error(
    evolution: Evolution,
    verdicts: Verdicts,
    found: Sequence[tuple[c.AlterTable, Stop]],
    gates: Sequence[Gate],
    online: str,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the header tells on SQLite and on PostgreSQL: what is recreated, and before which rows it stops."""
    unready = [(f"step {gate.step} is not complete", gate.rest) for gate in gates]
    on_sqlite = [(reason, rest.sqlite) for reason, rest in unready] + [(stop.reason, stop.sqlite) for _, stop in found]
    on_postgres = [(reason, rest.postgres) for reason, rest in unready]
    on_postgres += [(stop.reason, stop.postgres) for _, stop in found]
    return (
        (*_rebuilds(verdicts), *_questions(on_sqlite)),
        (*_rewrites(evolution, verdicts), *_unkept(verdicts, online), *_questions(on_postgres)),
    )


def _labels_first(evolution: Evolution) -> tuple[Evolution | None, Evolution]:
    """What adds labels before the rest, and the rest as PostgreSQL sees it; nothing and all where that is all."""
    from schemagen.changes.diff import evolve
    from schemagen.changes.renames import Renames
    from schemagen.changes.type_definitions import with_new_labels
    from schemagen.engines.postgres.alter import postgres_statements

    between = with_new_labels(evolution.old, evolution.types)
    if between is None:
        return None, evolution
    rest = evolve(between, evolution.new, evolution.renames)
    if not any(postgres_statements(rest)):
        return None, evolution
    return evolve(evolution.old, between, Renames({}, {})), rest


def _labels(evolution: Evolution, number: int) -> Step:
    """The step that adds labels alone; SQLite's checks take them with the rest."""
    from schemagen.engines.postgres.alter import postgres_statements

    there, _ = postgres_statements(evolution)
    back, _ = postgres_statements(evolution.back, online=False)
    types = [change for change in evolution.types if isinstance(change, AlterType)]
    name = snake_case(bounded_name("add", types[0].new.name, "values"))[:MAX_NAME].rstrip("_")
    purpose = (
        *(f"Change: {change.describe()}" for change in types),
        "Purpose: values that the next migration may use, as this one has been committed before it.",
    )
    nothing = (*purpose[:-1], "Nothing to do here: SQLite takes the values in the migration after this one.")
    return Step(
        Migration(number, name, "sqlite", (), (), nothing, altering=True),
        Migration(
            number,
            name,
            "postgres",
            begun(there),
            begun(back),
            purpose,
            rollback_losses=rollback_losses(evolution),
            rollback_stops=rollback_stops(evolution),
            altering=True,
        ),
        tuple(map(record_of, evolution.changes)),
    )


def _questions(found: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """Before which rows an engine's migration stops, and how to ask for them before it is run."""
    for reason, query in found:
        if query is not None:
            yield f"Stops if {reason}."
            one_line = _one_line(query)
            yield f"Ask before: {one_line};" if one_line else "Ask before: `schemagen diff` has the query."


def _one_line(query: str) -> str:
    """A query in one line; empty where a comment would swallow the rest of it, or a text change."""
    if invisible(query):
        return ""
    if "\n" not in query:
        return query
    return "" if any(mark in query for mark in ("--", "'", '"')) else " ".join(query.split())


def _with_stops(evolution: Evolution, found: Sequence[tuple[c.AlterTable, Stop]]) -> Iterator[ChangeRecord]:
    """Each change, with what it stops before."""
    for change in evolution.changes:
        reasons = dict.fromkeys(stop.reason for altered, stop in found if altered is change)
        yield record_of(change, reasons)


def _on_sqlite(
    evolution: Evolution, identifier: str, losses: Sequence[Loss], gates: Sequence[Gate]
) -> tuple[Statements, Statements]:
    """SQLite's statements there and back; tables whose unknown rules may go are rebuilt without a look at those."""
    from schemagen.engines.sqlite.alter import sqlite_statements

    allowed = {loss.allow.removeprefix(RULES) for loss in losses if loss.allow.startswith(RULES)}
    there = sqlite_statements(evolution, identifier, allowed, gates)
    return there, sqlite_statements(evolution.back, f"{identifier} back")


def _purpose(evolution: Evolution) -> tuple[str, ...]:
    """What changes; of a table that is new, and all that is, what the header of a first build would say."""
    match evolution.changes:
        case [c.CreateTable(table)]:
            return table_header(table, evolution.new)
    return tuple(f"Change: {change.describe()}" for change in evolution.changes)


def _rebuilds(verdicts: Verdicts) -> Iterator[str]:
    """What a rebuild costs, for the header of SQLite's migration."""
    if verdicts.rebuilt:
        names = ", ".join(verdicts.rebuilt)
        yield f"Rebuilds: {names}. Every row is copied aside and back, which takes room in the file and its one writer."


def _rewrites(evolution: Evolution, verdicts: Verdicts) -> Iterator[str]:
    """Who waits for a rewrite, for the header of PostgreSQL's migration."""
    from schemagen.engines.verdicts import OnPostgres

    meanwhile = {
        OnPostgres.REWRITES: "rewrites the table or its indexes",
        OnPostgres.READS: "reads its partitions for what is new",
    }
    for verdict, work in meanwhile.items():
        found = [
            change.new.name
            for change in evolution.altered
            if any(verdicts.on_postgres(change, part) is verdict for part in change.parts)
        ]
        if found:
            yield f"Locks: {', '.join(found)}. Nobody reads or writes while PostgreSQL {work}."


def _unkept(verdicts: Verdicts, second: str) -> Iterator[str]:
    """What is not enforced between the two migrations, for the header of the first."""
    names = [f"{name} of {table}" for table, listed in verdicts.unkept.items() for name in listed]
    if names:
        yield f"Not enforced until {second} has run: {', '.join(names)}."


def _online_parts(evolution: Evolution, verdicts: Verdicts) -> Iterator[c.AlterTable]:
    """Those parts of the changes that are made, or finished, outside a transaction."""
    from schemagen.engines.verdicts import OnPostgres

    for change in evolution.altered:
        online = {OnPostgres.ONLINE, OnPostgres.UNKEPT}
        parts = [part for part in change.parts if verdicts.on_postgres(change, part) in online]
        if parts:
            yield replace(change, parts=tuple(parts))


def _refused_inserts(evolution: Evolution) -> Iterator[str]:
    """What an application of before can no longer do, for the header of the second migration."""
    found = [
        f"{change.new.name}.{column.name}"
        for change in evolution.altered
        for column in change.new.columns
        if not column.nullable and column.default is None and not (column.generated or column.identity)
        if _is_required_from_now(change, column)
    ]
    if found:
        yield f"Refused from here on: an INSERT that gives {', '.join(found)} no value. Deploy what does before."


def _is_required_from_now(change: c.AlterTable, column: Column) -> bool:
    """Whether a column that has to have a value is new, or could be NULL before."""
    was = dict(change.columns).get(column.name)
    if was is None:
        return column.backfill is not None
    return change.old.column(was).nullable and not change.proof_of_not_null(column.name)


def _said(purpose: tuple[str, ...], statements: tuple[Statement, ...], costs: Iterable[str]) -> tuple[str, ...]:
    if not statements:
        return (*purpose, "Nothing to do here: this engine's catalog stays as it is.")
    return (*purpose, *costs)


def _online(number: int, name: str, statements: Statements, evolution: Evolution, verdicts: Verdicts) -> Step:
    name = f"{name}{ONLINE}"
    finished = tuple(map(record_of, _online_parts(evolution, verdicts)))
    undone = "Its rollback is that of the migration before it, which undoes both."
    return Step(
        Migration(
            number=number,
            name=name,
            dialect="sqlite",
            statements=(),
            rollback=(),
            header=("Nothing to do: SQLite has done everything in the migration before this one.",),
            altering=True,
        ),
        Migration(
            number=number,
            name=name,
            dialect="postgres",
            statements=begun_online(statements),
            rollback=(),
            header=(
                *(f"Change: {change.text}" for change in finished),
                "Purpose: what may take long, while others read and write. Run it again if it is interrupted.",
                *_refused_inserts(evolution),
                undone,
            ),
            transactional=False,
            altering=True,
        ),
        tuple(replace(change, text=f"online: {change.text}") for change in finished)
        or (ChangeRecord("online: constraints and indexes that read what has changed"),),
    )


def step_name(evolution: Evolution) -> str:
    """What the step does, in lower_snake_case: ``add_messages_tokens``, ``create_tags``, ``alter_messages``."""
    changes = evolution.changes
    if evolution.types and isinstance(changes[0], AlterType) and len(evolution.types) == 1:
        changes = changes[:1]  # the columns that are declared by it follow
    if len(changes) == 2 and isinstance(changes[0], c.RenameTable) and isinstance(changes[1], c.AlterTable):  # noqa: PLR2004
        changes = changes[:1]
    if len(changes) > 1:
        kinds = {type(change) for change in changes}
        if kinds == {c.CreateTable}:
            return "create_tables"
        return "change_schema"
    return snake_case(bounded_name(*_words(changes[0])))[:MAX_NAME].rstrip("_")


def _words(change: c.Change) -> tuple[str, ...]:  # noqa: PLR0911  (a table of cases)
    if isinstance(change, Surroundings | MoveType):
        return (*change.describe().split()[:2], change.name)
    match change:
        case c.CreateTable(table):
            return ("create", table.key)
        case c.DropTable(table):
            return ("drop", table.key)
        case c.RenameTable(old, new):
            return ("rename", old, "to", new)
        case CreateType(type_) | DropType(type_):
            return (change.describe().partition(" ")[0], "type", type_.name)
        case CreateDomain() | DropDomain() | AlterDomain():
            return tuple(change.describe().partition(":")[0].partition(" (")[0].split())
        case AlterType(new=type_):
            return ("alter", "type", type_.name)
        case CreateAttached() | ChangeAttached() | DropAttached():
            return tuple(change.describe().split())
    return _words_of_table(change)


def _words_of_table(change: c.AlterTable) -> tuple[str, ...]:  # noqa: PLR0911  (a table of cases)
    name = change.new.key
    match [part for part in change.parts if not isinstance(part, _INCIDENTAL)]:
        case [c.AddColumn(column)]:
            return ("add", name, column.key)
        case [c.DropColumn(column)]:
            return ("drop", name, column.key)
        case [c.RenameColumn(_, new)]:
            return ("rename", name, new)
        case [c.AlterColumn(_, column)]:
            return ("alter", name, column.key)
        case [c.DropConstraint(before), c.AddConstraint(after)] if before.name == after.name:
            return ("change", after.name)
        case [c.ChangeState(_, rule) as part]:
            return ("validate" if part.is_validated else "change", rule.name)
        case [c.AddConstraint(part) | c.AddIndex(part)]:
            return ("add", part.name)
        case [c.DropConstraint(part) | c.DropIndex(part)]:
            return ("drop", part.name)
        case [c.ChangePlace()]:
            return ("move", name)
    return ("alter", name)


_INCIDENTAL = (c.AddTrigger, c.DropTrigger, c.RenameConstraint)
