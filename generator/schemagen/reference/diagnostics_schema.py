"""The JSON Schema of what `--format json` prints."""

from __future__ import annotations

from typing import Any

from schemagen.base.diagnostics import JSON_VERSION, Severity


def json_schema() -> dict[str, Any]:
    """The JSON Schema of what ``--format json`` prints."""
    text = {"type": "string"}
    count = {"type": "integer", "minimum": 0}
    position = {"type": "integer", "minimum": 1}
    span = _object(
        "A piece of a file. Lines and columns count from 1, columns in characters; the end is exclusive.",
        file=text, line=position, column=position, end_line=position, end_column=position,
    )  # fmt: skip
    place = {"$ref": "#/$defs/span"}
    edit = _object("Replace a span by a text; an empty span inserts.", span=place, replacement=text)
    fix = _object("A safe repair: all edits together, or none.", description=text, edits=_list(edit))
    related = _object("A second place that the diagnostic speaks of.", message=text, span=place)
    diagnostic = _object(
        "One mistake and the fix.",
        code={
            "type": "string",
            "pattern": "^SG[0-9]{3}$",
            "description": "Stable; `schemagen explain CODE` tells more.",
        },
        severity={"enum": [str(severity) for severity in Severity]},
        message=text,
        span={"anyOf": [place, {"type": "null"}]},
        path={"type": "string", "description": "Where in the YAML, as `tables.messages.columns.role.type`."},
        hint={"type": ["string", "null"]},
        fix={"anyOf": [fix, {"type": "null"}]},
        related=_list(related),
    )
    diagnostic["properties"]["change"] = _difference(text)
    document = _object(
        "What `--format json` prints.",
        version={"const": JSON_VERSION},
        diagnostics=_list(diagnostic),
        summary=_object("How many there are.", errors=count, warnings=count, fixable=count),
    )
    reported = (
        "What would bring a database to the specs or a migration, as far as it is allowed; of `verify --database`."
    )
    document["properties"]["sql"] = {"type": "string", "description": reported}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Diagnostics of schemagen",
        **document,
        "$defs": {"span": span},
    }


def _difference(text: dict[str, Any]) -> dict[str, Any]:
    return _object(
        "What differs in a live database; only of `verify --database`.",
        table=text,
        what=text,
        found=text,
        wanted=text,
        sql=_list(
            {"type": "string", "description": "A statement that repairs it; `sql` of the document has them all."}
        ),
        fixed_with={
            "type": "string",
            "description": "The `what` of the change of this table whose SQL repairs it too.",
        },
    )


def _object(description: str, /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


# GitHub
