"""Expressions of a database as a spec has them: PostgreSQL's text, or a text for each engine.

A spec's SQL is PostgreSQL's. From PostgreSQL it is taken as printed, shortened where the print stays the same; from
SQLite, a PostgreSQL text is looked for whose translation is what the database has. What has no equal on the other
engine stays on its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from schemagen.engines.sqlite.inspect.tokens import Kind, catalog_sql, tokens
from schemagen.schema import types as t
from schemagen.schema.type_spellings import on_postgres
from schemagen.schema.values import ValueProblem, parse_value
from schemagen.sql import Expression, SqlError, expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.engines.catalog import CatalogSql
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.types import Type

NOTHING = "NULL"
"""What an engine computes where it has no equal of an expression that a column cannot do without."""

_MOMENTS = ("current_date", "now()", "gen_random_uuid()", "clock_timestamp()", "localtimestamp", "localtime")
_STRING = r"'(?:[^']|'')*'"


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as it stands in a spec.

    ``own`` is the text of the engine that it comes from; ``only`` names that engine where no other has an equal;
    ``columns`` are those it reads, as far as they are known.
    """

    sql: str | dict[str, str]
    own: str
    only: DialectName | None = None
    columns: tuple[str, ...] = ()


class PostgresExpressions:
    """Expressions as PostgreSQL prints them.

    Args:
        plain: whether to keep every text as it was printed, even where a shorter one should mean the same.
        enums: the enum types of the specs, as PostgreSQL prints them: a literal takes the type of its column by itself.
    """

    def __init__(self, *, plain: bool = False, enums: Iterable[str] = ()) -> None:
        self._plain = plain
        casts = "|".join(map(re.escape, enums))
        self._of_enum = re.compile(rf"({_STRING})::(?:{casts})(?![\w\[])") if casts else None

    def condition(self, found: CatalogSql, columns: Mapping[str, Type]) -> Written:
        """A check, predicate or index expression."""
        for text in self._texts(found):
            try:
                return Written(text, text, columns=expression(text, columns).columns)
            except SqlError:
                continue
        text = without_outer_brackets(found.canonical)
        return Written(text, text, only="postgres")

    def value(self, found: CatalogSql, columns: Mapping[str, Type], result: Type) -> Written:
        """A default or a generated column; without an equal on SQLite it is NULL there."""
        for text in self._texts(found):
            try:
                expression(text, columns, result=result)
            except SqlError:
                continue
            return Written(text, text)
        text = without_outer_brackets(found.canonical)
        if isinstance(result, t.Array) and text.startswith(("'{}'::", "ARRAY[]::")):
            return Written({"postgres": text, "sqlite": "'[]'"}, text)
        if isinstance(result, t.Native) and (literal := re.fullmatch(rf"({_STRING})::[\w .\"]+", text)):
            return Written({"postgres": text, "sqlite": literal[1]}, text)
        if isinstance(result, t.Native) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
            return Written({"postgres": text, "sqlite": text}, text)
        return Written({"postgres": text, "sqlite": NOTHING}, text, only="postgres")

    def _texts(self, found: CatalogSql) -> Iterator[str]:
        printed = without_outer_brackets(found.canonical)
        if self._of_enum:
            bare = self._of_enum.sub(r"\1", printed)
            if bare != printed:
                yield without_outer_brackets(_shortened(_ANY_ENUM.sub(_one_of, bare)))
                yield bare
        if not self._plain:
            short = without_outer_brackets(_shortened(printed))
            if short != printed:
                yield short
        yield printed


class SqliteExpressions:
    """Expressions as SQLite keeps them: the text that somebody wrote."""

    def condition(self, found: CatalogSql, columns: Mapping[str, Type]) -> Written:
        """A check, predicate or index expression."""
        own = without_outer_brackets(found.written)
        for text in _postgres_texts(own, columns):
            made = _translated(text, columns, None)
            if made and made.sql.sqlite and catalog_sql(made.sql.sqlite).canonical == found.canonical:
                return Written(text, own, columns=made.columns)
        return Written(own, own, only="sqlite")

    def value(self, found: CatalogSql, columns: Mapping[str, Type], result: Type) -> Written:
        """A default or a generated column; without an equal on PostgreSQL it is NULL there."""
        own = without_outer_brackets(found.written)
        for text in (*_postgres_texts(own, columns), *_MOMENTS):
            made = _translated(text, columns, result)
            if made and made.sql.sqlite and catalog_sql(made.sql.sqlite).canonical == found.canonical:
                return Written(text, own)
        equal = _like_on_postgres(own, result)
        return Written({"postgres": equal or NOTHING, "sqlite": own}, own, only=None if equal else "sqlite")


