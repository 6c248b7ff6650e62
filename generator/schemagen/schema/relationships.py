"""Relationships between models, both ways; a delete through a session does what SQL does: the database decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.graph import reachable
from schemagen.schema.link_tables import is_pure_link
from schemagen.schema.model import Action
from schemagen.schema.model_names import attribute, snake

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.schema.model_names import ModelNames

    Models = Mapping[str, ModelNames]


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a class: ``arguments`` are those of SQLAlchemy's ``relationship``, as Python values."""

    name: str
    target: str
    many: bool
    optional: bool
    back_populates: str | None
    passive_deletes: bool | str
    arguments: tuple[tuple[str, str | bool], ...]


@dataclass(frozen=True, slots=True)
class _Link:
    """A foreign key as two relationships: ``forward`` on the child, ``inverse`` on the parent."""

    child: Table
    key: ForeignKey
    forward: str
    inverse: str

    @property
    def is_self(self) -> bool:
        return self.child.name == self.key.parent


def relationships(schema: Schema, models: Models) -> dict[str, list[Relationship]]:
    """The relationships of every class, by table name: those to parents first, then those to children."""
    links = _links(schema, models)
    found: dict[str, list[Relationship]] = {table.name: [] for table in schema.tables}
    clashes = _overlaps(links)
    for link, overlaps in zip(links, clashes, strict=True):
        found[link.child.name].append(_forward(link, overlaps, schema, models))
    for link, overlaps in zip(links, clashes, strict=True):
        found[link.key.parent].append(_inverse(link, overlaps, schema, models))
    for table in filter(is_pure_link, schema.tables):
        _add_across(table, [link for link in links if link.child.name == table.name], found, models)
    return found


def _add_across(table: Table, links: Sequence[_Link], found: dict[str, list[Relationship]], models: Models) -> None:
    """The lists that two tables have of each other, across the table that links them and beside its own class."""
    if len(links) != 2:  # noqa: PLR2004
        return
    parents = [link.key.parent for link in links]
    names = [
        _free_name(
            other, table.name, {*models[parent].attributes.values(), *(one.name for one in found[parent])}, models
        )
        for parent, other in (parents, reversed(parents))
    ]
    overlaps = ",".join(name for link in links for name in (link.forward, link.inverse))
    for parent, other, name, back in ((*parents, *names), (*reversed(parents), *reversed(names))):
        found[parent].append(
            Relationship(
                name=name,
                target=models[other].class_name,
                many=True,
                optional=False,
                back_populates=back,
                passive_deletes=True,
                arguments=(("secondary", table.name), ("overlaps", overlaps)),
            )
        )


def _free_name(other: str, link: str, taken: set[str], models: Models) -> str:
    """``event.tags``; ``event.tags_by_event_tags`` where that is the name of something else."""
    classes = {model.class_name for model in models.values()}
    name, across = (snake(models[table].table.key) for table in (other, link))
    return name if attribute(name, taken, classes) == name else attribute(f"{name}_by_{across}", taken, classes)


# Which foreign keys become relationships, and what they are called


def _links(schema: Schema, models: Models) -> list[_Link]:
    pairs = [
        (table, key)
        for table in schema.tables
        for key in table.foreign_keys
        if models[table.name].is_mapped and models[key.parent].is_mapped and not _is_redundant(table, key)
    ]
    namer = _Namer(pairs, models)
    forward = namer.names(inverse=False)
    inverse = namer.names(inverse=True)
    return [_Link(*pair, *names) for pair, *names in zip(pairs, forward, inverse, strict=True)]


def _is_redundant(table: Table, key: ForeignKey) -> bool:
    """Whether another key leads to the same parent row with fewer columns, and nobody asked for a name of its own."""
    if key.relationship or key.inverse:
        return False
    mine = set(zip(key.columns, key.parent_columns, strict=True))
    position = table.foreign_keys.index(key)
    for number, other in enumerate(table.foreign_keys):
        if number == position or other.parent != key.parent or not other.enforced:
            continue
        theirs = set(zip(other.columns, other.parent_columns, strict=True))
        if theirs < mine or (theirs == mine and number < position):
            return True
    return False


