"""Sections 1 to n: one table each, with fields, constraints, indexes, deletes, rules, notes and example rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import code_span, markdown, markdown_code
from schemagen.engines.standard import is_enclosed
from schemagen.schema.model import LiteralDefault
from schemagen.schema.owners import SETTING
from schemagen.schema.triggers import rules_of
from schemagen.targets.docs import words
from schemagen.targets.docs.markdown import bullets, codes, fence, joined, sentence, table
from schemagen.targets.docs.notes import Note, phase_of, shapes, table_notes
from schemagen.targets.docs.overview import heading_of

if TYPE_CHECKING:
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, Document, ForeignKey, Table
    from schemagen.targets.docs.overview import Overview


@dataclass(frozen=True, slots=True)
class TableSection:
    """A table's section in finished Markdown; what does not apply is empty."""

    heading: str
    description: str
    facts: str
    fields: str
    constraints: str
    indexes: str
    deletes: str
    rules: str
    notes: tuple[Note, ...]
    example_count: int
    examples: str
    example_defaults: str


def table_section(subject: Table, number: int, document: Document, overview: Overview) -> TableSection:
    """Everything that the document says of one table in its own section."""
    schema = overview.schema
    return TableSection(
        heading=heading_of(number, subject),
        description=sentence(subject.description),
        facts=_facts(subject, document),
        fields=_fields(subject, document, overview),
        constraints=bullets(_constraints(subject, document, overview)),
        indexes=_indexes(subject, overview),
        deletes=bullets(overview.deletes[subject.name]),
        rules=bullets(words.trigger_sentence(trigger, schema) for trigger in rules_of(subject)),
        notes=(*shapes(subject), *table_notes(subject)),
        example_count=len(subject.examples),
        examples=_examples(subject),
        example_defaults=_example_defaults(subject),
    )


def _ownership(subject: Table) -> list[str]:
    if not subject.owner:
        return []
    whose = f"Each row belongs to the owner in {codes([subject.owner])}"
    there = f"a transaction of PostgreSQL sees and changes those of the owner that it sets (`{SETTING}`) alone"
    return [f"{whose}: {there}. On SQLite the queries compare it."]


def _facts(subject: Table, document: Document) -> str:
    facts = []
    if phase := phase_of(subject, document.notes):
        facts.append(f"{'' if 'phase' in phase.lower() else 'Phase: '}{sentence(phase)}")
    if subject.class_name:
        facts.append(f"Model: `{subject.class_name}`.")
    if subject.spec_key:
        facts.append(f"In the specs: `{subject.key}`.")
    if volume := subject.volume:
        growth = f", {volume.growth_per_month:,} more each month" if volume.growth_per_month else ""
        facts.append(f"Expected rows: {volume.rows:,}{growth}.")
    facts += _ownership(subject)
    if subject.append_only:
        facts.append("Append-only, and no row is deleted." if subject.keeps_rows else "Append-only.")
    if by := subject.partition:
        facts.append(f"Partitioned on PostgreSQL by {words.division(by)}.")
    if subject.group:
        facts.append(f"Group: {sentence(subject.group)}")
    if subject.team:
        facts.append(f"Team: {sentence(subject.team)}")
    if subject.tags:
        facts.append(f"Tags: {codes(subject.tags)}.")
    return " ".join(facts)


def _fields(subject: Table, document: Document, overview: Overview) -> str:
    keys: dict[str, list[ForeignKey]] = {}
    for key in subject.foreign_keys:
        for name in key.columns:
            keys.setdefault(name, []).append(key)
    single = {unique.columns[0] for unique in subject.uniques if len(unique.columns) == 1}
    primary = subject.primary_key.columns if subject.primary_key else ()
    rows = []
    for column in subject.columns:
        marks = _key_marks(column, primary, single)
        marks += _value_marks(column, overview)
        marks += [_reference_mark(column.name, key, document, overview) for key in keys.get(column.name, ())]
        purpose = _purpose(column, column.name in primary, keys.get(column.name, []))
        called = f", `{column.key}` in specs and models" if column.spec_key else ""
        rows.append((f"`{column.name}`{called}", _type_cell(column), ", ".join(marks), purpose))
    return table(("Field", "Type", "Constraints", "Purpose"), rows)


def _type_cell(column: Column) -> str:
    return "`enum`" if column.type.keyword == "enum" else markdown_code(str(column.type))


def _key_marks(column: Column, primary: tuple[str, ...], single: set[str]) -> list[str]:
    marks = []
    if column.name in primary:
        marks.append("PRIMARY KEY" if len(primary) == 1 else f"PRIMARY KEY ({codes(primary)})")
    else:
        marks.append("NULL" if column.nullable else "NOT NULL")
    if column.name in single:
        marks.append("UNIQUE")
    return marks