def _translated(text: str, columns: Mapping[str, Type], result: Type | None) -> Expression | None:
    try:
        return expression(text, columns, result=result)
    except SqlError:
        return None


def without_outer_brackets(text: str) -> str:
    """A text without round brackets around the whole of it."""
    stripped = text.strip()
    while stripped.startswith("(") and _closes_at_the_end(stripped):
        stripped = stripped[1:-1].strip()
    return stripped


def _closes_at_the_end(text: str) -> bool:
    depth = 0
    quote = ""
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return position == len(text) - 1
    return False


_CASTS = r"(?:numeric|bigint|smallint|integer|double precision|real)"
_LITERAL_CASTS = r"(?:text|character varying|bpchar|date|uuid|(?:timestamp|time) with(?:out)? time zone)"
_NAME = r"(?:\"(?:[^\"]|\"\")+\"|\w+)"
_ANY_TEXT = re.compile(rf"(?P<column>{_NAME}) = ANY \(ARRAY\[(?P<items>{_STRING}::text(?:, {_STRING}::text)*)\]\)")
_ANY_VARCHAR = re.compile(
    rf"\((?P<column>{_NAME})\)::text = ANY \(\(ARRAY\[(?P<items>"
    rf"{_STRING}::character varying(?:, {_STRING}::character varying)*)\]\)::text\[\]\)"
)
_ANY_ENUM = re.compile(rf"(?P<column>{_NAME}) = ANY \(ARRAY\[(?P<items>{_STRING}(?:, {_STRING})*)\]\)")
_SHORTER: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"\((-?\d+(?:\.\d+)?)\)::{_CASTS}"), r"\1"),
    (re.compile(rf"\(({_NAME})\)::(?:text|numeric|double precision|bigint)(?!\[)"), r"\1"),
    (re.compile(rf"({_STRING})::{_LITERAL_CASTS}(?!\[)"), r"\1"),
    (re.compile(rf"\(({_NAME} IS (?:NOT )?NULL)\)"), r"\1"),
    (re.compile(rf"\(({_NAME} (?:<>|[<>]=?|=) (?:{_STRING}|-?\d+(?:\.\d+)?|{_NAME}))\)"), r"\1"),
)


def _listed(cast: str, match: re.Match[str]) -> str:
    return f"{match['column']} IN ({match['items'].replace(cast, '')})"


def _one_of(match: re.Match[str]) -> str:
    return f"{match['column']} IN ({match['items']})"


def _shortened(text: str) -> str:
    """A printed expression as a person would write it: without casts and brackets that PostgreSQL adds by itself.

    What these patterns get wrong prints otherwise, so that the proof finds it and the printed text is taken.
    """
    for pattern, cast in ((_ANY_TEXT, "::text"), (_ANY_VARCHAR, "::character varying")):
        text = pattern.sub(partial(_listed, cast), text)
    for pattern, replacement in _SHORTER:
        text = pattern.sub(replacement, text)
    return text


def _postgres_texts(text: str, columns: Mapping[str, Type]) -> Iterator[str]:
    """What PostgreSQL's text may have been: the same, one with true and false for 1 and 0, or sqlglot's translation."""
    yield text
    quoted = _with_double_quotes(text)
    if quoted != text:
        yield quoted
    booleans = "|".join(re.escape(name) for name, type_ in columns.items() if isinstance(type_, t.Boolean))
    if booleans:
        said = re.sub(rf"(\"?\b(?:{booleans})\b\"? (?:=|<>|!=|IS(?: NOT)?)) ([01])\b", _with_boolean, text)
        said = re.sub(rf"(\"?\b(?:{booleans})\b\"? (?i:IN)) ?\(0, ?1\)", r"\1 (false, true)", said)
        if said != text:
            yield said
    bare = re.sub(r"\brtrim\((\w+)\)", r"\1", text)
    rounded = re.fullmatch(r"round\((.+), \d+\)", text, re.DOTALL)
    for changed in (bare if bare != text else None, rounded[1] if rounded else None):
        if changed is not None:
            yield changed
    yield from _transpiled(text)


def _with_double_quotes(text: str) -> str:
    """A text whose names stand in double quotes, not in the brackets or backticks that SQLite also takes."""
    for token in reversed(tokens(text)):
        if token.kind is Kind.QUOTED and token.text[0] in "[`":
            text = f'{text[: token.offset]}"{token.name}"{text[token.end :]}'
    return text


def _with_boolean(match: re.Match[str]) -> str:
    return f"{match[1]} {'true' if match[2] == '1' else 'false'}"


def _transpiled(text: str) -> Iterable[str]:
    from sqlglot import errors, transpile  # heavy, and most expressions are the same on both engines

    try:
        made = transpile(text, read="sqlite", write="postgres")
    except errors.SqlglotError:
        return ()
    return [one for one in made if one and one != text] if len(made) == 1 else ()