class _Namer:
    """Gives every pair of a child and its foreign key two names, on the child and on the parent."""

    def __init__(self, pairs: Sequence[tuple[Table, ForeignKey]], models: Models) -> None:
        self._pairs = pairs
        self._models = models
        self._classes = {model.class_name for model in models.values()}
        self._taken = {name: set(model.attributes.values()) for name, model in models.items()}
        self._siblings = Counter((table.name, key.parent) for table, key in pairs)

    def names(self, *, inverse: bool) -> list[str]:
        """A name for each pair on one of its sides; names that the spec gives are taken first."""
        given = [key.inverse if inverse else key.relationship for _, key in self._pairs]
        names = [""] * len(self._pairs)
        for number in sorted(range(len(self._pairs)), key=lambda number: given[number] is None):
            table, key = self._pairs[number]
            wanted = given[number]
            candidates = [wanted] if wanted else self._inverse(table, key) if inverse else self._forward(table, key)
            names[number] = self._take(candidates, self._taken[key.parent if inverse else table.name])
        return names

    def _take(self, candidates: Sequence[str], taken: set[str]) -> str:
        free = (name for name in candidates if attribute(name, taken, self._classes) == name)
        name = next(free, None) or attribute(candidates[-1], taken, self._classes)
        taken.add(name)
        return name

    def _forward(self, table: Table, key: ForeignKey) -> list[str]:
        stem = self._own_stem(table, key)
        return [stem, f"{stem}_{self._noun(key.parent)}"]

    def _inverse(self, table: Table, key: ForeignKey) -> list[str]:
        child = self._noun(table.name) if table.is_unique(key.columns) else snake(table.key)
        distinguishable = f"{self._own_stem(table, key)}_{child}"
        return [child, distinguishable] if self._siblings[table.name, key.parent] == 1 else [distinguishable]

    def _own_stem(self, table: Table, key: ForeignKey) -> str:
        """What the columns say of a reference; one that has its name from the parent says nothing beside others."""
        parent = self._models[key.parent].table
        pairs = list(zip(table.keys_of(key.columns), parent.keys_of(key.parent_columns), strict=True))
        telling = [pair for pair in pairs if len(pairs) == 1 or pair[0] != pair[1]]
        return "_".join(_stem(*pair) for pair in telling) or self._noun(key.parent)

    def _noun(self, table: str) -> str:
        return snake(self._models[table].class_name)


def _stem(column: str, parent_column: str) -> str:
    """A column's name without the ``_id`` (or the ``_code`` of ``countries.code``) that it has from its parent."""
    name = snake(column)
    for suffix in ("_id", f"_{snake(parent_column)}"):
        if name.endswith(suffix) and name != suffix:
            return name.removesuffix(suffix)
    return name


# What SQLAlchemy has to be reported


def _overlaps(links: Sequence[_Link]) -> list[str]:
    """For each link the names of earlier ones that write to one of its columns, which SQLAlchemy would warn about."""
    writers: dict[tuple[str, str], list[_Link]] = {}
    found: list[str] = []
    for link in links:
        names: dict[str, None] = {}
        for column in link.key.columns if link.key.enforced else ():
            earlier = writers.setdefault((link.child.name, column), [])
            names.update((name, None) for other in earlier for name in (other.forward, other.inverse))
            earlier.append(link)
        found.append(",".join(names))
    return found


def _forward(link: _Link, overlaps: str, schema: Schema, models: Models) -> Relationship:
    key = link.key
    arguments: list[tuple[str, str | bool]] = list(_join(link, schema, models, inverse=False))
    if link.is_self and key.enforced:
        arguments.append(("remote_side", _columns(key.parent, key.parent_columns, models)))
    if _needs_second_update(link, schema):
        arguments.append(("post_update", True))
    if overlaps:
        arguments.append(("overlaps", overlaps))
    return Relationship(
        name=link.forward,
        target=models[key.parent].class_name,
        many=False,
        optional=not key.enforced or any(link.child.column(name).nullable for name in key.columns),
        back_populates=link.inverse if key.enforced else None,
        passive_deletes=False,
        arguments=tuple(arguments),
    )


