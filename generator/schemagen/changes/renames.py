"""Renames: what ``renamed_from`` asks for, and the old tables under their new names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemagen.base.reserved import POSTGRES, SQLITE
from schemagen.schema.dialect import Sql
from schemagen.schema.model import LiteralDefault
from schemagen.schema.names import bounded_name, is_identifier
from schemagen.schema.places import beside, local_name
from schemagen.schema.types import Enum

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from schemagen.schema.enum_types import EnumType
    from schemagen.schema.model import Column, Schema, Table


@dataclass(frozen=True, slots=True)
class Renames:
    """New name → old name, of tables, and of columns as (new table, new column) → old column.

    ``labels`` has those of enum types: (type, new label) → old label.
    """

    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def reversed(self) -> Renames:
        """The same renames seen from the other side."""
        return Renames(
            {old: new for new, old in self.tables.items()},
            {(self.tables.get(table, table), old): new for (table, new), old in self.columns.items()},
            {(type_, old): new for (type_, new), old in self.labels.items()},
        )

    def labels_of(self, type_: str) -> tuple[tuple[str, str], ...]:
        """The labels of an enum type that are renamed, as (new, old)."""
        return tuple((new, old) for (owner, new), old in self.labels.items() if owner == type_)

    def old_table(self, name: str) -> str:
        """The old name of a table by its new one."""
        return self.tables.get(name, name)

    def continued_table(self, name: str, old: Schema) -> str | None:
        """The old table that a new one continues; None for one that was not there."""
        if name in self.tables:
            return self.tables[name]
        return name if name in old.by_name and name not in self.tables.values() else None

    def continued_column(self, table: str, column: str, old: Table) -> str | None:
        """The old column that a new one continues; None for one that was not there."""
        if (table, column) in self.columns:
            return self.columns[table, column]
        moved = {before for (owner, _), before in self.columns.items() if owner == table}
        return column if column in old.by_name and column not in moved else None

    def of_columns(self, table: str) -> set[str]:
        """The old and new names of a table's columns that are renamed."""
        return {name for (owner, new), old in self.columns.items() if owner == table for name in (old, new)}

    def touches_table(self, name: str) -> bool:
        """Whether a table, by its new name, or a column of it is renamed."""
        return name in self.tables or bool(self.of_columns(name))

    def touches(self, old: Table, new: Table) -> bool:
        """Whether any name in a table or in its foreign keys is another one now."""
        if old.name != new.name or any(table == new.name for table, _ in self.columns):
            return True
        return bool(self.tables) or any(key.parent == table for key in new.foreign_keys for table, _ in self.columns)


def renames_of(old: Schema, new: Schema) -> Renames:
    """The renames that the new schema asks for and the old one can follow.

    A ``renamed_from`` stays in a spec after its rename has been made: it counts only while the old schema has the old
    name, and does not itself say the same of the new one.
    """
    tables = {table.name: was for table in new.tables if (was := _former(table, old, new.by_name))}
    tables = _without_doubles(tables, new.by_name)
    columns: dict[tuple[str, str], str] = {}
    for table in new.tables:
        before = old.by_name.get(tables.get(table.name, table.name))
        if before is None:
            continue
        found = {column.name: was for column in table.columns if (was := _former(column, before, table.by_name))}
        columns |= {(table.name, name): was for name, was in _without_doubles(found, table.by_name).items()}
    return Renames(tables, columns, _renamed_labels(old, new))


def _former(part: Table | Column, old: Schema | Table, new: Container[str]) -> str | None:
    """The old name of what a part is asked to continue, or what had its key, under a name that nothing has now."""
    before = old.by_name.get(part.name)
    if part.renamed_from and _is_fresh(before, part) and (asked := _called(part.renamed_from, old)):
        return asked
    same = old.by_key.get(part.key) if before is None else None
    return same.name if same and same.key == part.key and same.name not in new else None


def _called(text: str, old: Schema | Table) -> str | None:
    """The name of what specs called so."""
    part: Table | Column | None = old.by_key.get(text)
    return part.name if part else None


def _renamed_labels(old: Schema, new: Schema) -> dict[tuple[str, str], str]:
    before = {type_.name: type_ for type_ in old.types}
    found: dict[tuple[str, str], str] = {}
    for type_ in new.types:
        was = before.get(type_.name)
        asked = dict(type_.renamed)
        fresh = {
            label: asked[label] for label in asked if was and label not in was.labels and asked[label] in was.labels
        }
        found |= {(type_.name, label): name for label, name in _without_doubles(fresh, type_.labels).items()}
    return found


