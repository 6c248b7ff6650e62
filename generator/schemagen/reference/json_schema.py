"""The JSON Schema of a spec file, made from the models of ``spec``: what editors complete, explain and check."""

from __future__ import annotations

import copy
import json
from itertools import combinations
from typing import Any

from schemagen.schema.type_spellings import OTHER_TYPES, SERIALS, SPELLINGS
from schemagen.spec.constraint_definition import Reference
from schemagen.spec.definition import SpecFile

_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_TEXT_OR_ENGINES: dict[str, Any] = {"oneOf": [_SCALAR, {"$ref": "#/$defs/SqlByEngine"}]}

_IS_ENFORCED: dict[str, Any] = {"not": {"properties": {"enforced": {"const": False}}, "required": ["enforced"]}}


def language_schema() -> str:
    """The JSON Schema of a spec file, as it is published."""
    return json.dumps(spec_schema(), indent=2, ensure_ascii=False) + "\n"


def spec_schema() -> dict[str, Any]:
    """The schema as data: as strict as it can be without knowing other files or SQL."""
    made = SpecFile.model_json_schema()
    definitions: dict[str, Any] = _simplified(made.pop("$defs"))
    column, key, element = definitions["ColumnSpec"], definitions["ForeignKeySpec"], definitions["ElementSpec"]
    column["properties"]["default"] |= _default()
    column["properties"]["type"] |= {"anyOf": [*_known_types(), {"$ref": "#/$defs/TypeByEngine"}]}
    column["properties"]["type"].pop("oneOf", None)
    column["properties"]["enum"]["uniqueItems"] = True
    column["dependentRequired"] = {name: ["references"] for name in Reference.model_fields}
    column["if"], column["then"] = {"required": ["references"], **_IS_ENFORCED}, {"required": ["on_delete"]}
    column["allOf"] = _exclusions()
    key["if"], key["then"] = _IS_ENFORCED, {"required": ["on_delete"]}
    element["oneOf"] = [{"required": ["column"]}, {"required": ["sql"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_simplified(made),
        "title": "A spec file of schemagen",
        "$defs": definitions,
    }


def _simplified(part: Any) -> Any:
    """Without generated titles, without ``null`` (a key is left out instead), and with closed sets of names."""
    if isinstance(part, list):
        return [_simplified(item) for item in part]
    if not isinstance(part, dict):
        return part
    if isinstance(part.get("properties"), dict):
        properties = {name: _simplified(value) for name, value in part["properties"].items()}
        rest = {name: value for name, value in part.items() if name != "properties"}
        return {**_simplified(rest), "properties": properties}
    found = {name: value for name, value in part.items() if name not in {"title", "discriminator"}}
    if found.get("default", ...) in (None, "", [], {}):
        del found["default"]
    if isinstance(found.get("default"), dict):
        del found["default"]
    options = found.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        kept = [option for option in options if option != {"type": "null"}]
        del found["anyOf"]
        found = {**kept[0], **found} if len(kept) == 1 else {**found, "anyOf": kept}
    if "patternProperties" in found:
        found["additionalProperties"] = False
    examples = found.pop("examples", None)
    simple = {name: _simplified(value) for name, value in found.items()}
    return simple if examples is None else {**simple, "examples": copy.deepcopy(examples)}


def _exclusions() -> list[dict[str, Any]]:
    """What no column can be at once."""
    pairs = combinations(("default", "generated", "identity"), 2)
    numbered = {"enum": [True, "always", "serial"]}
    return [
        *({"not": {"required": list(pair)}} for pair in pairs),
        {"not": _with({"identity": numbered, "nullable": {"const": True}})},
        {"not": _with({"primary_key": {"const": True}, "nullable": {"const": True}})},
        {"not": _with({"immutable": {"const": True}, "on_row_update": {}})},
        {"not": _with({"enum": {}, "type": {"not": {"const": "text"}}})},
        {"if": _with({"on_delete": {"const": "set null"}}), "then": _with({"nullable": {"const": True}})},
    ]


def _with(properties: dict[str, Any]) -> dict[str, Any]:
    return {"properties": properties, "required": list(properties)}


def _default() -> dict[str, Any]:
    """A literal, or a mapping with the one key ``sql`` or ``json``."""

    def wrapped(name: str, content: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": {name: content}, "required": [name], "additionalProperties": False}

    return {
        "anyOf": [
            _SCALAR,
            {"type": "array"},
            {"type": "object", "maxProperties": 0},
            wrapped("sql", {"description": "An expression of PostgreSQL's SQL.", **_TEXT_OR_ENGINES}),
            wrapped("json", {"description": "A JSON value, such as an object that is not empty."}),
        ]
    }


def _known_types() -> list[dict[str, Any]]:
    """The usual spellings to complete, and a pattern that takes every other one."""
    usual = sorted({str(type_) for type_ in SPELLINGS.values()} - {"varchar", "char(1)", "numeric"})
    usual += ["varchar(255)", "numeric(10,2)", "timestamp(3)", "timestamptz(3)", "time(0)", "text[]"]
    names = "|".join(map(_any_case, sorted(SPELLINGS, key=len, reverse=True)))
    zone = "|".join(map(_any_case, (" with time zone", " without time zone")))
    pattern = rf"^\s*({names})(\s*\([0-9, ]*\))?({zone})?(\s*\[\s*\])?\s*$"
    others = "|".join(map(_any_case, sorted({*SERIALS, *OTHER_TYPES, "autoincrement"})))
    named = rf"^(?!({others})$)[A-Za-z_][A-Za-z0-9_]{{0,62}}$"  # one of `types`, of this file or another
    return [{"enum": usual}, {"type": "string", "pattern": pattern}, {"type": "string", "pattern": named}]


def _any_case(text: str) -> str:
    return "".join(_letter(letter) for letter in text)


def _letter(letter: str) -> str:
    if letter == " ":
        return r"\s+"
    return f"[{letter.upper()}{letter}]" if letter.isalpha() else letter
