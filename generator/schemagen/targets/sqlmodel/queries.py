"""The query patterns as typed functions: what a statement takes and gives is known here already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING

from schemagen.base.escape import one_line
from schemagen.base.render import render as render_template
from schemagen.schema import types as t
from schemagen.schema.model_names import attribute
from schemagen.schema.names import words_of
from schemagen.schema.query import Rows
from schemagen.targets.python_code import INDENT, Call, Code, Named, Text, flat, layout, names_in, packed, quoted

from .docstrings import laid_out
from .types import annotation, modules, sql_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.schema.model import Schema
    from schemagen.schema.query import Query, ResultColumn

_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|::|(?<![:\w]):(?P<name>[A-Za-z_]\w*)", re.DOTALL
)
_IMPORTED = frozenset(
    {
        "Any", "AsyncSession", "BigInt", "Decimal", "Literal", "Query", "Raw", "Session", "TYPE_CHECKING",
        "UUID", "annotations", "dataclass", "dt", "queries", "types",
    }
)  # fmt: skip
"""What the modules of functions use themselves."""

_HIDING = _IMPORTED | {"bool", "bytes", "float", "int", "list", "str"}
"""What a keyword or a field of a row would hide from the annotations that follow it."""

_MODULE = "The queries of the specs as functions with the text of their document; `aqueries` has them for async code."
_METHODS = {Rows.ONE: "one", Rows.AT_MOST_ONE: "first", Rows.MANY: "many", Rows.NONE: "count"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a query can't be a function, and the fix."""

    query: Query
    message: str
    hint: str


def problems(schema: Schema) -> Iterator[Problem]:
    """What keeps queries from being functions.

    Yields:
        A name that Python or the module has another use for, or that two queries share; a parameter whose type nothing
        says; a column of a result without a name, or with the name of another one.
    """
    seen: set[str] = set()
    for query in schema.queries:
        if query.result is None:
            continue
        name = query.name
        if iskeyword(name) or name.startswith("_") or name in _HIDING:
            yield Problem(query, f"`{name}` can't be the name of a function", "give the query another name")
        if name in seen:
            yield Problem(query, f"two queries are called `{name}`", "each is a function: give one another name")
        seen.add(name)
        for parameter in query.parameters:
            if not parameter.known:
                hint = f"say it, as in `CAST(:{parameter.name} AS integer)`"
                yield Problem(query, f"nothing says the type of `:{parameter.name}`", hint)
        yield from _of_columns(query, query.result.columns)


def _of_columns(query: Query, columns: Sequence[ResultColumn]) -> Iterator[Problem]:
    names = [column.name for column in columns]
    if len(names) == 1:
        return  # the function gives the value itself
    for name in dict.fromkeys(names):
        if name == UNNAMED:
            yield Problem(query, "a column of the result has no name", "write `AS name` after it")
        elif names.count(name) > 1:
            yield Problem(query, f"two columns of the result are called `{name}`", "write `AS name` after one of them")


UNNAMED = "?column?"


def render(schema: Schema) -> dict[str, str]:
    """The modules of functions, by path; none where no query can be one."""
    queries = [query for query in schema.queries if query.result is not None]
    if not queries:
        return {}
    left_out = ", ".join(query.name for query in schema.queries if query.result is None)
    rows = _row_names(queries)
    parts = [part for query in queries for part in _sync(query, rows[query.name])]
    code = "\n\n\n".join(parts)
    asynchronous = "\n\n\n".join(_async(query, rows[query.name]) for query in queries)
    support = ", ".join(name for name in ("BigInt", "Query", "Raw") if f"{name}(" in code or name == "Query")
    return {
        "models/_queries.py": render_template("queries/_support.py.jinja"),
        "models/queries.py": render_template(
            "queries/queries.py.jinja",
            imports=_imports(queries, code),
            support=support,
            code=code,
            docstring=laid_out(
                _MODULE, [f"Not here, as an engine has SQL of its own: {left_out}."] if left_out else (), indent=""
            ),
        ),
        "models/aqueries.py": render_template(
            "queries/aqueries.py.jinja", imports=_imports(queries, asynchronous), code=asynchronous
        ),
    }


def _row_names(queries: Sequence[Query]) -> dict[str, str]:
    """The class of each query's rows: ``open_tasks`` → ``OpenTasksRow``."""
    found: dict[str, str] = {}
    for query in queries:
        name = "".join(word[:1].upper() + word[1:] for word in words_of(query.name)) + "Row"
        while name in found.values():
            name += "_"
        found[query.name] = name
    return found


def _sync(query: Query, row: str) -> Iterator[str]:
    assert query.result is not None  # noqa: S101  (the caller has looked)
    if len(query.result.columns) > 1:
        yield _row_class(query.result.columns, row)
    yield _statement(query, row)
    names = _arguments(query)
    given = [Named(quoted(name), argument, ": ") for name, argument in names.items()]
    head = f"return _{query.name}.{_METHODS[query.result.rows]}"
    body = packed(head, ["session", Call("", *given, brackets="{}")], indent=INDENT)
    yield _function("def ", "Session", query, _given(query, row), body)


