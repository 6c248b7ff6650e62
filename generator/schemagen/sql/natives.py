"""Types that an author wrote for each engine, and the language's types that expressions may take them for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.type_spellings import known_type

if TYPE_CHECKING:
    from schemagen.schema.types import Type

_AFFINITIES: tuple[tuple[tuple[str, ...], tuple[type[t.Type], ...]], ...] = (
    (("INT",), (t.IntegerType,)),
    (("CHAR", "CLOB", "TEXT"), (t.Text, t.Varchar)),
    (("BLOB",), ()),
    (("REAL", "FLOA", "DOUB"), (t.FloatType,)),
)
"""Words of a declared type on SQLite in the order in which they decide, and the types whose values it keeps as they are
(SQLite, "Datatypes", 3.1)."""


def spoken(type_: Type) -> Type:
    """The type that expressions take a column for.

    Args:
        type_: of any column; ``{postgres: bigint, sqlite: INT}`` is taken for bigint, what has no equal for itself.
    """
    if not isinstance(type_, t.Native):
        return type_
    if type_.base is not None:
        return type_.base
    known = known_type(type_.postgres)
    if known is None:
        return type_
    declared = type_.sqlite.upper()
    kept = next((types for words, types in _AFFINITIES if any(word in declared for word in words)), ())
    return known if isinstance(known, kept) else type_
