"""Rules of an imported database of SQLite that its specs do not say: they last until their table is recreated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemagen.changes.diff import Evolution
    from schemagen.migrations.lock import Lock


def of_rebuilt(base: Lock, evolution: Evolution) -> dict[str, tuple[str, ...]]:
    """What the import left out of the tables that SQLite recreates, by their old names."""
    if not base.left_out:
        return {}
    from schemagen.engines.sqlite.alter import rebuilt_tables  # no work for who has imported nothing

    rebuilt = {evolution.renames.old_table(name) for name in rebuilt_tables(evolution)}
    return {table: rules for table, rules in base.left_out if table in rebuilt}


def still_left_out(base: Lock, evolution: Evolution) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is left out of the tables that are not recreated, by their new names."""
    if not base.left_out:
        return ()
    gone = of_rebuilt(base, evolution)
    names = {evolution.renames.continued_table(table.name, base.schema): table.name for table in evolution.new.tables}
    return tuple((names[table], rules) for table, rules in base.left_out if table in names and table not in gone)