def _async(query: Query, row: str) -> str:
    names = _arguments(query).values()
    given: list[Code] = [f"queries.{query.name}", *(Named(argument, argument) for argument in names)]
    body = packed("return await session.run_sync", given, indent=INDENT)
    return _function("async def ", "AsyncSession", query, _given(query, f"queries.{row}"), body)


def _function(word: str, session: str, query: Query, given: str, body: str) -> str:
    names = _arguments(query)
    arguments: list[Code] = [Named("session", session, ": ")]
    if query.parameters:
        arguments.append("*")
    for parameter in query.parameters:
        arguments.append(
            Named(names[parameter.name], _optional(annotation(parameter.type), is_optional=parameter.nullable), ": ")
        )
    head = packed(f"{word}{query.name}", arguments, f" -> {given}:")
    docstring = laid_out(one_line(query.description) or f"The query {query.name}.", indent=INDENT)
    return f"{head}\n{INDENT}{docstring}\n{INDENT}{body}"


def _arguments(query: Query) -> dict[str, str]:
    """The keyword of each parameter."""
    found: dict[str, str] = {}
    for parameter in query.parameters:
        found[parameter.name] = attribute(parameter.name, found.values(), reserved=_HIDING | {"session"})
    return found


def _row_class(columns: Sequence[ResultColumn], row: str) -> str:
    lines = ["@dataclass(frozen=True, slots=True)", f"class {row}:"]
    taken: set[str] = set()
    for column in columns:
        name = attribute(column.name, taken, reserved=_HIDING)
        taken.add(name)
        before = f"{INDENT}{name}: "
        kind = _annotation(column)
        optional = " | None" if column.nullable and kind != "Any" else ""
        lines.append(before + layout(kind, before=len(before), after=len(optional), indent=INDENT) + optional)
    return "\n".join(lines)


def _statement(query: Query, row: str) -> str:
    assert query.result is not None  # noqa: S101
    postgres, sqlite = query.sql.postgres or "", query.sql.sqlite or ""
    arguments: list[Code] = [Text(_escaped(postgres))]
    if sqlite != postgres:
        arguments.append(Text(_escaped(sqlite)))
    if len(query.result.columns) > 1:
        arguments.append(f"make={row}")
    types = [Named(quoted(each.name), sql_type(each.type), ": ") for each in query.parameters]
    arguments.append(Named("parameters", Call("", *types, brackets="{}")))
    if query.result.columns:
        kinds = (_result_type(column.type) for column in query.result.columns)
        arguments.append(Named("columns", Call("", *kinds, brackets="[]")))
    before = f"_{query.name} = "
    return before + layout(Call(f"Query[{_row(query, row)}]", *arguments), before=len(before))


def _annotation(column: ResultColumn) -> Code:
    """What a column holds; of an engine's own type nothing is known."""
    return "Any" if isinstance(column.type, t.Native) else annotation(column.type)


def _result_type(type_: t.Type) -> Code:
    if isinstance(type_, t.Native):
        return "Raw()"
    return "BigInt()" if isinstance(type_, t.BigInt) else sql_type(type_)


def _escaped(text: str) -> str:
    """A statement for ``sqlalchemy.text``, which would take a colon inside of a string for a parameter."""

    def literal(match: re.Match[str]) -> str:
        return match[0] if match["name"] else match[0].replace(":", "\\:")

    return _TOKEN.sub(literal, text)


def _row(query: Query, row: str) -> str:
    """What one row is: its class, the value of its only column, or None where there are no rows."""
    assert query.result is not None  # noqa: S101
    match query.result.columns:
        case ():
            return "None"
        case (column,):
            return _optional(_annotation(column), is_optional=column.nullable)
    return row


def _given(query: Query, row: str) -> str:
    """What the function gives."""
    assert query.result is not None  # noqa: S101
    made = _row(query, row)
    match query.result.rows:
        case Rows.NONE:
            return "int"
        case Rows.MANY:
            return f"list[{made}]"
        case Rows.AT_MOST_ONE:
            return made if made.endswith(" | None") else _optional(made, is_optional=True)
    return made


def _optional(kind: Code, *, is_optional: bool) -> str:
    return f"{flat(kind)} | None" if is_optional and kind != "Any" else flat(kind)


def _imports(queries: Sequence[Query], code: str) -> list[str]:
    """The imports of a module before those of its package, in the order that isort keeps."""
    used = names_in(code)
    kinds = [parameter.type for query in queries for parameter in query.parameters]
    kinds += [column.type for query in queries if query.result for column in query.result.columns]
    authors = sorted({name for kind in kinds for name in modules(kind) if name.partition(".")[0] in used})
    lines = ["import datetime as dt"] if "dt" in used else []
    lines += [f"import {name}" for name in authors]
    lines += ["from dataclasses import dataclass"] if "dataclass" in used else []
    lines += ["from decimal import Decimal"] if "Decimal" in used else []
    typing = ["TYPE_CHECKING", *(name for name in ("Any", "Literal") if name in used)]
    lines.append(f"from typing import {', '.join(typing)}")
    return [*lines, "from uuid import UUID"] if "UUID" in used else lines
