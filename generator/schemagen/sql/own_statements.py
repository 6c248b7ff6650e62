"""Statements that make objects of one's own: whether a text makes what it says, and what takes it away again.

Only the beginning of a statement is read; the rest is left to the engines. Sources: PostgreSQL, "SQL Commands";
SQLite, "CREATE TRIGGER".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import SqlError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.dialect import DialectName
    from schemagen.schema.objects import ObjectKind

_NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*)'
_QUALIFIED = rf"{_NAME}(?:\s*\.\s*{_NAME})?"
_TOKEN = re.compile(
    r"(?P<blank>\s+|--[^\n]*|/\*.*?\*/)|(?P<dollar>\$(?:[A-Za-z_]\w*)?\$)|(?P<quoted>[eE]?'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")"
    r"|(?P<word>[A-Za-z_][\w$]*)|(?P<sign>.)",
    re.DOTALL,
)

_STATE = "(?:DISABLE|ENABLE REPLICA|ENABLE ALWAYS)"
_PART_OF = rf"PARTITION OF (?P<on>{_QUALIFIED}) (?:DEFAULT|FOR VALUES)(?= |$)"
_EVENT = "(?:SELECT|INSERT|UPDATE|DELETE)"
_DEFAULT = r"(?P<head>ALTER DEFAULT PRIVILEGES(?: .+?)?)"
_ALTER = rf"ALTER TABLE (?:ONLY )?(?P<on>{_QUALIFIED})"
_COLUMN = rf"{_ALTER} ALTER (?:COLUMN )?(?P<name>{_NAME})"

_POSTGRES: dict[ObjectKind, tuple[tuple[str, str], ...]] = {
    "function": (
        (rf"CREATE (?:OR REPLACE )?FUNCTION (?P<name>{_QUALIFIED}) ?\(", "DROP FUNCTION IF EXISTS {name}({args})"),
    ),
    "procedure": (
        (rf"CREATE (?:OR REPLACE )?PROCEDURE (?P<name>{_QUALIFIED}) ?\(", "DROP PROCEDURE IF EXISTS {name}({args})"),
    ),
    "aggregate": (
        (rf"CREATE (?:OR REPLACE )?AGGREGATE (?P<name>{_QUALIFIED}) ?\(", "DROP AGGREGATE IF EXISTS {name}({args})"),
    ),
    "trigger": (
        (
            rf"CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER (?P<name>{_NAME}) .*? ON (?P<on>{_QUALIFIED})(?= )",
            "DROP TRIGGER IF EXISTS {name} ON {on}",
        ),
        (
            rf"ALTER TABLE (?:ONLY )?(?P<on>{_QUALIFIED}) {_STATE} TRIGGER (?P<name>{_NAME})$",
            "ALTER TABLE IF EXISTS {on} ENABLE TRIGGER {name}",
        ),
    ),
    "policy": (
        (rf"CREATE POLICY (?P<name>{_NAME}) ON (?P<on>{_QUALIFIED})(?= |$)", "DROP POLICY IF EXISTS {name} ON {on}"),
        (
            rf"ALTER TABLE (?:ONLY )?(?P<on>{_QUALIFIED}) ENABLE ROW LEVEL SECURITY$",
            "ALTER TABLE IF EXISTS {on} DISABLE ROW LEVEL SECURITY",
        ),
        (
            rf"ALTER TABLE (?:ONLY )?(?P<on>{_QUALIFIED}) FORCE ROW LEVEL SECURITY$",
            "ALTER TABLE IF EXISTS {on} NO FORCE ROW LEVEL SECURITY",
        ),
    ),
    "grant": (
        (
            r"GRANT (?P<what>.+) ON (?P<on>.+?) TO (?P<who>.+?)(?: WITH GRANT OPTION)?$",
            "REVOKE {what} ON {on} FROM {who}",
        ),
        (
            r"REVOKE (?P<what>.+) ON (?P<on>.+?) FROM (?P<who>.+?)(?: CASCADE| RESTRICT)?$",
            "GRANT {what} ON {on} TO {who}",
        ),
        (
            rf"{_DEFAULT} GRANT (?P<what>.+) ON (?P<on>.+?) TO (?P<who>.+?)(?: WITH GRANT OPTION)?$",
            "{head} REVOKE {what} ON {on} FROM {who}",
        ),
        (
            rf"{_DEFAULT} REVOKE (?P<what>.+) ON (?P<on>.+?) FROM (?P<who>.+?)$",
            "{head} GRANT {what} ON {on} TO {who}",
        ),
    ),
    "rule": (
        (
            rf"CREATE (?:OR REPLACE )?RULE (?P<name>{_NAME}) AS ON {_EVENT} TO (?P<on>{_QUALIFIED})(?= )",
            "DROP RULE IF EXISTS {name} ON {on}",
        ),
    ),
    "sequence": (
        (
            rf"CREATE (?:UNLOGGED )?SEQUENCE (?:IF NOT EXISTS )?(?P<name>{_QUALIFIED})(?= |$)",
            "DROP SEQUENCE IF EXISTS {name}",
        ),
    ),
    "type": (
        (rf"CREATE TYPE (?P<name>{_QUALIFIED}) AS(?= )", "DROP TYPE IF EXISTS {name}"),
        (rf"CREATE DOMAIN (?P<name>{_QUALIFIED})(?= )", "DROP DOMAIN IF EXISTS {name}"),
    ),
    "constraint": (
        (
            rf"{_ALTER} ADD CONSTRAINT (?P<name>{_NAME})(?= )",
            "ALTER TABLE IF EXISTS {on} DROP CONSTRAINT IF EXISTS {name}",
        ),
    ),
    "index": (
        (
            rf"CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?(?P<name>{_NAME}) ON (?:ONLY )?(?P<on>{_QUALIFIED})(?= )",
            "DROP INDEX IF EXISTS {name}",
        ),
    ),
    "partition": (
        (
            rf"CREATE TABLE (?:IF NOT EXISTS )?(?P<name>{_QUALIFIED}) {_PART_OF}",
            "DROP TABLE IF EXISTS {name}",
        ),
    ),
    "statistics": (
        (
            rf"CREATE STATISTICS (?:IF NOT EXISTS )?(?P<name>{_QUALIFIED}) .* FROM (?P<on>{_QUALIFIED})$",
            "DROP STATISTICS IF EXISTS {name}",
        ),
    ),
    "option": (
        (rf"{_ALTER} SET UNLOGGED$", "ALTER TABLE IF EXISTS {on} SET LOGGED"),
        (rf"{_ALTER} SET \((?P<settings>[^()]*)\)$", "ALTER TABLE IF EXISTS {on} RESET ({settings})"),
        (rf"{_ALTER} REPLICA IDENTITY (?:FULL|NOTHING)$", "ALTER TABLE IF EXISTS {on} REPLICA IDENTITY DEFAULT"),
        (rf"{_COLUMN} SET STORAGE \w+$", "ALTER TABLE IF EXISTS {on} ALTER COLUMN {name} SET STORAGE DEFAULT"),
        (rf"{_COLUMN} SET COMPRESSION \w+$", "ALTER TABLE IF EXISTS {on} ALTER COLUMN {name} SET COMPRESSION DEFAULT"),
        (rf"{_COLUMN} SET STATISTICS [\d ]+$", "ALTER TABLE IF EXISTS {on} ALTER COLUMN {name} SET STATISTICS -1"),
    ),
}
"""What each kind of statement begins with, and what takes away what it makes."""
_LISTED = frozenset({"constraint"})
"""Kinds whose statement could go on with other actions, behind a comma."""

_SQLITE: dict[ObjectKind, tuple[tuple[str, str], ...]] = {
    "trigger": ((rf"CREATE TRIGGER (?:IF NOT EXISTS )?(?P<name>{_NAME})(?= )", "DROP TRIGGER IF EXISTS {name}"),),
}


def plain(text: str) -> str:
    """A statement as it is kept: without spaces around it and the final semicolon."""
    return text.strip().rstrip(";").rstrip()


def drop_of(kind: ObjectKind, text: str, dialect: DialectName) -> str:
    """What takes away what a statement makes.

    Raises:
        SqlError: where the statement makes something else than an object of that kind, or is more than one.
    """
    forms = (_POSTGRES if dialect == "postgres" else _SQLITE).get(kind, ())
    engine = "PostgreSQL" if dialect == "postgres" else "SQLite"
    if not forms:
        raise SqlError(f"SQLite has no {kind}", "give the text for PostgreSQL alone")
    tokens = list(_tokens(text))
    _refuse_more(tokens, text, dialect)
    head = _joined(tokens)
    for form, drop in forms:
        match = re.match(form, head, re.IGNORECASE)
        if match:
            if kind in _LISTED and _goes_on(head[match.end() :]):
                raise SqlError("the text is more than one action", "make an object of each")
            arguments = _arguments(head, match.end()) if "{args}" in drop else ""
            return drop.format(args=arguments, **{**match.groupdict(), **_names_of_settings(match)})
    first = " ".join(head.split(" ")[:4])
    raise SqlError(f"the text for {engine} makes no {kind}: it begins with `{first}`", "one statement, which makes it")


def checked_drop(kind: ObjectKind, text: str, dialect: DialectName) -> str:
    """A written drop as it is kept.

    Raises:
        SqlError: where it takes away anything but an object of that kind, or is more than one statement.
    """
    tokens = list(_tokens(text))
    _refuse_more(tokens, f"{text.strip().rstrip(';')}", "postgres")
    others = {
        "grant": r"|REVOKE |GRANT |ALTER DEFAULT PRIVILEGES ",
        "policy": _SECURITY,
        "trigger": _TRIGGER_STATE,
        "type": r"|DROP DOMAIN ",
        "constraint": _CONSTRAINT,
        "option": _OPTION,
        "partition": _PARTITION,
    }
    allowed = rf"DROP {kind} " + (others.get(kind, "") if dialect == "postgres" else "")
    if not re.match(allowed, f"{_joined(tokens)} ", re.IGNORECASE):
        raise SqlError(f"`drop` drops no {kind}", f"write DROP {kind.upper()} …, or leave it out")
    return plain(text)


_SECURITY = rf"|ALTER TABLE (?:IF EXISTS )?{_QUALIFIED} (?:DISABLE|NO FORCE) ROW LEVEL SECURITY $"
_CONSTRAINT = rf"|ALTER TABLE (?:IF EXISTS )?{_QUALIFIED} DROP CONSTRAINT (?:IF EXISTS )?{_NAME} $"
_OPTION = (
    rf"|ALTER TABLE (?:IF EXISTS )?{_QUALIFIED} (?:(?:ALTER (?:COLUMN )?{_NAME} )?SET|RESET|REPLICA IDENTITY) [^,;]*$"
)
_PARTITION = (
    rf"|DROP TABLE (?:IF EXISTS )?{_QUALIFIED} $|ALTER TABLE (?:IF EXISTS )?{_QUALIFIED} DETACH PARTITION [^,;]*$"
)
_TRIGGER_STATE = rf"|ALTER TABLE (?:IF EXISTS )?{_QUALIFIED} ENABLE TRIGGER {_NAME} $"


def made_name(text: str) -> str | None:
    """The name of what a statement makes, without a schema; None of a grant."""
    name = qualified_name(text)
    return name.split(".")[-1].strip().strip('"') if name else None


def qualified_name(text: str) -> str | None:
    """The name of what a statement makes, as it is written there; None of a grant."""
    head = _joined(list(_tokens(text)))
    made = re.match(
        r"(?:CREATE (?:OR REPLACE )?(?:(?:CONSTRAINT|UNLOGGED|UNIQUE) )?\w+ (?:IF NOT EXISTS )?"
        rf"|ALTER .+? ADD CONSTRAINT )(?P<name>{_QUALIFIED})",
        head,
        re.IGNORECASE,
    )
    return made["name"] if made else None


def header(text: str) -> str:
    """A statement up to the body of a function; the whole of what has no such body."""
    tokens = list(_tokens(text))
    for place, (kind, word) in enumerate(tokens):
        following = tokens[place + 1][0] if place + 1 < len(tokens) else ""
        if kind == "word" and word.upper() == "AS" and following in {"dollar", "quoted"}:
            return _joined(tokens[:place])
    return _joined(tokens)


def has_quoted_body(text: str) -> bool:
    """Whether the body of a function is a text between quotes, in which no engine looks for names."""
    return header(text) != _joined(list(_tokens(text)))


def words(text: str) -> frozenset[str]:
    """The names that stand in a text, outside of literals and bodies."""
    return frozenset(
        word.strip('"').replace('""', '"') if word.startswith('"') else word.lower()
        for kind, word in _tokens(text)
        if kind == "word" or word.startswith('"')
    )


def added_attributes(old: str, new: str) -> tuple[str, ...] | None:
    """The attributes that a composite type has more than another one, at its end; None where they differ otherwise."""
    before, after = _attributes(old), _attributes(new)
    if before is None or after is None or after[: len(before)] != before:
        return None
    return after[len(before) :]


def _attributes(text: str) -> tuple[str, ...] | None:
    """The attributes of a composite type; None of any other type."""
    found = re.fullmatch(
        rf"CREATE TYPE {_QUALIFIED} AS \((?P<listed>.*)\)", _joined(list(_tokens(text))), re.IGNORECASE
    )
    if found is None:
        return None
    parts, depth = [""], 0
    for word in re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|.", found["listed"], re.DOTALL):
        depth += (word == "(") - (word == ")")
        parts = [*parts, ""] if word == "," and not depth else [*parts[:-1], parts[-1] + word]
    return tuple(part.strip() for part in parts)


def roles(text: str) -> tuple[str, ...]:
    """The roles that a grant or a policy of PostgreSQL names: those have to be there."""
    head = _joined([("quoted", "''") if kind == "dollar" else (kind, word) for kind, word in _tokens(text)])
    found = re.search(
        r"^(?:GRANT|REVOKE|ALTER DEFAULT|CREATE POLICY).* (?:TO|FROM) (?P<who>[^()]+?)"
        r"(?: WITH GRANT OPTION| USING\b.*| WITH CHECK\b.*| CASCADE| RESTRICT)?$",
        head,
        re.IGNORECASE,
    )
    named = re.findall(_NAME, found["who"]) if found else []
    plain_words = {"public", "current_user", "session_user", "current_role", "group"}
    return tuple(
        dict.fromkeys(
            name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
            for name in named
            if name.lower() not in plain_words
        )
    )


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each token; the body between dollars is one, comments are none."""
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:  # pragma: no cover  (the last group takes anything)
            return
        place = match.end()
        kind = str(match.lastgroup)
        if kind == "dollar":
            end = text.find(match[0], place)
            place = len(text) if end < 0 else end + len(match[0])
            yield kind, text[match.start() : place]
        elif kind != "blank":
            yield kind, match[0]


