"""Nodes → the spec language: every key and value checked against ``spec.py``, every mistake at its position."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from schemagen.base.diagnostics import Edit, Fix, Origin
from schemagen.base.spelling import did_you_mean, is_typo, nearest
from schemagen.schema.names import IDENTIFIER, MAX_BYTES
from schemagen.schema.scalars import LIST, MAPPING, TEXT, Plain

from . import hints, named_types
from .column_definition import ApiSpec, ColumnSpec, TypeByEngine
from .constraint_definition import (
    CheckSpec,
    ConflictSpec,
    ForeignKeySpec,
    ParentSpec,
    PartitionSpec,
    PrimaryKeySpec,
    SetNullSpec,
    UniqueSpec,
)
from .definition import QuerySpec, SpecFile, SqliteSpec, TableSpec, VolumeSpec
from .full_text_definition import FullTextSpec
from .index_definition import ElementSpec, IndexSpec
from .object_definition import ObjectSpec, OwnSql, ViewSpec
from .place_definition import FilePostgresSpec, PostgresSpec
from .source import Mapping, Scalar
from .sql_definition import GeneratedSpec, SqlByEngine, SqlValue
from .step_definition import BatchSpec, ProofSpec, StepSpec, StepSqlByEngine

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from schemagen.base.diagnostics import PathKey

    from .reporter import Reporter
    from .source import Node, Source, Sources

UNKNOWN_KEY = "SG101"
MISSING_KEY = "SG102"
WRONG_KIND = "SG103"
NOT_ALLOWED = "SG104"
MALFORMED = "SG105"
NO_VALUE = "SG106"
BAD_NAME = "SG107"
BAD_VERSION = "SG108"

_KINDS = {
    "string_type": "text",
    "dict_type": "a mapping of names",
    "list_type": "a list",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_MAX_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class ReadSpec:
    """A spec file that fits the language, with the file it came from and the name of its document."""

    file: str
    name: str
    spec: SpecFile


def plain_data(node: Node) -> Any:
    """A node as dicts, lists and text; unquoted scalars come as :class:`Plain`."""
    if isinstance(node, Scalar):
        return Plain(node.text) if node.plain else node.text
    if isinstance(node, Mapping):
        return {key.text: plain_data(value) for key, value in node.items}
    return [plain_data(item) for item in node.items]


def read_specs(sources: Sources, reporter: Reporter) -> tuple[ReadSpec, ...]:
    """Every file as far as it fits the language; parts that do not fit are reported and left out."""
    found = []
    for source in sources.files:
        read = _read(source, reporter)
        if read is not None:
            found.append(ReadSpec(source.file, source.name, read))
    return tuple(found)


def _read(source: Source, reporter: Reporter) -> SpecFile | None:
    data = plain_data(source.root)
    for round_ in range(_MAX_ROUNDS):
        try:
            return SpecFile.model_validate(data)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
            if round_ == 0:
                for error in errors:
                    _report(error, Origin(source.file, _path(error)), reporter)
            for error in errors:
                _prune(data, error, source.file, reporter)
    return None


def _path(error: ErrorDetails) -> tuple[PathKey, ...]:
    """The YAML path of an error: pydantic's location without its union tags."""
    return tuple(key for key in error["loc"] if key not in {TEXT, LIST, MAPPING, "[key]"})