def _inverse(link: _Link, overlaps: str, schema: Schema, models: Models) -> Relationship:
    key = link.key
    single = link.child.is_unique(key.columns)
    cascades = key.enforced and key.on_delete is Action.CASCADE
    is_owned = cascades and not all(link.child.column(name).nullable for name in key.columns)
    arguments: list[tuple[str, str | bool]] = list(_join(link, schema, models, inverse=True))
    if single:
        arguments.append(("uselist", False))
    if _needs_second_update(link, schema):
        arguments.append(("post_update", True))
    if cascades:
        arguments.append(("cascade", "all, delete-orphan" if is_owned else "all"))
    if overlaps:
        arguments.append(("overlaps", overlaps))
    return Relationship(
        name=link.inverse,
        target=models[link.child.name].class_name,
        many=not single,
        optional=single,
        back_populates=link.forward if key.enforced else None,
        passive_deletes=_passive_deletes(link, schema),
        arguments=tuple(arguments),
    )


def _passive_deletes(link: _Link, schema: Schema) -> bool | str:
    """Whether deleting a parent leaves its children to the database: those that are loaded, too, unless it says True.

    Of rows in a cycle SQLAlchemy has to set the references to NULL itself, or its unit of work fails with a KeyError.
    """
    key = link.key
    if not key.enforced:
        return False
    is_emptied = key.on_delete is Action.SET_NULL and _needs_second_update(link, schema)
    return True if is_emptied or key.on_delete is Action.CASCADE else "all"


def _join(link: _Link, schema: Schema, models: Models, *, inverse: bool) -> Iterable[tuple[str, str | bool]]:
    """How the two tables meet, where their foreign keys do not say it alone.

    A reference that is not enforced is written from the child alone: deleting its parent changes no row. In a cycle of
    tables it is only read, as rows that refer to each other could be written in no order.
    """
    key = link.key
    if not key.enforced:
        yield "primaryjoin", _condition(link, models, inverse=inverse)
        if inverse or _leads_to(key.parent, link.child.name, schema):
            yield "viewonly", True
        return
    keys = _keys(link.child, key.parent)
    back = [] if link.is_self else _keys(schema.table(key.parent), link.child.name)
    if len(keys) + len(back) > 1:
        yield "foreign_keys", _columns(link.child.name, key.columns, models)
    if sum(set(other.columns) == set(key.columns) for other in keys) > 1:
        yield "primaryjoin", _condition(link, models, inverse=inverse)


def _leads_to(start: str, end: str, schema: Schema) -> bool:
    """Whether a table refers to another one, directly or not; every table does to itself."""
    return end in reachable([start], lambda name: (key.parent for key in schema.table(name).foreign_keys))


def _keys(child: Table, parent: str) -> list[ForeignKey]:
    return [key for key in child.enforced_foreign_keys if key.parent == parent]


def _columns(table: str, columns: Sequence[str], models: Models) -> str:
    names = ", ".join(_column(table, column, models) for column in columns)
    return names if len(columns) == 1 else f"[{names}]"


def _column(table: str, column: str, models: Models) -> str:
    return f"{models[table].class_name}.{models[table].attributes[column]}"


def _condition(link: _Link, models: Models, *, inverse: bool) -> str:
    key = link.key
    terms = []
    for mine, theirs in zip(key.columns, key.parent_columns, strict=True):
        child, parent = _column(link.child.name, mine, models), _column(key.parent, theirs, models)
        terms.append(f"remote(foreign({child})) == {parent}" if inverse else f"foreign({child}) == remote({parent})")
    return terms[0] if len(terms) == 1 else f"and_({', '.join(terms)})"


def _needs_second_update(link: _Link, schema: Schema) -> bool:
    """Whether rows of a cycle of tables can be written together: insert with NULL first, then set the reference."""
    columns = [link.child.column(name) for name in link.key.columns]
    updatable = all(column.nullable and not column.immutable for column in columns)
    return (
        link.key.enforced
        and not link.is_self
        and schema.is_late(link.child, link.key)
        and updatable
        and not link.child.append_only
        and _is_in_cycle(link, schema)
    )


def _is_in_cycle(link: _Link, schema: Schema) -> bool:
    """Whether rules lead back; a table may also be late because of a key that PostgreSQL does not enforce."""
    rules = reachable([link.key.parent], lambda name: (key.parent for key in schema.table(name).enforced_foreign_keys))
    return link.child.name in rules