def _value_marks(column: Column, overview: Overview) -> list[str]:
    marks = []
    if default := words.default_words(column, overview.postgres):
        marks.append(default)
    if limit := words.limit_words(column):
        marks.append(limit)
    if column.collation:
        marks.append(f"COLLATE {markdown_code(column.collation)}")
    if column.immutable:
        marks.append("immutable")
    if column.on_row_update:
        marks.append(f"on row update {markdown_code(column.on_row_update.postgres or '')}")
    if column.tags:
        marks.append(f"tagged {codes(column.tags)}")
    return marks


def _reference_mark(name: str, key: ForeignKey, document: Document, overview: Overview) -> str:
    column = dict(zip(key.columns, key.parent_columns, strict=True))[name]
    others = [other for other in key.columns if other != name]
    together = f" together with {codes(others)}" if others else ""
    target = f"{overview.link_to(key.parent, document)} (`{column}`){together}"
    return f"REFERENCES {target} {words.on_actions(key)}" if key.enforced else f"refers to {target}, not enforced"


def _purpose(column: Column, primary: bool, keys: list[ForeignKey]) -> str:  # noqa: FBT001  (one fact of the row)
    text = sentence(column.description)
    if not text and keys:
        text = f"The {words.spaced(keys[0].parent)} row it belongs to."
    if not text and primary:
        text = "Identifies the row."
    if column.external_reference:
        text += f" Refers to {markdown(column.external_reference)}, outside this database: no foreign key."
    return text.strip()


def _constraints(subject: Table, document: Document, overview: Overview) -> list[str]:
    key = subject.primary_key
    lines = [f"Primary key `{key.name}`: {codes(key.columns)}." if key else "No primary key: two rows may be equal."]
    for unique in subject.uniques:
        together = "are unique together" if len(unique.columns) > 1 else "is unique"
        together += "" if unique.nulls_distinct else ", NULL being a value like others"
        lines.append(
            f"Unique `{unique.name}`: {codes(unique.columns)} {together}. {sentence(unique.description)}".rstrip()
        )
    for foreign in subject.foreign_keys:
        target = f"{overview.link_to(foreign.parent, document)} ({codes(foreign.parent_columns)})"
        rule = words.on_actions(foreign) if foreign.enforced else "documented, not enforced"
        text = f"Foreign key `{foreign.name}`: {codes(foreign.columns)} → {target}, {rule}."
        lines.append(f"{text} {sentence(foreign.description)}".rstrip())
    lines += [words.check_sentence(check) for check in subject.checks]
    limited = [(column, words.limit_words(column)) for column in subject.columns]
    lines += [f"Values of `{column.name}`: {limit}." for column, limit in limited if limit]
    return lines


def index_columns(index: Index, overview: Overview) -> str:
    """The elements of an index as code, with its condition and its included columns, as a cell."""
    engine = overview.sqlite if index.only == "sqlite" else overview.postgres
    shown = [engine.index_element(element) for element in index.elements]
    text = ", ".join(each[1:-1] if is_enclosed(each) else each for each in shown)
    cell = markdown_code(text)
    if index.where and (condition := index.where.postgres or index.where.sqlite):
        cell += f" where {markdown_code(condition)}"
    return cell + (f" including {codes(index.include)}" if index.include else "")


def _indexes(subject: Table, overview: Overview) -> str:
    rows = [
        (
            f"`{index.name}`",
            index_columns(index, overview),
            words.index_kind(index),
            index_purpose(subject, index, overview),
        )
        for index in subject.indexes
    ]
    return table(("Index", "Columns", "Kind", "Purpose"), rows) if rows else ""


def index_purpose(subject: Table, index: Index, overview: Overview) -> str:
    """What an index is for: its description, its reason, and the queries that use it, as a cell."""
    parts = [sentence(index.description), sentence(index.reason)]
    if queries := overview.used_by.get((subject.name, index.name)):
        parts.append(f"Serves {joined([f'`{query.name}`' for query in queries])}.")
    return " ".join(filter(None, parts))


def _examples(subject: Table) -> str:
    if not subject.examples:
        return ""
    rows = [dict(example.values) for example in subject.examples]
    order = {column.name: place for place, column in enumerate(subject.columns)}
    ordered = [dict(sorted(row.items(), key=lambda pair: order.get(pair[0], len(order)))) for row in rows]
    value = ordered[0] if len(ordered) == 1 else ordered
    return fence("json", json.dumps(value, ensure_ascii=False, indent=2))


def _example_defaults(subject: Table) -> str:
    if not subject.examples:
        return ""
    given = {name for example in subject.examples for name, _ in example.values}
    parts = []
    for column in subject.columns:
        if column.name in given:
            continue
        if isinstance(column.default, LiteralDefault):
            parts.append(
                f"`{column.name}` its default {code_span(json.dumps(column.default.value, ensure_ascii=False))}"
            )
        elif column.default and column.default.postgres:
            parts.append(f"`{column.name}` the value of {code_span(column.default.postgres)}")
        elif column.generated or column.identity:
            parts.append(f"`{column.name}` what the database makes")
        else:
            parts.append(f"`{column.name}` NULL")
    return f"Left out, and so filled by the database: {joined(parts)}." if parts else ""