def _report(error: ErrorDetails, origin: Origin, reporter: Reporter) -> None:
    kind, name = error["type"], str(origin.path[-1]) if origin.path else ""
    value = error["input"]
    if kind == "extra_forbidden":
        _report_unknown_key(name, origin, reporter)
    elif kind == "missing":
        parent = Origin(origin.file, origin.path[:-1])
        _report_missing(name, parent, reporter)
    elif kind == "no_value" or (value == "" and isinstance(value, Plain)):
        reporter.error(NO_VALUE, f"`{name}` has no value", origin, key=True, hint="write one, or leave the key out")
    elif error["loc"] and error["loc"][-1] == "[key]":
        _report_name(name, origin, reporter, key=True)
    elif kind in _KINDS or kind in {"union_tag_invalid", "union_tag_not_found"}:
        expected = _KINDS.get(kind) or _expected_of_union(error)
        message = f"`{_label(origin.path)}` must be {expected}, found {_found(value)}"
        reporter.error(WRONG_KIND, message, origin, hint=hints.of_shape(origin.path, value))
    elif origin.path == ("schemagen",):
        message = f"version {value!s} of the spec language is unknown"
        reporter.error(BAD_VERSION, message, origin, hint="write `schemagen: 1`")
    elif kind == "literal_error":
        allowed = str(error["ctx"]["expected"]).replace("'", "`")
        names = re.findall(r"`([^`]+)`", allowed)
        hint = hints.of_invalid_value(name, value) or did_you_mean(str(value), names) or f"one of {allowed}"
        reporter.error(NOT_ALLOWED, f"`{name}` can't be {str(value)!r}", origin, hint=hint)
    elif kind == "string_pattern_mismatch" and str(error["ctx"]["pattern"]).startswith("^[A-Za-z_]"):
        _report_name(str(value), origin, reporter, key=False)
    elif kind == "database_name":
        hint = "a name of the database has printable characters, no backtick and no `|`, and at most 63 bytes"
        reporter.error(BAD_NAME, f"`{name}` can't be {value!r}", origin, hint=hint)
    else:
        _report_malformed(name, error, origin, reporter)


def _is_opposite(name: str, near: str) -> bool:
    """Whether a key may mean the opposite of the one it looks like: ``not_nullable``, ``unindexed``."""
    found = re.match(r"not|non|no|un|in|without", name, re.IGNORECASE)
    return found is not None and not near.startswith(found[0].lower())


def _report_unknown_key(name: str, origin: Origin, reporter: Reporter) -> None:
    known = _keys_at(origin.path[:-1])
    near, fix = nearest(name, known), None
    hint = hints.of_unknown_key(name)
    if near and hint is None and not _is_opposite(name, near):
        hint = f"did you mean `{near}`?"
        if is_typo(name, near):
            fix = Fix(f"write `{near}`", (Edit(reporter.span(origin, key=True), near),))
    hint = hint or f"the keys here are {', '.join(known)}"
    reporter.error(UNKNOWN_KEY, f"unknown key `{name}`", origin, key=True, hint=hint, fix=fix)


_FLAGS = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}


def _report_malformed(name: str, error: ErrorDetails, origin: Origin, reporter: Reporter) -> None:
    meant = _FLAGS.get(str(error["input"]).lower()) if error["type"] == "flag" else None
    fix = Fix(f"write `{meant}`", (Edit(reporter.span(origin), meant),)) if meant else None
    hint = hints.of_malformed_value(name, error["input"])
    reporter.error(MALFORMED, f"`{name}` {_reason(error)}", origin, hint=hint, fix=fix)


def _report_missing(name: str, parent: Origin, reporter: Reporter) -> None:
    if not parent.path:
        reporter.error(MISSING_KEY, f"the file has no `{name}`", parent, hint="begin it with `schemagen: 1`")
        return
    hint = "`columns:` lists at least one column" if name == "columns" else f"add `{name}: …`"
    reporter.error(MISSING_KEY, f"`{parent.path[-1]}` has no `{name}`", parent, key=True, hint=hint)


def _report_name(name: str, origin: Origin, reporter: Reporter, *, key: bool) -> None:
    suggestion = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:MAX_BYTES]
    if suggestion[:1].isdigit():
        suggestion = f"_{suggestion}"
    rule = "letters, digits and `_`, at most 63"
    hint = f"{rule}: `{suggestion}`" if suggestion else rule
    if suggestion and origin.path[-1:] == (name,) and _is_nameable(origin.path):
        hint = f"{hint}; with `name: {json.dumps(name, ensure_ascii=False)}` below it the database has the other name"
    if IDENTIFIER.fullmatch(name):
        reporter.error(BAD_NAME, f"{name!r} is longer than 63 bytes", origin, key=key, hint="PostgreSQL would cut it")
        return
    reporter.error(BAD_NAME, f"{name!r} is not an identifier", origin, key=key, hint=hint)


