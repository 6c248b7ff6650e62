"""Constraints: a valid row is accepted, and the same row with one thing wrong is refused for that reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.changes.renames import mentions
from schemagen.databases.memory import insert
from schemagen.databases.refusals import Cause
from schemagen.databases.values import comparable, select
from schemagen.datagen.mentions import sources
from schemagen.datagen.references import refers
from schemagen.datagen.test_rows import key_of
from schemagen.datagen.unique_keys import unique_keys
from schemagen.datagen.violations import Rule
from schemagen.engines.sqlite.types import is_row_number
from schemagen.schema import types as t
from schemagen.schema.conflicts import REFUSING
from schemagen.schema.places import local_name
from schemagen.verify.dependent_rows import insert_all, inserts, judge_refusal, set_by_triggers
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.databases.memory import Row
    from schemagen.databases.refusals import Refusal
    from schemagen.databases.scratch import Database
    from schemagen.datagen.violations import ConstraintCase, Violation
    from schemagen.engines.base import Dialect
    from schemagen.schema.conflicts import ConflictRule
    from schemagen.schema.model import Check, Schema, Table
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section


def prove_constraints(context: ProofContext, database: Database) -> None:
    """Try every table's rows by SQL, and the valid one through its model too."""
    with context.section(Claim.CONSTRAINTS) as section:
        cases = []
        for case in context.sample_rows.cases:
            with database.scratch():
                cases += [case] if _prove_case(context, database, case, section) else []
            for name in case.unproved:
                section.untried(f"{case.table.name}: no row was found that breaks {name} and nothing else")
        for name, reason in context.sample_rows.unfillable.items():
            section.untried(f"{name}: {reason}")
    with context.section(Claim.MODELS) as section:
        for case in cases:
            _prove_through_model(context, database, case, section)


def _prove_case(context: ProofContext, database: Database, case: ConstraintCase, section: Section) -> bool:
    """Whether the valid row is accepted."""
    table, dialect = case.table, database.dialect
    if not insert_all(context, database, case.before, section):
        return False
    for violation in case.violations:
        if rule := _tolerated(table, dialect, violation):
            section.remark(f"{table.name}: SQLite refuses no row that breaks {rule}")
            continue
        statement = insert(dialect, table, [violation.row])
        refusal = database.attempt(statement, context.schema, keep=False)
        _judge(section, table, dialect, violation, refusal, statement)
    _prove_guesses(context, database, case, section)
    statement = insert(dialect, table, [case.valid])
    refusal = database.attempt(statement, context.schema)
    if refusal:
        judge_refusal(section, table, refusal, statement)
        return False
    expected = _shown(context.schema, table, case.valid)
    seen = [row for row in map(_only(expected), database.rows(table)) if row == expected]
    section.equal(f"{table.name}, a valid row read back", [expected], seen[:1], statement)
    for violation in (one for one in case.after if not _tolerated(table, dialect, one)):
        statement = insert(dialect, table, [violation.row])
        _judge(section, table, dialect, violation, database.attempt(statement, context.schema), statement)
    return True


def _prove_guesses(context: ProofContext, database: Database, case: ConstraintCase, section: Section) -> None:
    """One of the rows that were made for a check of PostgreSQL alone is refused by it; which, only PostgreSQL knows."""
    for name, rows in case.guesses.items() if database.dialect.name == "postgres" else ():
        statements = (insert(database.dialect, case.table, [row]) for row in rows)
        refusals = (database.attempt(statement, context.schema, keep=False) for statement in statements)
        if any(refusal is not None and refusal.name == name for refusal in refusals):
            section.holds()
        else:
            section.untried(f"{case.table.name}: no row was found that breaks {name} and nothing else")


def _tolerated(table: Table, dialect: Dialect, violation: Violation) -> ConflictRule | None:
    """The rule of SQLite by which a row that breaks it is not an error, or undoes more than itself."""
    for rule in table.sqlite.on_conflict if dialect.name == "sqlite" else ():
        same = (
            violation.rule is Rule.NOT_NULL and rule.columns == (violation.name,)
            if rule.kind == "not null"
            else violation.rule is Rule.UNIQUE and set(rule.columns) <= set(violation.columns)
        )
        if same and rule.action not in REFUSING:
            return rule
    return None


def _judge(
    section: Section, table: Table, dialect: Dialect, violation: Violation, refusal: Refusal | None, statement: str
) -> None:
    context = f"{table.name}, {violation.rule} {violation.name}"
    causes = dict(_expected(table, dialect, violation))
    if not causes:
        return
    expected = " or ".join(
        f"refused by {cause} {' or '.join(sorted(names))}".strip() for cause, names in causes.items()
    )
    if refusal is None:
        section.fails(context, expected, "accepted", statement)
    elif refusal.cause not in causes or (causes[refusal.cause] and refusal.name not in causes[refusal.cause]):
        section.fails(context, expected, refusal.message, statement)
    else:
        section.holds()


def _made_of(table: Table, name: str) -> set[str]:
    """The generated columns that read a column: of several that are NULL, PostgreSQL names the first."""
    made = ((column.name, column.generated) for column in table.columns if column.generated)
    return {other for other, sql in made if name in sources(table, sql.sqlite or sql.postgres or "")}


