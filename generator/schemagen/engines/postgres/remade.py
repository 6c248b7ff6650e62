"""What a view that is dropped and made again would lose: grants and options that no spec knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import dollar_tag
from schemagen.schema.objects import OwnObject, View
from schemagen.sql.own_statements import roles, words

from .statements import regclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.attached import Around
    from schemagen.schema.model import Schema

_SAID = "'a grant to ' || CASE acl.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(acl.grantee) END"


def looks_at_remade(around: Around, old: Schema) -> tuple[Statement, ...]:
    """What stops, before anything is changed, where a view that is made again has what its specs don't say.

    PostgreSQL keeps grants and options with the view, and drops them with it ("DROP VIEW").
    """
    again = {item.name for item in (*around.early, *around.made)}
    views = (item for item in around.dropped if isinstance(item, View) and item.name in again)
    return tuple(_look(view, old) for view in views)


def _look(view: View, old: Schema) -> Statement:
    of = regclass(view.name)
    known = ", ".join(map(sql_string, ("", *_known(view, old))))
    message = sql_string(f"making view {view.name} again would take from it what the specs do not say: ")
    hint = sql_string("write it below `objects`, or take it from the database, and run this again")
    body = f"""
DECLARE
    unknown text;
BEGIN
    SELECT string_agg(said, ', ' ORDER BY said) INTO unknown FROM (
        SELECT {_SAID} AS said
        FROM pg_class AS view, aclexplode(view.relacl) AS acl
        WHERE view.oid = {of} AND acl.grantee <> view.relowner
        UNION
        SELECT {_SAID}
        FROM pg_class AS view JOIN pg_attribute AS part ON part.attrelid = view.oid, aclexplode(part.attacl) AS acl
        WHERE view.oid = {of} AND acl.grantee <> view.relowner
        UNION
        SELECT 'the option ' || option FROM pg_class AS view, unnest(view.reloptions) AS option
        WHERE view.oid = {of} AND view.relkind = 'v'
    ) AS found
    WHERE said NOT IN ({known});
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {message} || unknown, HINT = {hint};
    END IF;
END
"""
    tag = dollar_tag(body)
    return Statement(f"DO {tag}{body}{tag}", f"Stop where view {view.name} has what the specs do not say")


def _known(view: View, old: Schema) -> Iterator[str]:
    """What a view may have: the grants below ``objects``, and its own options."""
    if view.security_invoker:
        yield "the option security_invoker=true"
    for item in old.attached:
        text = item.sql.postgres or ""
        if isinstance(item, OwnObject) and item.kind == "grant" and view.name in {*item.needs, *words(text)}:
            yield from (f"a grant to {role}" for role in roles(text))
            if "public" in {word.lower() for word in words(text)}:
                yield "a grant to public"
