"""The docstring of a model: what the table is, and what the database does by itself."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from schemagen.base.escape import docstring, one_line
from schemagen.schema import types as t
from schemagen.schema.model import Action
from schemagen.targets.python_code import WIDTH

from .columns import is_told_the_time
from .types import python_default

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.schema.model import Column, Schema, Table

_PARENT_GOES = {
    Action.CASCADE: "Deleting a row of {parent} deletes its {table} ({columns}).",
    Action.SET_NULL: "Deleting a row of {parent} sets {columns} to NULL here.",
    Action.SET_DEFAULT: "Deleting a row of {parent} sets {columns} to its default here.",
    Action.RESTRICT: "A row of {parent} cannot be deleted while {columns} refers to it.",
    Action.NO_ACTION: "A row of {parent} cannot be deleted while {columns} refers to it.",
}


def class_docstring(table: Table, schema: Schema, *, indent: str) -> str:
    """The docstring with its quotes, laid out for the indentation of a class body."""
    facts = [*_writes(table), *_deletes(table, schema), *_notes(table)]
    return laid_out(summary(table), facts, indent=indent)


def summary(table: Table) -> str:
    """What a row of a table is, on one line."""
    return one_line(table.description) or f"A row of {table.name}."


def laid_out(first: str, facts: Iterable[str] = (), *, indent: str) -> str:
    """A docstring with its quotes: a sentence, and a list of facts below it."""
    width = WIDTH - len(indent)
    lines = wrap(first, width - len('"""'), break_long_words=False, break_on_hyphens=False)
    if not facts and len(lines) == 1 and len(first) + 6 > width:
        lines = wrap(first, width - 6, break_long_words=False, break_on_hyphens=False)  # no room for both quotes
    items = [
        line
        for fact in facts
        for line in wrap(f"- {fact}", width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    ]
    escaped = docstring("\n".join([*lines, "", *items] if items else lines)).split("\n")
    if len(escaped) == 1 and len(escaped[0]) + 6 <= width:
        return f'"""{escaped[0]}"""'
    return "\n".join([f'"""{escaped[0]}', *(indent + line if line else "" for line in escaped[1:]), f'{indent}"""'])


def _writes(table: Table) -> Iterator[str]:
    if table.append_only:
        yield f"Append-only: both engines refuse an UPDATE{' and a DELETE' if table.keeps_rows else ''}."
    immutable = [column.name for column in table.columns if column.immutable]
    if immutable:
        yield f"Written once, then refused by both engines: {_list(immutable)}."
    refreshed = [column.name for column in table.columns if column.on_row_update]
    if refreshed:
        by_clock = " (by the application's clock)" if any(map(is_told_the_time, table.columns)) else ""
        yield f"Refreshed by an UPDATE that leaves it unchanged{by_clock}: {_list(refreshed)}."
    filled = [column.name for column in table.columns if _is_filled(column)]
    if filled:
        yield f"Filled by the database where it is None at the INSERT: {_list(filled)}."
    held = [column for column in table.columns if isinstance(column.type, (t.JsonType, t.Array))]
    if unseen := [column.name for column in held if not column.track_changes]:
        yield f"A change inside a value is not noticed: assign a new one, or call `flag_modified`: {_list(unseen)}."
    if seen := [column.name for column in held if column.track_changes]:
        yield f"Changes inside a value are noticed, once its row was read or flushed: {_list(seen)}."


def _is_filled(column: Column) -> bool:
    has_default = column.default is not None and python_default(column) is None
    return column.identity or column.generated is not None or has_default


def _deletes(table: Table, schema: Schema) -> Iterator[str]:
    said: set[tuple[str, Action]] = set()
    for key in sorted(table.enforced_foreign_keys, key=lambda key: len(key.columns)):
        if len(key.columns) == 1 or (key.parent, key.on_delete) not in said:
            yield _PARENT_GOES[key.on_delete].format(parent=key.parent, table=table.name, columns=_list(key.emptied))
        said.add((key.parent, key.on_delete))
    children = [(child, key) for child, key in schema.children(table.name) if key.enforced]
    gone = dict.fromkeys(child.name for child, key in children if key.on_delete is Action.CASCADE)
    if gone:
        yield f"Deleting a row here deletes its {_list(gone)}."
    kept = dict.fromkeys(child.name for child, key in children if key.on_delete in {Action.RESTRICT, Action.NO_ACTION})
    if kept:
        yield f"A row here cannot be deleted while {_list(kept)} refer to it."
    for child, key in schema.children(table.name):
        if key.enforced and key.touch:
            yield f"Writing or deleting {child.name} sets {key.touch}: refresh an object that is already loaded."


def _notes(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.external_reference:
            yield f"{column.name} refers to {one_line(column.external_reference)}, not to a table."
        for shape in table.shape(column.name):
            yield f"Shape of {column.name}: {one_line(shape)}"
    for text in table.note("security"):
        yield f"Security: {one_line(text)}"


def _list(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