def _is_nameable(path: tuple[PathKey, ...]) -> bool:
    """Whether what stands at a path may have another name in the database."""
    match path:
        case ("tables", _) | ("tables", _, "columns" | "checks", _):
            return True
    return False


def _label(path: tuple[PathKey, ...]) -> str:
    """What a message calls the part at a path: its key, or ``indexes[1]`` for an item of a list."""
    if len(path) > 1 and isinstance(path[-1], int):
        return f"{path[-2]}[{path[-1]}]"
    return str(path[-1]) if path else "the file"


def _found(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value == "" else f"the text {str(value)[:40]!r}"


def _expected_of_union(error: ErrorDetails) -> str:
    tags = str(error.get("ctx", {}).get("expected_tags", ""))
    names = {TEXT: "text", LIST: "a list", MAPPING: "a mapping"}
    return " or ".join(name for tag, name in names.items() if tag in tags)


def _reason(error: ErrorDetails) -> str:
    match error["type"]:
        case "flag" | "whole_number" | "number":
            return error["msg"]
        case "greater_than" | "greater_than_equal":
            bound = next(iter(error["ctx"].values()))
            return f"must be {'more than' if error['type'] == 'greater_than' else 'at least'} {bound}"
        case "too_short":
            return "must have at least one entry"
    return f"can't be {str(error['input'])[:60]!r}"


_TOP: dict[str, type[BaseModel]] = {
    "tables": TableSpec,
    "queries": QuerySpec,
    "views": ViewSpec,
    "objects": ObjectSpec,
    "steps": StepSpec,
    "types": named_types.TypeSpec,
}
_SECTIONS: dict[str, type[BaseModel]] = {
    "columns": ColumnSpec,
    "foreign_keys": ForeignKeySpec,
    "unique": UniqueSpec,
    "checks": CheckSpec,
    "indexes": IndexSpec,
    "full_text": FullTextSpec,
}
_VALUES: dict[PathKey, type[BaseModel]] = {
    "api": ApiSpec,
    "volume": VolumeSpec,
    "sqlite": SqliteSpec,
    "postgres": PostgresSpec,
    "primary_key": PrimaryKeySpec,
    "partition": PartitionSpec,
    "type": TypeByEngine,
    "references": ParentSpec,
    "on_delete": SetNullSpec,
    "generated": GeneratedSpec,
    "on_row_update": SqlValue,
    "backfill": SqlValue,
    "batch": BatchSpec,
    "proof": ProofSpec,
}


def _keys_at(path: tuple[PathKey, ...]) -> list[str]:
    """The keys that the language knows at a path."""
    match path:
        case ():
            model: type[BaseModel] = SpecFile
        case (str(section), _) if section in _TOP:
            model = _TOP[section]
        case ("types", _, "enum", int()):
            model = named_types.LabelSpec
        case ("steps", _, "up" | "down" | "done"):
            model = StepSqlByEngine
        case ("objects", _, "sql" | "drop"):
            model = OwnSql
        case ("views", _, "indexes", _):
            model = IndexSpec
        case ("tables", _, str(section), _) if section in _SECTIONS:
            model = _SECTIONS[section]
        case (*_, "columns", int()):
            model = ElementSpec
        case ("tables", _, *_, "columns" | "unique" | "primary_key", _, "sqlite") | (*_, "primary_key", "sqlite"):
            model = ConflictSpec
        case _:
            model = FilePostgresSpec if path == ("postgres",) else _VALUES.get(path[-1], SqlByEngine)
    return [field.alias or name for name, field in model.model_fields.items()]


def _prune(data: Any, error: ErrorDetails, file: str, reporter: Reporter) -> None:
    """Take the part that an error speaks of out of the data, so that the rest can be read."""
    path = _path(error)
    if error["type"] == "missing":
        path = path[:-1]
    reporter.damage(Origin(file, path))
    while path and any(isinstance(key, int) for key in path):
        path = path[:-1]  # a list goes as a whole: without one of its items the others would get wrong positions
    if not path or path == ("schemagen",):
        data["schemagen"] = "1"
        return
    container = data
    for key in path[:-1]:
        if not isinstance(container, dict) or key not in container:
            return
        container = container[key]
    if isinstance(container, dict):
        container.pop(path[-1], None)
