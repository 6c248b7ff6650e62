"""What a view or function that is dropped and made again would lose: grants, options, an owner that no spec knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import dollar_tag, sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import sql_text
from schemagen.schema.objects import OwnObject, View
from schemagen.sql.own_statements import qualified_name, roles, words

from .dialect import POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.attached import Around
    from schemagen.schema.model import Schema
    from schemagen.schema.objects import Attached

_ROUTINES = frozenset({"function", "procedure", "aggregate"})


def looks_at_recreated(around: Around, old: Schema) -> tuple[Statement, ...]:
    """What stops, before anything is changed, where something that is made again has what its specs don't say.

    PostgreSQL keeps grants, options and the owner with a view or a function, and drops them with it ("DROP VIEW",
    "DROP FUNCTION"). Functions of one name are looked at together.
    """
    again = {item.name for item in (*around.early, *around.made)}
    recreated = (item for item in around.dropped if item.name in again)
    return tuple(_look(item, old) for item in recreated if isinstance(item, View) or item.kind in _ROUTINES)


def _look(item: Attached, old: Schema) -> Statement:
    is_routine = isinstance(item, OwnObject)
    kind = item.kind if isinstance(item, OwnObject) else "view"
    text = item.sql.postgres or ""
    name = qualified_name(text) if is_routine else POSTGRES.quote(item.name)
    message = sql_string(f"making {kind} {item.name} again would take from it what the specs do not say: ")
    hint = sql_string("write it below `objects`, or take it from the database, and run this again")
    body = sql_text(
        "postgres/recreated.sql.jinja",
        name=sql_string(name or item.name),
        is_routine=is_routine,
        settings=", ".join(map(sql_string, sorted(words(text)))) if is_routine else "",
        known=", ".join(map(sql_string, ("", *_known(item, old)))),
        message=message,
        hint=hint,
    )
    tag = dollar_tag(body)
    return Statement(f"DO {tag}{body}\n{tag}", f"Stop where {kind} {item.name} has what the specs do not say")


def _known(item: Attached, old: Schema) -> Iterator[str]:
    """What it may have: the grants below ``objects``, which are made again with it, and a view's own options."""
    if isinstance(item, View):
        yield from (f"the option {option}" for option in item.options)
    for other in old.attached:
        text = other.sql.postgres or ""
        if isinstance(other, OwnObject) and other.kind == "grant" and item.name in other.needs:
            what = "a REVOKE from" if text.upper().startswith("REVOKE") else "a grant to"
            named = (*roles(text), *({word.lower() for word in words(text)} & {"public"}))
            yield from (f"{what} {role}" for role in named)