def _joined(tokens: list[tuple[str, str]]) -> str:
    """Tokens with one space between words, and none around dots, after and before brackets, before commas."""
    text = " ".join(word for _, word in tokens)
    return re.sub(r" ?([.]) ?| (?=[,)])|(?<=\() ", lambda match: match[1] or "", text)


def _refuse_more(tokens: list[tuple[str, str]], text: str, dialect: DialectName) -> None:
    """Refuse a text that holds a second statement: a semicolon outside of BEGIN … END."""
    import sqlite3

    depth = 0
    for place, (_, word) in enumerate(tokens):
        upper = word.upper()
        is_last = place == len(tokens) - 1
        if upper in {"BEGIN", "CASE"}:
            depth += 1
        elif upper == "END" and depth:
            depth -= 1
        elif word == ";" and not depth and not is_last:
            raise SqlError("the text is more than one statement", "make an object of each")
    if dialect == "sqlite" and not sqlite3.complete_statement(f"{text.strip().rstrip(';')};"):
        raise SqlError("the text is not a whole statement of SQLite", "end it with END")


def _goes_on(rest: str) -> bool:
    """Whether a comma stands outside of all brackets."""
    depth = 0
    for word in re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|.", rest, re.DOTALL):
        depth += (word == "(") - (word == ")")
        if word == "," and not depth:
            return True
    return False


def _names_of_settings(match: re.Match[str]) -> dict[str, str]:
    """The names of storage parameters, which RESET wants without their values."""
    settings = match.groupdict().get("settings") or ""
    return {"settings": ", ".join(each.partition("=")[0].strip() for each in settings.split(","))} if settings else {}


def _arguments(head: str, start: int) -> str:
    """The arguments from behind their bracket, without defaults: DROP FUNCTION wants none."""
    parts: list[str] = [""]
    depth, skips = 0, False
    for word in re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\w+|\s+|.", head[start:], re.DOTALL):
        if word == ")" and not depth:
            break
        depth += (word in "([") - (word in ")]")
        if word == "," and not depth:
            parts.append("")
            skips = False
            continue
        skips = skips or (not depth and (word.upper() == "DEFAULT" or word in {"=", ":="}))
        parts[-1] += "" if skips else word
    return ", ".join(part.strip().rstrip(":").strip() for part in parts if part.strip())
