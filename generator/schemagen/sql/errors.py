"""What is wrong with a piece of SQL, and the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.spelling import nearest
from schemagen.schema.names import is_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN_TEXT = "give SQLite its own text: `sql: {postgres: …, sqlite: …}`"
"""The fix whenever PostgreSQL's text has no equal on SQLite."""


class SqlError(ValueError):
    """SQL of a spec that is wrong or that cannot be translated; ``str()`` is the reason.

    ``hint`` is the fix; ``offset`` is the character of the SQL where the reason was found, if that is known.
    """

    def __init__(self, reason: str, hint: str, offset: int | None = None) -> None:
        self.hint = hint
        self.offset = offset
        super().__init__(reason)


class ViewError(SqlError):
    """What a view must not be, where a query may be it."""


class SearchError(SqlError):
    """A search of a column that has no full-text index."""


def untranslatable(what: str, *, instead: str = "", offset: int | None = None) -> SqlError:
    """The error for something that PostgreSQL has and SQLite has no equal of.

    Args:
        what: the subject of the sentence, such as ``jsonb_agg()``.
        instead: a spelling that is translated, where there is one.
        offset: where it stands.
    """
    hint = f"{instead}, or {OWN_TEXT}" if instead else OWN_TEXT
    return SqlError(f"{what} has no equal on SQLite", hint, offset)


def unknown(kind: str, name: str, known: Iterable[str], *, where: str = "", offset: int | None = None) -> SqlError:
    """The error for a name that does not exist, with the nearest that does.

    Args:
        kind: ``column`` or ``table``.
        name: the name that was written.
        known: the names that exist.
        where: what was searched, such as `` in messages``.
        offset: where it stands.
    """
    candidates = sorted(known)
    near = nearest(name, candidates)
    if near is not None and near.lower() == name.lower():
        return SqlError(
            f"unknown {kind} {name!r}{where}", f'PostgreSQL folds bare names to lower case: write `"{near}"`', offset
        )
    if near is not None:
        written = near if is_identifier(near) else '"' + near.replace('"', '""') + '"'
        return SqlError(f"unknown {kind} {name!r}{where}", f"did you mean `{written}`?", offset)
    listed = ", ".join(candidates[:12]) + (", …" if len(candidates) > 12 else "")  # noqa: PLR2004  (a line's worth)
    return SqlError(
        f"unknown {kind} {name!r}{where}", f"there are: {listed}" if listed else f"there is no {kind} here", offset
    )
