"""Which columns a name can mean at one place of a statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import SqlError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.schema.model import Table
    from schemagen.schema.types import Type


@dataclass(frozen=True, slots=True)
class Field:
    """A column as a statement sees it: its type (None while unknown), and whether it may be NULL here.

    ``refreshed`` is one that a trigger sets after an UPDATE.
    """

    type: Type | None
    nullable: bool = True
    refreshed: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, a common table expression or a derived table under the name that the statement gives it."""

    name: str
    fields: Mapping[str, Field]
    table: Table | None = None
    """The table of the schema that it is, if it is one."""

    def optional(self) -> Relation:
        """The same on the outer side of a join, where every column may be NULL."""
        return Relation(self.name, {name: Field(f.type) for name, f in self.fields.items()}, self.table)


@dataclass(slots=True)
class Scope:
    """The relations of one SELECT, and the scope around it."""

    relations: list[Relation] = field(default_factory=list)
    parent: Scope | None = None
    merged: set[str] = field(default_factory=set)
    """Columns of USING, which stand once for both sides."""
    excluded: Relation | None = None
    """The row of ON CONFLICT that was not inserted; it is named with its qualifier only."""

    def chain(self) -> Iterator[Scope]:
        """This scope, then those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def relation(self, name: str, offset: int | None = None) -> Relation:
        """The relation of a name.

        Raises:
            SqlError: when there is none.
        """
        for scope in self.chain():
            for relation in (*scope.relations, scope.excluded):
                if relation is not None and relation.name == name:
                    return relation
        known = [relation.name for scope in self.chain() for relation in scope.relations]
        raise unknown("table", name, known, where=" in this statement", offset=offset)

    def resolve(self, name: str, qualifier: str | None, offset: int | None = None) -> Field:
        """The column that a name means.

        Raises:
            SqlError: when there is none, or more than one.
        """
        return self.owner(name, qualifier, offset).fields[name]

    def owner(self, name: str, qualifier: str | None, offset: int | None = None) -> Relation:
        """The relation whose column a name means.

        Raises:
            SqlError: when there is none, or more than one.
        """
        if qualifier is not None:
            relation = self.relation(qualifier, offset)
            if name in relation.fields:
                return relation
            raise unknown("column", name, relation.fields, where=f" in {qualifier}", offset=offset)
        for scope in self.chain():
            found = [relation for relation in scope.relations if name in relation.fields]
            if len(found) > 1 and name not in scope.merged:
                owners = " and ".join(relation.name for relation in found)
                raise SqlError(f"column {name!r} is in {owners}", f"write `{found[0].name}.{name}`", offset)
            if found:
                return found[0]
        raise self._unknown_column(name, offset)

    def _unknown_column(self, name: str, offset: int | None) -> SqlError:
        relations = [relation for scope in self.chain() for relation in scope.relations]
        columns = [column for relation in relations for column in relation.fields]
        if not columns:
            reason = f"column {name!r} stands where there are no columns"
            return SqlError(reason, "write constants and functions; a text stands in single quotes", offset)
        where = f" in {relations[0].name}" if len(relations) == 1 and relations[0].name else ""
        return unknown("column", name, columns, where=where, offset=offset)