_PRESENT_IN_UTC: dict[type[Type], str] = {
    t.TimestampTz: "now()",
    t.Timestamp: "(now() AT TIME ZONE 'UTC')",
    t.Date: "(now() AT TIME ZONE 'UTC')::date",
    t.Time: "(now() AT TIME ZONE 'UTC')::time",
}
"""What SQLite's CURRENT_TIMESTAMP, CURRENT_DATE and CURRENT_TIME are (SQLite, "Date And Time Functions")."""

_EPOCHS: dict[type[Type], str] = {
    t.Integer: "extract(epoch FROM now())::integer",
    t.BigInt: "extract(epoch FROM now())::bigint",
    t.Numeric: "floor(extract(epoch FROM now()))",
    t.Text: "extract(epoch FROM now())::bigint::text",
    t.Varchar: "extract(epoch FROM now())::bigint::text",
}
"""Seconds since 1970."""

_PRESENT = {
    "current_timestamp": (t.Timestamp, t.TimestampTz),
    "current_date": (t.Date,),
    "current_time": (t.Time,),
}
_CLOCK = re.compile(r"(strftime\('[^']*', ?'now'.*\)|datetime\('now'.*\)|(?i:current_timestamp))")
_EPOCH = re.compile(r"(?i:cast\( ?)?(strftime\('%s', ?'now'\)|unixepoch\(('now')?\))(?i: as integer ?\))?")
_TODAY = re.compile(r"date\(('now')?\)")
_LOCAL = re.compile(r"'localtime'\s*\)$")
_BYTES = re.compile(r"[xX]'([0-9A-Fa-f]*)'")
_UUID_LENGTH = 36
_ONE, _TWO = "'", "''"
_BOOLEANS = {
    **dict.fromkeys(("0", "false", "f", "no", "off"), "false"),
    **dict.fromkeys(("1", "true", "t", "yes", "on"), "true"),
}


def _like_on_postgres(text: str, result: Type) -> str | None:
    """A default of the same meaning, although the two engines may write its values otherwise."""
    result = on_postgres(result)
    if re.fullmatch(rf"{_STRING}|-?[0-9]+(\.[0-9]+)?|(?i:NULL)", text):
        return _literal_on_postgres(text, result)
    if text.upper() in {"TRUE", "FALSE"}:
        return text.lower() if isinstance(result, t.Boolean) else None
    if bytes_ := _BYTES.fullmatch(text):
        return f"'\\x{bytes_[1].lower()}'" if isinstance(result, t.Bytea) else None
    return _time_on_postgres(text, result) or (
        _random_uuid(result) if "randomblob(" in text and "'-'" in text else None
    )


def _time_on_postgres(text: str, result: Type) -> str | None:
    if isinstance(result, _PRESENT.get(text.lower(), ())):
        return _PRESENT_IN_UTC[type(result)]
    if _EPOCH.fullmatch(text):
        return _EPOCHS.get(type(result))
    if _TODAY.fullmatch(text):
        return _PRESENT_IN_UTC[t.Date] if isinstance(result, t.Date) else None
    return _present_on_postgres(result, is_local=bool(_LOCAL.search(text))) if _CLOCK.fullmatch(text) else None


def _literal_on_postgres(text: str, result: Type) -> str | None:
    """A literal, if PostgreSQL's type can hold it; SQLite's columns hold everything."""
    if isinstance(result, t.Native):
        return text
    if isinstance(result, t.Boolean):
        return _BOOLEANS.get(text.strip("'").lower())
    if isinstance(result, t.Bytea):
        return f"'\\x{text[1:-1].replace(_TWO, _ONE).encode().hex()}'" if text.startswith("'") else None
    if text.upper() == NOTHING or isinstance(result, (t.JsonType, t.Array)):
        return text if text.startswith("'") or text.upper() == NOTHING else f"'{text}'"
    try:
        parse_value(result, text[1:-1].replace("''", "'") if text.startswith("'") else text)
    except ValueProblem:
        return None
    return text if text.startswith("'") or isinstance(result, t.NumberType) else f"'{text}'"


def _present_on_postgres(result: Type, *, is_local: bool) -> str | None:
    match result:
        case t.TimestampTz():
            return "now()"
        case t.Timestamp():
            return "LOCALTIMESTAMP" if is_local else _PRESENT_IN_UTC[t.Timestamp]
        case t.Text() | t.Varchar():
            return "now()::text"
    return None


def _random_uuid(result: Type) -> str | None:
    match result:
        case t.Uuid():
            return "gen_random_uuid()"
        case t.Text(limit=limit) | t.Varchar(limit=limit) | t.Char(limit=limit):
            return "gen_random_uuid()::text" if limit is None or limit >= _UUID_LENGTH else None
    return None