def _expected(table: Table, dialect: Dialect, violation: Violation) -> Iterator[tuple[Cause, set[str]]]:
    """The causes that an engine may give, each with the names that it may say (none: it says none)."""
    columns = violation.columns
    on_postgres = dialect.name == "postgres"
    only_here = {check.name for check in table.checks if on_postgres and not _is_seen_by_sqlite(check, columns)}
    match violation.rule:
        case Rule.NOT_NULL if not (dialect.name == "sqlite" and is_row_number(table, table.column(violation.name))):
            names = {violation.name, *_made_of(table, violation.name)}
            if on_postgres and isinstance(table.column(violation.name).type, t.Native):
                names = set()  # a domain that refuses NULL names no column
            yield Cause.NOT_NULL, names | {f"{table.name}.{name}" for name in names}
        case Rule.LENGTH | Rule.ENUM:
            check = dialect.type_check(table, table.column(violation.name))
            if on_postgres and isinstance(table.column(violation.name).type, (t.Varchar, t.Char)):
                yield Cause.LENGTH, set()
            elif check:
                yield Cause.CHECK, {check.name} | only_here | violation.also
        case Rule.FOREIGN_KEY:
            alike = {key.name for key in table.enforced_foreign_keys if set(columns) <= set(key.columns)}
            yield Cause.FOREIGN_KEY, alike if on_postgres else set()
        case Rule.UNIQUE:
            keys = [key for key in unique_keys(table, dialect) if set(key.sources) <= set(columns)]
            if keys:
                yield (
                    Cause.UNIQUE,
                    {
                        local_name(key.name) if on_postgres else key.shown.removeprefix("index ").strip("'")
                        for key in keys
                    },
                )
        case Rule.CHECK if violation.name in {check.name for check in dialect.checks(table)}:
            yield Cause.CHECK, {violation.name} | only_here


def _is_seen_by_sqlite(check: Check, columns: Iterable[str]) -> bool:
    """Whether SQLite's text of a check reads the columns that PostgreSQL's text of it reads."""
    if check.sql.sqlite is None:
        return False
    return all(mentions(check.sql.sqlite, [name]) for name in columns if mentions(check.sql.postgres or "", [name]))


def _shown(schema: Schema, table: Table, row: Row) -> Row:
    """What is found of a row: not what triggers set where it is its own parent, and touches itself."""
    own = (key for key in table.foreign_keys if key.touch and key.parent == table.name)
    changing = set_by_triggers(schema, table) if any(refers(row, key, row) for key in own) else set[str]()
    return {c.name: row[c.name] for c in comparable(table) if c.name in row and c.name not in changing}


class _only:  # noqa: N801  (called like a function)
    """Picks the columns of another row out of each row."""

    def __init__(self, like: Row) -> None:
        self._names = tuple(like)

    def __call__(self, row: Row) -> Row:
        return {name: row[name] for name in self._names}


def _prove_through_model(context: ProofContext, database: Database, case: ConstraintCase, section: Section) -> None:
    """The valid row goes in through its model, and comes back equal through it and by SQL."""
    table = case.table
    columns = [column.name for column in comparable(table)]
    key = key_of(table, case.valid)
    before = inserts(context.schema, database.dialect, case.before)
    steps: list[dict[str, Any] | None] = [
        {"do": "sql", "texts": before},
        {"do": "add", "table": table.name, "row": case.valid},
        {"do": "settle"},
        {"do": "read", "table": table.name, "columns": columns} if columns else None,
        {"do": "rows", "table": table.name, "text": select(database.dialect, table, comparable(table))}
        if columns
        else None,
        {"do": "find", "table": table.name, "key": key} if key else None,
    ]
    listed = [step for step in steps if step]
    results = context.models.session(database.url, listed)
    expected = _shown(context.schema, table, case.valid)
    for step, result in zip(listed, results, strict=True):
        what = f"{table.name}, {_STEPS[str(step['do'])]}"
        if "error" in result:
            section.fails(what, "no error", result["error"], str(step.get("text", step.get("texts", ""))))
            return
        if step["do"] in {"read", "rows"}:
            seen = [row for row in map(_only(expected), result["value"]) if row == expected]
            section.equal(what, [expected], seen[:1] or result["value"][-1:])
        elif step["do"] == "find":
            section.equal(what, expected=True, seen=result["value"])
        else:
            section.holds()


_STEPS = {
    "sql": "the rows before it, by SQL",
    "add": "a valid row through the model",
    "settle": "the COMMIT after it",
    "read": "the row read through the model",
    "rows": "the model's row read by SQL",
    "find": "the row found by its key",
}


def prove_verdicts(context: ProofContext, database: Database) -> dict[str, list[Row]]:
    """Unusual rows are accepted or refused as the spec's checks say; what was accepted is returned, by table."""
    kept: dict[str, list[Row]] = {}
    with context.section(Claim.AGREEMENT) as section:
        for name, (before, trials) in context.sample_rows.trials.items():
            table = context.schema.table(name)
            with database.scratch():
                if not insert_all(context, database, before, section):
                    continue
                for row, verdict in trials:
                    statement = insert(database.dialect, table, [row])
                    refusal = database.attempt(statement, context.schema)
                    seen = refusal.message if refusal else "accepted"
                    if (verdict is None) != (refusal is None):
                        section.fails(f"{name}, a row", verdict or "accepted", seen, statement)
                    else:
                        section.holds()
                kept[name] = database.rows(table)
    return kept
