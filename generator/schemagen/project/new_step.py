"""The form of a new step: a spec file to fill in, with the tables in question as comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.changes import changes as c
from schemagen.changes.diff import evolve
from schemagen.changes.halves import between
from schemagen.changes.renames import renames_of
from schemagen.migrations.history import lock_content, read_history
from schemagen.migrations.next_build import chosen_name

from .pipeline import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemagen.changes.diff import Evolution
    from schemagen.schema.model import Table

    from .pipeline import Options

TAKEN = "SG429"
CANNOT_WRITE = "SG420"
NO_BUILD = "SG485"
FOLDER = "steps"

_FORM = """\
    description: ""

    # One INSERT, UPDATE or DELETE in PostgreSQL's SQL, a list of them, or {postgres: …, sqlite: …}.
    # Run a second time it changes nothing: NOT EXISTS, ON CONFLICT, or a WHERE that its own effect makes false.
    up:

    # The rows for which it is still to be done; nothing that it reads is dropped while there are some.
    # done: SELECT …

    # What takes it back, or `none`.
    down: none

    # Rows before and after it, which `schemagen verify` tries on both engines.
    # proof:
    #   given: {TABLE: [{COLUMN: value}]}
    #   then:  {TABLE: [{COLUMN: value}]}
"""


def new_step(options: Options, name: str) -> Path:
    """Write the form of a step, in a spec file of its own.

    Returns:
        The file.

    Raises:
        SchemagenError: SG445 for what is not a name, SG429 for one that is taken, SG485 before the first build, and
            with every mistake in the specs.
    """
    step = chosen_name(name)
    loaded = load(options)
    if loaded.failed:
        raise SchemagenError(loaded.diagnostics, loaded.sources)
    base = read_history(options.tree, lock_content(options.tree))
    if base is None:
        raise _failure(NO_BUILD, f"{options.output} holds no build", "a step changes rows: build the tables first")
    file = options.specs / FOLDER / f"{step}.yaml"
    known = {record.name for record in base.steps} | {own.name for own in loaded.steps}
    if step in known or file.exists():
        raise _failure(TAKEN, f"there is a step `{step}` already", "choose another name")
    evolution = evolve(base.schema, loaded.schema, renames_of(base.schema, loaded.schema))
    text = "\n".join(["schemagen: 1", *_tables(evolution), "steps:", f"  {step}:", _FORM])
    try:
        file.parent.mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except OSError as error:
        raise _failure(CANNOT_WRITE, f"{file} cannot be written: {error.strerror}", "make room for it") from error
    return file


def _tables(evolution: Evolution) -> Iterator[str]:
    """The tables that change, as the step finds them; all of them where none does."""
    there = between(evolution)
    names = {change.new.name for change in evolution.altered} | {table.name for table in evolution.created}
    names |= there.by_name.keys() - evolution.new.by_name.keys()
    yield "# What the step finds; what is dropped goes after it."
    for table in there.tables:
        if table.name in names or not names:
            yield f"#   {table.name}{_fate(table, evolution)}: {', '.join(_columns(table, evolution))}"


def _fate(table: Table, evolution: Evolution) -> str:
    if table.name not in evolution.new.by_name:
        return " (dropped)"
    return " (new)" if table in evolution.created else ""


def _columns(table: Table, evolution: Evolution) -> Iterator[str]:
    change = next((one for one in evolution.altered if one.new.name == table.name), None)
    parts = change.parts if change else ()
    added = {part.column.name for part in parts if isinstance(part, c.AddColumn)}
    new = evolution.new.by_name.get(table.name)
    for column in table.columns:
        is_dropped = change is not None and new is not None and column.name not in new.by_name
        fate = " (new)" if column.name in added else " (dropped)" if is_dropped else ""
        yield f"{column.name} {column.type.described}{fate}"


def _failure(code: str, message: str, hint: str) -> SchemagenError:
    return SchemagenError([Diagnostic(code, message, hint=hint)])
