"""Views and objects of one's own on an engine: what makes one, what drops it, and which have to go around a change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from schemagen.base.escape import dollar_tag, sql_string
from schemagen.changes.attached import is_partition, is_sequence
from schemagen.changes.migration import Statement
from schemagen.engines import partitions
from schemagen.schema import types as t
from schemagen.schema.model import Table
from schemagen.schema.objects import OwnObject, View
from schemagen.schema.places import shows
from schemagen.sql.own_partitions import is_same_partition
from schemagen.sql.own_statements import added_attributes, has_quoted_body, header, qualified_name, roles, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from schemagen.engines.base import Dialect
    from schemagen.schema.dialect import DialectName, Sql
    from schemagen.schema.model import Schema
    from schemagen.schema.objects import Attached

_REPLACED = frozenset({"function", "procedure", "aggregate", "rule", "trigger"})
"""What PostgreSQL can CREATE OR REPLACE."""

PARTS_OF_TABLES = frozenset({"trigger", "policy", "rule", "constraint", "index", "statistics", "option", "partition"})
"""What belongs to one table."""

_GONE = "undefined_table OR undefined_function OR undefined_object OR undefined_column OR invalid_schema_name"
_FIRST = "The partitions of now and of the time ahead: whoever plans jobs calls this again"
_UNCHECKED = Statement("SET LOCAL check_function_bodies = off", "What a function reads may come after it")
_CREATE = re.compile(r"\ACREATE\s+(?:OR\s+REPLACE\s+)?(?=(?P<kind>\w+))", re.IGNORECASE)
_SEQUENCE = re.compile(
    r"\ACREATE\s+(?P<unlogged>UNLOGGED\s+)?SEQUENCE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<rest>.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_DROP = re.compile(r"\ADROP (?P<what>\w+) IF EXISTS (?P<rest>.+?)(?: CASCADE| RESTRICT)?\Z", re.IGNORECASE | re.DOTALL)
_DROP_CONSTRAINT = re.compile(
    r"\AALTER TABLE IF EXISTS (?P<on>.+) DROP CONSTRAINT IF EXISTS (?P<name>.+)\Z", re.IGNORECASE | re.DOTALL
)
_SQLITE_TRIGGER = re.compile(r"\ACREATE\s+TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?", re.IGNORECASE)


def present(items: Iterable[Attached], dialect: DialectName) -> tuple[Attached, ...]:
    """Those that an engine has."""
    return tuple(item for item in items if item.sql.for_dialect(dialect) is not None)


def creation(dialect: Dialect, item: Attached) -> tuple[Statement, ...]:
    """What makes a view or an object, safe to run twice; nothing where the engine has it not."""
    text = item.sql.for_dialect(dialect.name)
    if text is None:
        return ()
    if isinstance(item, View):
        return tuple(_view(dialect, item, text))
    if dialect.name == "sqlite":
        return (Statement(_SQLITE_TRIGGER.sub("CREATE TRIGGER IF NOT EXISTS ", text), item.description),)
    subject = commented(dialect, item)
    comment = (Statement(f"{subject} IS {sql_string(item.description)}"),) if subject and item.description else ()
    call = (Statement(f"SELECT {dialect.quote(item.name)}()", _FIRST),) if item.makes_partitions else ()
    return (*_object(item, text), *comment, *call)


def commented(dialect: Dialect, item: Attached) -> str | None:
    """What begins the statement that describes a view or an object on PostgreSQL; None of what has no comment there."""
    if isinstance(item, View):
        kind = "MATERIALIZED VIEW" if item.materialized else "VIEW"
        return f"COMMENT ON {kind} {dialect.quote(item.name)}" if item.sql.postgres else None
    dropped = _DROP.match(item.drop.postgres or "")
    if dropped:
        return f"COMMENT ON {dropped['what']} {dropped['rest']}"
    constraint = _DROP_CONSTRAINT.match(item.drop.postgres or "")
    return f"COMMENT ON CONSTRAINT {constraint['name']} ON {constraint['on']}" if constraint else None


def _object(item: OwnObject, text: str) -> Iterator[Statement]:
    made = _CREATE.match(text)
    if item.kind in {"function", "procedure"}:
        yield _UNCHECKED
    if item.kind == "sequence":
        yield Statement(_SEQUENCE.sub(r"CREATE \g<unlogged>SEQUENCE IF NOT EXISTS \g<rest>", text), item.description)
    elif made and item.kind in _REPLACED and made["kind"].lower() != "constraint":
        yield Statement(f"CREATE OR REPLACE {text[made.end() :]}", item.description)
    elif item.kind == "partition":
        yield partitions.creation(item)
    elif item.kind == "type":
        name = sql_string(str(qualified_name(text)))
        body = f"BEGIN\n    IF to_regtype({name}) IS NULL THEN\n        {text};\n    END IF;\nEND"
        tag = dollar_tag(body)
        yield Statement(f"DO {tag}{body}{tag}", item.description)
    elif item.kind == "constraint" or (made and item.drop.postgres):
        yield Statement(str(item.drop.postgres), item.description)
        yield Statement(text)
    else:
        yield Statement(text, item.description)


def _view(dialect: Dialect, view: View, text: str) -> Iterator[Statement]:
    name = dialect.quote(view.name)
    columns = ", ".join(map(dialect.quote, view.column_names))
    if dialect.name == "sqlite":
        yield Statement(f"CREATE VIEW IF NOT EXISTS {name} ({columns}) AS\n{text}", view.description)
        return
    if view.materialized:
        yield Statement(f"CREATE MATERIALIZED VIEW IF NOT EXISTS {name} ({columns}) AS\n{text}", view.description)
        yield from (dialect.create_index(Table(view.name, ()), index) for index in view.indexes)
    else:
        options = f" WITH ({', '.join(view.options).replace('=', ' = ')})" if view.options else ""
        yield Statement(f"CREATE OR REPLACE VIEW {name} ({columns}){options} AS\n{text}", view.description)
    if view.description:
        yield Statement(f"{commented(dialect, view)} IS {sql_string(view.description)}")


def altered_sequence(old: str, new: str) -> Iterator[Statement]:
    """What makes a sequence of a CREATE SEQUENCE like that of another one, and keeps what it has counted."""
    made, before = _SEQUENCE.match(new), _SEQUENCE.match(old)
    rest = made["rest"] if made else new
    said = rest.upper()
    usual = {
        " AS ": "AS bigint",
        " INCREMENT": "INCREMENT BY 1",
        " MINVALUE": "NO MINVALUE",
        " MAXVALUE": "NO MAXVALUE",
        " CACHE": "CACHE 1",
        " CYCLE": "NO CYCLE",
        " OWNED": "OWNED BY NONE",
    }
    added = [words for word, words in usual.items() if word not in f"{' '.join(said.split())} "]
    added += [] if re.search(r"\sSTART\s", said) else [f"START WITH {_usual_start(said)}"]
    yield Statement(" ".join(["ALTER SEQUENCE", rest, *added]))
    if made and before and bool(made["unlogged"]) != bool(before["unlogged"]):
        yield Statement(f"ALTER SEQUENCE {qualified_name(new)} SET {'UNLOGGED' if made['unlogged'] else 'LOGGED'}")


def _usual_start(said: str) -> str:
    """Where a sequence begins that does not say it (PostgreSQL, "CREATE SEQUENCE", START)."""
    is_falling = re.search(r"\sINCREMENT\s+(?:BY\s+)?-", said) is not None
    found = re.search(r"(?<!NO)\sMAXVALUE\s+(-?\d+)" if is_falling else r"(?<!NO)\sMINVALUE\s+(-?\d+)", said)
    return found[1] if found else "-1" if is_falling else "1"


def set_aside(old: Attached, new: Attached) -> tuple[Statement, ...]:
    """What takes a partition out of its table until it has its other bounds."""
    return partitions.detachment(old, new) if is_partition(old) and is_partition(new) else ()


def altered(old: Attached, new: Attached) -> Iterator[Statement]:
    """What makes a sequence, a composite type or a partition that is there like another one; what it holds stays."""
    if is_partition(old) and is_partition(new):
        yield from partitions.attachment(old, new)
    if is_sequence(new):
        yield from altered_sequence(old.sql.postgres or "", new.sql.postgres or "")
    yield from (Statement(sql) for sql in _altered_attributes(old, new))


def _altered_attributes(old: Attached, new: Attached) -> tuple[str, ...]:
    """ALTER TYPE … ADD or DROP ATTRIBUTE, where one composite type goes on where the other ends."""
    before, after = old.sql.postgres or "", new.sql.postgres or ""
    name = qualified_name(after)
    added, gone = added_attributes(before, after), added_attributes(after, before)
    actions = [f"ADD ATTRIBUTE {each}" for each in added or ()]
    actions += [f"DROP ATTRIBUTE IF EXISTS {_first_name(each)}" for each in gone or ()]
    return (f"ALTER TYPE {name} {', '.join(actions)}",) if actions else ()


def _first_name(attribute: str) -> str:
    found = re.match(r'"(?:[^"]|"")*"|\S+', attribute)
    return found[0] if found else attribute


def removal(dialect: Dialect, item: Attached) -> tuple[Statement, ...]:
    """What takes a view or an object away; nothing where the engine has it not."""
    if item.sql.for_dialect(dialect.name) is None:
        return ()
    if isinstance(item, View):
        kind = "MATERIALIZED VIEW" if item.materialized and dialect.name == "postgres" else "VIEW"
        return (Statement(f"DROP {kind} IF EXISTS {dialect.quote(item.name)}"),)
    if item.kind == "partition":
        return (partitions.removal(item),)
    drop = item.drop.for_dialect(dialect.name)
    if drop and item.kind == "grant":  # a privilege goes with what it is on
        body = f"BEGIN\n    {drop};\nEXCEPTION WHEN {_GONE} THEN NULL;\nEND"
        tag = dollar_tag(body)
        return (Statement(f"DO {tag}{body}{tag}"),)
    return (Statement(drop),) if drop else ()


def roles_of(items: Iterable[Attached]) -> tuple[str, ...]:
    """The roles that grants and policies name."""
    found = (
        role
        for item in items
        if isinstance(item, OwnObject) and item.kind in {"grant", "policy"} and item.sql.postgres
        for role in roles(item.sql.postgres)
    )
    return tuple(dict.fromkeys(found))


_ASKED = re.compile(r"quote_ident\('((?:[^']|'')*)'\)::regrole")


def asked_roles(statement: str) -> tuple[str, ...]:
    """The roles that a statement of ``needed_roles`` asks for."""
    return tuple(name.replace("''", "'") for name in _ASKED.findall(statement))


def needed_roles(items: Iterable[Attached]) -> tuple[Statement, ...]:
    """What stops on PostgreSQL where a role that grants and policies name is not there."""
    names = roles_of(items)
    if not names:
        return ()
    asked = ", ".join(f"quote_ident({sql_string(name)})::regrole" for name in names)
    return (Statement(f"DO $roles$BEGIN PERFORM {asked}; END$roles$", "The roles that are named have to be there"),)


# Around a change


@dataclass(frozen=True, slots=True)
class Around:
    """What goes before the tables change, and what is made.

    ``dropped`` go deepest first, before the tables change; ``early`` is made before the tables, ``made`` after them,
    and ``leaving`` goes at the end, when no table needs it any more. ``replaced`` are the names of those that are made
    in the place of others.
    """

    dropped: tuple[Attached, ...] = ()
    early: tuple[Attached, ...] = ()
    made: tuple[Attached, ...] = ()
    leaving: tuple[Attached, ...] = ()
    replaced: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.dropped or self.early or self.made or self.leaving)


def around(
    old: Schema, new: Schema, dialect: DialectName, touched: Collection[str], types: Collection[str] = ()
) -> Around:
    """What has to go, and be made, around a change of tables.

    Args:
        old: the schema before.
        new: the schema after.
        dialect: the engine.
        touched: old names of tables that can't change while something reads them.
        types: names of types that are recreated, or go.
    """
    before = {item.name: item for item in present(old.attached, dialect)}
    after = {item.name: item for item in present(new.attached, dialect)}
    gone: set[str] = set()
    replaced: set[str] = set()
    kept = {item.drop for item in after.values() if isinstance(item, OwnObject)}
    leaving = [item for name, item in before.items() if name in old.early and name not in after]
    for name, item in before.items():
        successor = after.get(name)
        stands_on_gone = any(need in gone for need in item.needs)
        is_touched = _is_fixed(item, dialect) and any(need in touched for need in item.needs)
        is_touched = is_touched or (_may_show_types(item) and not _shown(item, dialect).isdisjoint(types))
        changed = successor is None or successor.definition(dialect) != item.definition(dialect)
        if item in leaving and not is_touched:
            continue
        if changed and not (stands_on_gone or is_touched) and successor and replaceable(item, successor, dialect):
            replaced.add(name)
        elif changed or stands_on_gone or is_touched:
            gone.add(name)
    made = [item for name, item in after.items() if name not in before or name in gone or name in replaced]
    return Around(
        dropped=tuple(item for name, item in reversed(before.items()) if name in gone),
        early=tuple(item for item in made if item.name in new.early),
        made=tuple(item for item in made if item.name not in new.early),
        leaving=tuple(item for item in reversed(leaving) if item.name not in gone and _drop_of(item) not in kept),
        replaced=frozenset(replaced),
    )


def _drop_of(item: Attached) -> Sql | None:
    """What takes an object away: another may have taken its place under another key."""
    return item.drop if isinstance(item, OwnObject) else None


def _may_show_types(item: Attached) -> TypeGuard[OwnObject]:
    """Whether a name in the text of an object may be that of a type; a partition's columns are its table's."""
    return isinstance(item, OwnObject) and item.kind != "partition"


def _shown(item: OwnObject, dialect: DialectName) -> frozenset[str]:
    """The names that an object shows outside of a body between quotes; none of what has no statement."""
    return words(header(item.sql.for_dialect(dialect) or ""))


def _is_fixed(item: Attached, dialect: DialectName) -> bool:
    """Whether an engine lets no table change under it: what it has parsed, and on SQLite all text."""
    if isinstance(item, View) or dialect == "sqlite":
        return True
    if item.kind in {"function", "procedure"}:  # a body between quotes is text, which nobody looks into
        return not has_quoted_body(item.sql.postgres or "")
    return item.kind in {"trigger", "policy", "rule"}


def replaceable(old: Attached, new: Attached, dialect: DialectName) -> bool:
    """Whether one takes the place of the other while everything that needs it stays."""
    if dialect == "sqlite":
        return False
    if isinstance(old, View) and isinstance(new, View):
        known = all(not isinstance(column.type, t.Native) for column in old.columns)
        before = [(column.name, column.type) for column in old.columns]
        after = [(column.name, column.type) for column in new.columns[: len(before)]]
        return known and before == after and old.postgres == new.postgres and not (old.materialized or new.materialized)
    if isinstance(old, OwnObject) and isinstance(new, OwnObject) and old.kind == new.kind:
        if is_sequence(old) or (is_partition(old) and is_same_partition(old, new)):
            return True
        if old.kind == "type":
            return bool(_altered_attributes(old, new))
        texts = old.sql.postgres or "", new.sql.postgres or ""
        if old.kind in {"function", "procedure"}:
            return _signature(texts[0]) == _signature(texts[1])
    return False


def _signature(text: str) -> str:
    """What a function is called with, and what it gives: CREATE OR REPLACE can't change that."""
    head = _CREATE.sub("", header(text))
    return re.split(
        r"(?i) (?:LANGUAGE|IMMUTABLE|STABLE|VOLATILE|STRICT|CALLED|SECURITY|COST|ROWS|PARALLEL|SET|AS) ", f"{head} AS "
    )[0]


def belongs_to(item: Attached, tables: Collection[str]) -> set[str]:
    """The table that an object of PostgreSQL is a part of: making and dropping it locks that one."""
    if not isinstance(item, OwnObject) or item.kind not in PARTS_OF_TABLES:
        return set()
    by_statement = {"index", "statistics", "partition"}
    text = item.sql.postgres if item.kind in by_statement else item.drop.postgres
    said = words(text or "")
    return {name for name in tables if shows(said, name)}
