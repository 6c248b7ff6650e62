"""Keys of the specs → names of the database, in all that names tables and columns; SQL says the names itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.schema.index import Index
    from schemagen.schema.model import Example, ForeignKey, Table


def with_database_names(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Tables by key → by name, with every reference to a table or a column under the database's name.

    Args:
        tables: whose columns have their names already, and whose keys, indexes and examples speak of keys.
    """
    columns = {
        key: {column.key: column.name for column in table.columns if column.spec_key} for key, table in tables.items()
    }
    called = {key: table.name for key, table in tables.items()}
    changed = {key for key, table in tables.items() if table.spec_key or columns[key]}
    if not changed:
        return dict(tables)
    return {
        table.name: _Names(key, called, columns).of(table)
        if key in changed or any(each.parent in changed for each in table.foreign_keys)
        else table
        for key, table in tables.items()
    }


class _Names:
    """The names that one table speaks of."""

    def __init__(self, key: str, called: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]) -> None:
        self._key = key
        self._called = called
        self._columns = columns

    def of(self, table: Table) -> Table:
        """The table with all of them."""
        key, by = table.primary_key, table.partition
        return replace(
            table,
            primary_key=key and replace(key, columns=self._own(key.columns)),
            foreign_keys=tuple(map(self._foreign_key, table.foreign_keys)),
            uniques=tuple(replace(unique, columns=self._own(unique.columns)) for unique in table.uniques),
            indexes=tuple(map(self._index, table.indexes)),
            sqlite=replace(
                table.sqlite,
                on_conflict=tuple(replace(rule, columns=self._own(rule.columns)) for rule in table.sqlite.on_conflict),
            ),
            examples=tuple(map(self._example, table.examples)),
            partition=by and replace(by, columns=self._own(by.columns)),
            owner=self._own((table.owner,))[0],
        )

    def _own(self, keys: Iterable[str]) -> tuple[str, ...]:
        return self._of(self._key, keys)

    def _of(self, table: str, keys: Iterable[str]) -> tuple[str, ...]:
        names = self._columns.get(table, {})
        return tuple(names.get(key, key) for key in keys)

    def _foreign_key(self, key: ForeignKey) -> ForeignKey:
        return replace(
            key,
            columns=self._own(key.columns),
            parent=self._called.get(key.parent, key.parent),
            parent_columns=self._of(key.parent, key.parent_columns),
            touch=key.touch and self._of(key.parent, (key.touch,))[0],
            set_null=self._own(key.set_null),
        )

    def _index(self, index: Index) -> Index:
        elements = tuple(
            replace(element, column=self._own((element.column,))[0]) if element.column is not None else element
            for element in index.elements
        )
        return replace(index, elements=elements, include=self._own(index.include))

    def _example(self, example: Example) -> Example:
        names = self._columns.get(self._key, {})
        return replace(example, values=tuple((names.get(key, key), value) for key, value in example.values))
