"""The migrations guide: what each migration makes, in which order, how to run it, check it and go back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from posixpath import dirname
from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.base.escape import markdown, sql_string
from schemagen.base.render import environment
from schemagen.base.tree import PLAIN
from schemagen.changes.records import TableCreated
from schemagen.schema.model import Action
from schemagen.schema.places import in_postgres
from schemagen.schema.triggers import rules_of
from schemagen.schema.types import JsonType, Uuid

from . import notes, words
from .markdown import bullets, codes, fence, joined, link, numbered, sentence, shortened
from .notes import Note
from .overview import migration_file, overview
from .sections.tables import index_columns, index_purpose
from .tree import dependency_tree, depends_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from schemagen.base.tree import Tree
    from schemagen.changes.migration import Step
    from schemagen.schema.model import ForeignKey, Schema, Table

    from .overview import Overview

PATH = "migrations/README.md"
TEMPLATE = "docs/guide.md.jinja"

MANY_TABLES = 20
"""From so many tables on the guide names the files of a migration and does not repeat their SQL."""

_CREATE_TABLE = re.compile(r"\s*CREATE\s+TABLE\b", re.IGNORECASE)

_NO_PHASE = "Other migrations"


@dataclass(frozen=True, slots=True)
class Entry:
    """One migration in finished Markdown."""

    heading: str
    purpose: str
    files: str
    made: str
    schema: str
    parts: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The migrations of one phase."""

    title: str
    entries: tuple[Entry, ...]
    order: str


@dataclass(frozen=True, slots=True)
class History:
    """The steps, and which of them created which table."""

    steps: tuple[Step, ...]
    created: dict[str, Table]
    """By the identifier of a step that creates one table."""
    creator: dict[str, Step]
    """By the table's name."""
    phases: dict[str, str]
    """By the table's name; empty for a table without a phase."""


def render(schema: Schema, history: Sequence[Step], tree: Tree = PLAIN) -> dict[str, str]:
    """Write the migrations guide.

    Args:
        schema: the resolved schema, after the last step.
        history: every step from the first on.
        tree: where what it links to lies, and how the models are imported.

    Returns:
        The text of ``migrations/README.md`` by its path.
    """
    known = overview(schema, history, tree)
    past = _history(schema, history)
    text = (
        environment()
        .get_template(TEMPLATE)
        .render(
            overview=_overview_text(schema, past),
            order=numbered(_order_line(step, past, schema) for step in past.steps),
            groups=_groups(past, known),
            tables=codes(sorted(table.name for table in schema.tables)),
            postgres_tables=codes(sorted(in_postgres(table.name) for table in schema.tables)),
            schemas=", ".join(map(sql_string, schema.schemas)),
            describes=_commands("\\d {}", schema, known.postgres.quote),
            reads=_commands("SELECT * FROM {} LIMIT 0;", schema, known.postgres.quote),
            sqlite_reads=_commands("SELECT * FROM {} LIMIT 0;", schema, known.sqlite.quote),
            dependencies=fence(
                "text", dependency_tree(schema, {name: f"{step.number:03d}" for name, step in past.creator.items()})
            ),
            decisions=_decisions(schema),
            outside=_outside_transactions(history),
            documents=bullets(_document_line(each.name, each.title, tree) for each in schema.documents),
            tree=tree,
            path=PATH,
            alembic=dirname(tree.way(tree.alembic_ini, PATH)),
        )
    )
    return {PATH: text.rstrip("\n") + "\n"}


def _history(schema: Schema, steps: Sequence[Step]) -> History:
    notes_of = {document.name: document.notes for document in schema.documents}
    created: dict[str, Table] = {}
    creator: dict[str, Step] = {}
    for step in steps:
        names = [change.effect.table for change in step.changes if isinstance(change.effect, TableCreated)]
        known = [name for name in names if name in schema.by_name]
        creator.update(dict.fromkeys(known, step))
        if len(known) == 1:
            created[step.identifier] = schema.table(known[0])
    phases = {table.name: notes.phase_of(table, notes_of.get(table.document, ())) for table in schema.tables}
    return History(tuple(steps), created, creator, phases)


