"""How two catalogs of the same engine differ, as sentences."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from .catalog import (
    CatalogCheck,
    CatalogColumn,
    CatalogForeignKey,
    CatalogIndex,
    CatalogObject,
    CatalogPrimaryKey,
    CatalogTable,
    CatalogTrigger,
    CatalogUnique,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .catalog import Catalog

    Part = (
        CatalogColumn
        | CatalogPrimaryKey
        | CatalogForeignKey
        | CatalogUnique
        | CatalogCheck
        | CatalogIndex
        | CatalogTrigger
        | CatalogObject
    )

ENUM_TYPE = "enum type"
NOTHING = "nothing"
PRESENT = "present"


@dataclass(frozen=True, slots=True)
class CatalogDifference:
    """One thing that two catalogs say otherwise.

    ``what`` names it within the table (``column role, default``); ``table`` is None for an object outside of tables.
    """

    table: str | None
    what: str
    left: str
    right: str

    @property
    def subject(self) -> str:
        """What differs, as it is named everywhere: ``users, column role, default``."""
        return f"{self.table}, {self.what}" if self.table else self.what

    def sentence(self, left: str = "the left", right: str = "the right") -> str:
        """The difference for a person, with a name for each side."""
        return f"{self.subject}: {self.left} in {left}, {self.right} in {right}"


_TOLD_BY_OPTIONS = frozenset({"inheritance"})
"""Objects of a table that its options name too."""


_OF_NO_SPEC = frozenset({"privileges", "owner"})
"""What whoever runs a database decides: an import tells it, and it is not a drift."""


def differences(
    left: Catalog, right: Catalog, *, others: bool = True, belongings: bool = False
) -> tuple[CatalogDifference, ...]:
    """All that differs between two catalogs, tables in order of their names.

    Args:
        left: one side.
        right: the other side, of the same engine: expressions are compared as they are printed.
        others: whether objects that are not tables count, such as views and functions.
        belongings: whether those count that belong to a table of both sides, such as policies and rules, and enum types
            of the right one.
    """
    found: list[CatalogDifference] = []
    if belongings and not others:
        found += _part_differences(None, _enum_types(left, right), _enum_types(right, right))
    for name in sorted({*left.by_name, *right.by_name}):
        found += _table_differences(name, left.by_name.get(name), right.by_name.get(name))
        if belongings and name in left.by_name and name in right.by_name:
            found += _part_differences(name, _belongings(left, name), _belongings(right, name))
    if others:
        found += _part_differences(None, _compared(left), _compared(right))
    return tuple(found)


def _compared(catalog: Catalog) -> list[CatalogObject]:
    """Other objects without extensions, which no rollback drops: somebody else may use them."""
    return [other for other in catalog.others if other.kind != "extension"]


def _enum_types(catalog: Catalog, known: Catalog) -> list[CatalogObject]:
    names = {other.name for other in known.others if other.kind == ENUM_TYPE}
    return [other for other in catalog.others if other.kind == ENUM_TYPE and other.name in names]


def _belongings(catalog: Catalog, table: str) -> list[CatalogObject]:
    return [
        other for other in catalog.others if other.table == table and other.kind not in _TOLD_BY_OPTIONS | _OF_NO_SPEC
    ]


def _table_differences(name: str, left: CatalogTable | None, right: CatalogTable | None) -> Iterator[CatalogDifference]:
    if left is None or right is None:
        yield CatalogDifference(name, "table", _shown(left), _shown(right))
        return
    yield from _value_differences(name, "options", left.options, right.options)
    yield from _value_differences(name, "conflicts", left.conflicts, right.conflicts)
    for parts in (
        lambda table: table.columns,
        lambda table: (table.primary_key,) if table.primary_key else (),
        lambda table: table.foreign_keys,
        lambda table: table.uniques,
        lambda table: table.checks,
        lambda table: table.indexes,
        lambda table: table.triggers,
    ):
        yield from _part_differences(name, parts(left), parts(right))


def _part_differences(table: str | None, left: Sequence[Part], right: Sequence[Part]) -> Iterator[CatalogDifference]:
    """Differences of parts of one kind: those of one side alone, then those that both have, field by field."""
    on_left, on_right = _by_title(left), _by_title(right)
    for title in sorted({*on_left, *on_right}):
        one, other = on_left.get(title), on_right.get(title)
        if one is None or other is None:
            yield CatalogDifference(table, title, _shown(one), _shown(other))
        else:
            for field in fields(one):
                if field.compare:
                    what = f"{title}, {field.name.replace('_', ' ')}"
                    yield from _value_differences(table, what, getattr(one, field.name), getattr(other, field.name))


def _value_differences(table: str | None, what: str, left: object, right: object) -> Iterator[CatalogDifference]:
    if left != right:
        yield CatalogDifference(table, what, _shown(left), _shown(right))


def _by_title(parts: Iterable[Part]) -> dict[str, Part]:
    """Parts by what names them; equal ones without a name are counted apart."""
    found: dict[str, Part] = {}
    for part in parts:
        title = plain = _WORDS[type(part)].title(part)
        number = 1
        while title in found:
            number += 1
            title = f"{plain} ({number})"
        found[title] = part
    return found


def _shown(value: Any) -> str:
    """A value of a catalog as people read it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case _ if not value:
            return NOTHING
        case tuple():
            return f"({', '.join(str(item) for item in value)})"
        case frozenset():
            return ", ".join(sorted(value))
    words = _WORDS.get(type(value))
    return words.summary(value) if words else str(value)


def _reference(key: CatalogForeignKey) -> str:
    parent = f"{key.parent} {_shown(key.parent_columns)}"
    return f"{_shown(key.columns)} to {parent} on delete {_deletion(key)} on update {key.on_update}"


def _deletion(key: CatalogForeignKey) -> str:
    return f"{key.on_delete} {_shown(key.set_null)}" if key.set_null else str(key.on_delete)


@dataclass(frozen=True, slots=True)
class _Words:
    """How a kind of part is named, and how it is summed up where one side lacks it."""

    title: Callable[[Any], str]
    summary: Callable[[Any], str]


_WORDS: dict[type, _Words] = {
    CatalogTable: _Words(lambda _: "table", lambda _: PRESENT),
    CatalogColumn: _Words(lambda c: f"column {c.name}", lambda c: f"{c.type}{'' if c.nullable else ' not null'}"),
    CatalogPrimaryKey: _Words(lambda _: "primary key", lambda key: _shown(key.columns)),
    CatalogForeignKey: _Words(lambda key: f"foreign key {key.name or _shown(key.columns)}", _reference),
    CatalogUnique: _Words(lambda u: f"unique constraint {u.name or _shown(u.columns)}", lambda u: _shown(u.columns)),
    CatalogCheck: _Words(lambda c: f"check {c.name or c.expression}", lambda c: f"({c.expression})"),
    CatalogIndex: _Words(lambda i: f"index {i.name}", lambda i: f"{i.method} {_shown(i.elements)}"),
    CatalogTrigger: _Words(lambda t: f"trigger {t.name}", lambda t: str(t.definition)),
    CatalogObject: _Words(
        lambda o: f"{o.kind} {o.name}", lambda o: str(o.definition) if o.table or o.kind == ENUM_TYPE else PRESENT
    ),
}