def followed(held: Schema, schema: Schema) -> Iterator[Table | Column]:
    """The tables and columns whose ``renamed_from`` the lock says as well: they have been renamed, or were never."""
    for table in schema.tables:
        before = held.by_name.get(table.name)
        parts: list[tuple[Table | Column, Table | Column | None]] = [(table, before)]
        parts += ((column, before.by_name.get(column.name)) for column in table.columns if before)
        for part, was in parts:
            if part.renamed_from and was and not _is_fresh(was, part):
                yield part


def unfollowed(held: Schema, schema: Schema, renames: Renames) -> Iterator[tuple[Table | Column, str]]:
    """The tables and columns with a new ``renamed_from`` that cannot be followed, each with the reason."""
    takers = {was: name for name, was in renames.tables.items()}
    for table in schema.tables:
        same = held.by_name.get(table.name)
        if table.renamed_from and table.name not in renames.tables and _is_fresh(same, table):
            yield table, _reason("table", table, held, schema.by_name, takers)
        before = held.by_name.get(renames.old_table(table.name))
        if before is None:
            continue
        taken = {was: name for (owner, name), was in renames.columns.items() if owner == table.name}
        for column in table.columns:
            is_followed = (table.name, column.name) in renames.columns
            if column.renamed_from and not is_followed and _is_fresh(before.by_name.get(column.name), column):
                yield column, _reason("column", column, before, table.by_name, taken)


def _reason(kind: str, part: Table | Column, old: Schema | Table, new: Container[str], taken: Mapping[str, str]) -> str:
    was = _called(part.renamed_from or "", old)
    if was is None:
        return f"there was no {kind} `{part.renamed_from}`"
    if was in taken:
        return f"`{taken[was]}` is what `{was}` is called now"
    if was in new:
        return f"the {kind} `{was}` is still there"
    return f"there was a {kind} `{part.name}` already"


def _is_fresh(before: Table | Column | None, after: Table | Column) -> bool:
    return before is None or before.renamed_from != after.renamed_from


def _without_doubles(found: Mapping[str, str | None], names: Iterable[str]) -> dict[str, str]:
    """Without renames of what stays under its own name, or has gone to somebody else already."""
    staying = {name for name in names if name not in found}
    taken: set[str] = set()
    kept: dict[str, str] = {}
    for name, was in found.items():
        if was is not None and was not in staying and was not in taken and was != name:
            taken.add(was)
            kept[name] = was
    return kept


def in_order(pairs: Mapping[str, str]) -> list[tuple[str, str]]:
    """Renames (new → old) as (old, new) in an order in which each new name is free, names compared without case.

    Where names go round, or change their case alone, one takes a step over a name of its own.
    """
    waiting = {old: new for new, old in pairs.items()}
    ordered: list[tuple[str, str]] = []
    while waiting:
        taken = {old.lower() for old in waiting}
        free = next((old for old, new in waiting.items() if new.lower() not in taken), None)
        if free is not None:
            ordered.append((free, waiting.pop(free)))
            continue
        old = next(iter(waiting))
        between = beside(old, bounded_name("_schemagen_moved", local_name(old)))
        ordered.append((old, between))
        waiting[between] = waiting.pop(old)
    return ordered


def in_cycles(pairs: Mapping[str, str]) -> frozenset[str]:
    """The names that change places among renames (new → old): each is given to the next, and the last to the first."""

    def returns(start: str) -> bool:
        name, seen = pairs[start], {start}
        while name not in seen and name in pairs:
            seen.add(name)
            name = pairs[name]
        return name == start

    return frozenset(name for name in pairs if returns(name))


def gone_name(name: str) -> str:
    """What is dropped is called this while its old name already belongs to something else."""
    return bounded_name("_schemagen_gone", name)


def move_tables(old: Schema, new: Schema, renames: Renames) -> dict[str, Table]:
    """The old tables by their new names, and under all new names, so that what is only renamed compares equal."""
    forward = {}
    for name in new.by_name:
        before = renames.continued_table(name, old)
        if before:
            forward[before] = name
    taken = {name.lower() for name in forward.values()}
    for name in old.by_name:
        if name not in forward:
            forward[name] = gone_name(name) if name.lower() in taken else name
    columns = {table.name: _column_names(table, new.by_name.get(forward[table.name]), renames) for table in old.tables}
    old = replace(old, tables=tuple(_relabelled(table, renames) for table in old.tables)) if renames.labels else old
    old = replace(old, types=tuple(_as_named_now(type_, new) for type_ in old.types))
    still = {name for name, own in columns.items() if forward[name] == name and all(a == b for a, b in own.items())}
    return {
        forward[table.name]: table
        if still.issuperset((table.name, *(key.parent for key in table.foreign_keys)))
        else _moved(table, forward, columns)
        for table in old.tables
    }


def _as_named_now(type_: EnumType, new: Schema) -> EnumType:
    """An enum type where the new schema has it: it moves before any column changes."""
    now = next((one for one in new.types if one.name == type_.name), None)
    return type_ if now is None else replace(type_, name=now.name, postgres=now.postgres)