def _overview_text(schema: Schema, past: History) -> str:
    titles = joined([markdown(document.title) for document in schema.documents if document.title])
    about = f" for: {titles}" if titles else ""
    return (
        f"This folder holds {counted(len(past.steps), 'migration')} building the complete schema{about} "
        f"({counted(len(schema.tables), 'table')}). Every number has a file for PostgreSQL and one for SQLite that do "
        "the same, and a rollback for each."
    )


def _order_line(step: Step, past: History, schema: Schema) -> str:
    table = past.created.get(step.identifier)
    if table is None:
        reported = " ".join(sentence(change.text) for change in step.changes) or "Changes what earlier migrations made."
        return f"`{step.identifier}`: {reported} (Depends on all before it.)"
    reported = sentence(table.description) or f"Creates `{table.name}`."
    return f"`{step.identifier}`: {reported} ({_dependency(table, past, schema)}.)"


def _dependency(table: Table, past: History, schema: Schema) -> str:
    parents = [f"`{past.creator[name].identifier}`" for name in depends_on(table, schema) if name in past.creator]
    return f"Depends on {joined(parents)}" if parents else "No dependencies"


def _groups(past: History, known: Overview) -> tuple[Group, ...]:
    found: dict[str, list[Step]] = {}
    for step in past.steps:
        table = past.created.get(step.identifier)
        found.setdefault(past.phases[table.name] if table else "", []).append(step)
    unnamed = _NO_PHASE if len(found) > 1 else "All migrations"
    return tuple(
        Group(
            markdown(phase) or unnamed,
            tuple(_entry(step, past, known) for step in steps),
            bullets(_execution_line(step, past, known.schema) for step in steps),
        )
        for phase, steps in found.items()
    )


def _execution_line(step: Step, past: History, schema: Schema) -> str:
    table = past.created.get(step.identifier)
    if table is None:
        return f"{step.number:03d}: `{step.name}` (after all before it)"
    numbers = [f"{past.creator[name].number:03d}" for name in depends_on(table, schema) if name in past.creator]
    return f"{step.number:03d}: `{table.name}` ({f'depends on {joined(numbers)}' if numbers else 'no dependencies'})"


def _entry(step: Step, past: History, known: Overview) -> Entry:
    table = past.created.get(step.identifier)
    way = partial(known.tree.relative, source=PATH)
    files = joined([link(engine.title, way(migration_file(step, engine.name))) for engine in known.dialects])
    if table is None:
        purpose = " ".join(sentence(change.text) for change in step.changes) or "Changes what earlier migrations made."
        return Entry(step.identifier, purpose, files, "", "", _losses(step))
    sql = _table_sql(step) if len(known.schema.tables) < MANY_TABLES else ""
    made = f"`{table.name}`: {sentence(table.description) or f'one row is one {words.noun(table)}.'}"
    purpose = sentence(table.description) or f"Creates the table `{table.name}`."
    if home := known.homes.get(table.name):
        path = way(f"docs/{home.document}.md")
        files += f"; described in {link('its document', f'{path}#{home.anchor}')}"
    return Entry(step.identifier, purpose, files, made, fence("sql", sql) if sql else "", _parts(table, step, known))


def _table_sql(step: Step) -> str:
    return "\n\n".join(f"{item.sql};" for item in step.postgres.statements if _CREATE_TABLE.match(item.sql))


def _losses(step: Step) -> tuple[Note, ...]:
    lost = list(dict.fromkeys((*step.sqlite.losses, *step.postgres.losses)))
    return (Note("What is lost", bullets(map(sentence, lost))),) if lost else ()


def _parts(table: Table, step: Step, known: Overview) -> tuple[Note, ...]:
    schema = known.schema
    later = list(
        dict.fromkeys(other.identifier for other, _ in known.changes.get(table.name, ()) if other.number > step.number)
    )
    rules = [words.trigger_sentence(trigger, schema) for trigger in rules_of(table)]
    indexes = [
        f"`{index.name}` on {index_columns(index, known)}. {index_purpose(table, index, known)}".rstrip()
        for index in table.indexes
    ]
    parts = [
        Note("Changed later by", codes(later)),
        Note("Indexes", bullets(indexes) or "- None besides those of its keys."),
        Note("Security", bullets(_noted(table, "security"))),
        Note("Performance", bullets((*_noted(table, "performance"), *_targets(table, known)))),
        Note("Persistence", bullets(_noted(table, "persistence"))),
        Note("Audit trail", bullets(_noted(table, "audit"))),
        Note("Rules kept by triggers", bullets(rules)),
        Note("Foreign keys", bullets(map(_key_line, table.foreign_keys)) or "- None: it depends on no other table."),
        Note("Referenced by", bullets(_referenced_by(table, schema)) or "- No other table."),
    ]
    return tuple(part for part in parts if part.body)


