"""Which rows of each table a statement asks for: all of them, some, or the first ones in an order."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.schema.places import Place, PlacedName, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlglot import exp


@dataclass(frozen=True, slots=True)
class WantedRows:
    """A statement seen as what it asks for of each table; of one that can't be parsed, some of every table."""

    tree: exp.Expr | None

    @classmethod
    def of(cls, statement: str, tables: Iterable[str] = ()) -> WantedRows:
        """Read a statement, in which ``tables`` may have the names that PostgreSQL has for them."""
        import sqlglot
        from sqlglot import exp

        for dialect in ("postgres", "sqlite"):  # SQLite alone has MATCH
            with suppress(sqlglot.errors.ParseError):
                tree = sqlglot.parse_one(statement, read=dialect)
                break
        else:
            return cls(None)
        placed = {place_of(name): name for name in tables if isinstance(name, PlacedName)}
        for node in tree.find_all(exp.Table) if placed else ():
            name = placed.get(Place(node.db, node.name))
            if name is not None:
                node.set("this", exp.to_identifier(str(name)))
        return cls(tree)

    def table(self, name: str) -> str:
        """The table that a statement calls by an alias, or the name itself."""
        from sqlglot import exp

        tables = self.tree.find_all(exp.Table) if self.tree else ()
        return next((table.name for table in tables if table.alias == name), name)

    def some_of(self, table: str) -> bool:
        """Whether it wants some rows of a table: where it is named, there is WHERE or LIMIT; FILTER is neither."""
        if self.tree is None:
            return True
        return any(part.args.get("where") or part.args.get("limit") for part in self._parts_with(table))

    def first_of(self, table: str) -> bool:
        """Whether a SELECT of the table wants the first rows in an order, or any rows up to a number."""
        return any(
            part.args.get("limit") and (part.args.get("order") or not part.args.get("where"))
            for part in self._parts_with(table)
        )

    @property
    def is_ordered(self) -> bool:
        """Whether there is any ORDER BY."""
        from sqlglot import exp

        return self.tree is not None and self.tree.find(exp.Order) is not None

    def extreme_of(self, key: tuple[str, ...]) -> bool:
        """Whether it asks for the least or the greatest value of a key of one column."""
        from sqlglot import exp

        found = self.tree.find_all(exp.Min, exp.Max) if self.tree else ()
        return any(isinstance(one.this, exp.Column) and (one.this.name,) == key for one in found)

    def _parts_with(self, table: str) -> Iterator[exp.Expr]:
        """The statement and its SELECTs that name a table as what they read."""
        from sqlglot import exp

        if self.tree is None:
            return
        for part in (self.tree, *self.tree.find_all(exp.Select)):
            sources = [part.args.get("this"), part.args.get("from_"), *(part.args.get("joins") or [])]
            if any(each.name == table for source in sources if source for each in source.find_all(exp.Table)):
                yield part