def _relabelled(table: Table, renames: Renames) -> Table:
    """A table whose enum types have their labels by their new names."""
    return replace(table, columns=tuple(_with_labels(column, renames) for column in table.columns))


def _with_labels(column: Column, renames: Renames) -> Column:
    type_ = column.type
    names = {old: new for new, old in renames.labels_of(type_.name)} if isinstance(type_, Enum) and type_.name else {}
    if not names or not isinstance(type_, Enum):
        return column
    default = column.default
    if isinstance(default, LiteralDefault):
        default = LiteralDefault(names.get(str(default.value), default.value))
    return replace(column, type=Enum(tuple(names.get(one, one) for one in type_.values), type_.name), default=default)


def _column_names(old: Table, new: Table | None, renames: Renames) -> dict[str, str]:
    """Old → new names of one table's columns; a dropped one whose name is taken has a name of its own."""
    names: dict[str, str] = {}
    for column in new.columns if new else ():
        before = renames.continued_column(new.name, column.name, old) if new else None
        if before:
            names[before] = column.name
    taken = {name.lower() for name in names.values()}
    for name in old.by_name:
        if name not in names:
            names[name] = gone_name(name) if name.lower() in taken else name
    return names


def _moved(old: Table, tables: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]) -> Table:
    own = columns[old.name]
    words = {before: after for before, after in own.items() if before != after}
    if old.name not in own and tables[old.name] != old.name:
        words[old.name] = tables[old.name]

    def many(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(own[each] for each in names)

    return replace(
        old,
        name=tables[old.name],
        columns=tuple(
            replace(column, name=own[column.name], generated=_in_sql(column.generated, words)) for column in old.columns
        ),
        primary_key=old.primary_key and replace(old.primary_key, columns=many(old.primary_key.columns)),
        foreign_keys=tuple(
            replace(
                key,
                columns=many(key.columns),
                parent=tables[key.parent],
                parent_columns=tuple(columns[key.parent][each] for each in key.parent_columns),
                touch=key.touch and columns[key.parent][key.touch],
                set_null=many(key.set_null),
            )
            for key in old.foreign_keys
        ),
        uniques=tuple(replace(unique, columns=many(unique.columns)) for unique in old.uniques),
        sqlite=replace(
            old.sqlite,
            on_conflict=tuple(sorted(replace(each, columns=many(each.columns)) for each in old.sqlite.on_conflict)),
        ),
        checks=tuple(replace(check, sql=_in_sql(check.sql, words) or check.sql) for check in old.checks),
        indexes=tuple(
            replace(
                index,
                elements=tuple(
                    replace(e, column=own[e.column] if e.column else None, sql=_in_sql(e.sql, words))
                    for e in index.elements
                ),
                where=_in_sql(index.where, words),
                include=many(index.include),
            )
            for index in old.indexes
        ),
        partition=old.partition and replace(old.partition, columns=many(old.partition.columns)),
        owner=own.get(old.owner, ""),
    )


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][A-Za-z0-9_$]*|.", re.DOTALL)


def _in_sql(sql: Sql | None, words: Mapping[str, str]) -> Sql | None:
    """SQL with columns under their new names; literals stay, quoted names are renamed inside their quotes."""
    if sql is None or not words:
        return sql

    def token(match: re.Match[str]) -> str:
        text = match[0]
        is_quoted = text.startswith('"')
        name = text[1:-1].replace('""', '"') if is_quoted else text
        if name not in words or (not is_quoted and _is_call(match)):
            return text
        return _spelled(words[name], is_quoted=is_quoted and name == name.lower() and is_identifier(name))

    def whole(text: str | None) -> str | None:
        return text and _TOKEN.sub(token, text)

    return Sql(whole(sql.postgres), whole(sql.sqlite))


def _spelled(name: str, *, is_quoted: bool) -> str:
    """A name in the place of another one, in quotes where that had some without need, or where it needs them."""
    if not is_quoted and name == name.lower() and is_identifier(name) and name not in POSTGRES | SQLITE:
        return name
    return '"' + name.replace('"', '""') + '"'


def _plain(token: str) -> str:
    """A name without the quotes around it, and those inside once."""
    return token[1:-1].replace('""', '"') if token.startswith('"') else token


def mentions(text: str, names: Iterable[str]) -> bool:
    """Whether SQL says any of the names outside of literals and calls; case does not matter."""
    wanted = {name.lower() for name in names}
    said = (match[0] for match in _TOKEN.finditer(text) if not (match[0].startswith("'") or _is_call(match)))
    return any(_plain(token).lower() in wanted for token in said)


def _is_call(match: re.Match[str]) -> bool:
    """Whether a token is the name of a function, which may be that of a column too."""
    return match[0][0] != '"' and match.string[match.end() :].lstrip().startswith("(")