def _noted(table: Table, key: str) -> Iterable[str]:
    return map(sentence, table.note(key)) if table.notes else ()


def _targets(table: Table, known: Overview) -> list[str]:
    """The documented queries that an index or key of the table serves."""
    names = [index.name for index in table.indexes] + [unique.name for unique in table.uniques]
    if table.primary_key:
        names.append(table.primary_key.name)
    return [
        f"{codes([name])} serves {codes(query.name for query in queries)}."
        for name in names
        if (queries := known.used_by.get((table.name, name)))
    ]


def _key_line(key: ForeignKey) -> str:
    rule = words.on_actions(key) if key.enforced else "not enforced"
    return f"{codes(key.columns)} → `{words.reference(key)}` ({rule})"


def _referenced_by(table: Table, schema: Schema) -> list[str]:
    return [
        f"`{child.name}` by {codes(key.columns)} ({f'on delete {key.deletion}' if key.enforced else 'not enforced'})"
        for child, key in schema.children(table.name)
    ]


def _commands(form: str, schema: Schema, quote: Callable[[str], str]) -> str:
    return "\n".join(form.format(quote(table.name)) for table in schema.tables)


def _decisions(schema: Schema) -> tuple[Note, ...]:
    uuid = [table.name for table in schema.tables if _has_uuid_key(table)]
    identity = [table.name for table in schema.tables if any(column.identity for column in table.columns)]
    keys = [(table, key) for table in schema.tables for key in table.enforced_foreign_keys]
    cascades = [f"`{key.parent}` → `{table.name}`" for table, key in keys if key.on_delete is Action.CASCADE]
    composite = [f"`{index.name}`" for table in schema.tables for index in table.indexes if len(index.elements) > 1]
    json = [
        f"`{table.name}.{c.name}`" for table in schema.tables for c in table.columns if isinstance(c.type, JsonType)
    ]
    computed = [
        (
            "UUID primary keys",
            uuid and f"Not sequential, so not to be guessed, and unique across systems: {_some(uuid)}.",
        ),
        (
            "Identity primary keys",
            identity and f"Counted by the database, small and in order of insertion: {_some(identity)}.",
        ),
        (
            "Cascade delete",
            cascades and f"A delete takes its dependent rows along, so none is orphaned: {shortened(cascades)}.",
        ),
        ("Composite indexes", composite and f"One index filters and sorts: {shortened(composite)}."),
        (
            "JSON columns",
            json and f"For values whose shape varies; checked to be valid JSON on SQLite: {shortened(json)}.",
        ),
    ]
    found = [
        Note(
            "Separate migration files",
            "One file per table, so that a failure is easy to place and the order is easy to read.",
        )
    ]
    found += [Note(title, text) for title, text in computed if text]
    reported = [text for document in schema.documents for text in dict(document.notes).get("design_decisions", ())]
    lines = [sentence(text) for text in reported]
    lines += [
        f"`{table.name}`: {sentence(text)}"
        for table in schema.tables
        if table.notes
        for text in table.note("design_decisions")
    ]
    return (*found, Note("Decisions of the specs", bullets(lines))) if lines else tuple(found)


def _has_uuid_key(table: Table) -> bool:
    return table.primary_key is not None and any(
        isinstance(table.column(name).type, Uuid) for name in table.primary_key.columns
    )


def _some(names: Sequence[str]) -> str:
    return shortened([f"`{name}`" for name in names])


def _outside_transactions(history: Sequence[Step]) -> str:
    return codes(step.identifier for step in history if not (step.postgres.transactional and step.sqlite.transactional))


def _document_line(name: str, title: str, tree: Tree) -> str:
    path = tree.relative(f"docs/{name}.md", PATH)
    return link(markdown(title) or f"`{name}`", path)
