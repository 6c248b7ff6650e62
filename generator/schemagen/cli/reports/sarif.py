"""Diagnostics as SARIF 2.1.0 (OASIS), which code scanning of GitHub and other services reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .diagnostics import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Diagnostic, Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """One run with a result for each diagnostic and a rule for each code that was found; pure ASCII."""
    ordered = in_order(diagnostics)
    codes = sorted({found.code for found in ordered})
    driver = {"name": "schemagen", "rules": [_rule(code) for code in codes]}
    results = [_result(found, codes.index(found.code)) for found in ordered]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    from schemagen.reference.codes import pages

    text = pages().get(code, f"# {code}\n")
    title = text.splitlines()[0].removeprefix(f"# {code}: ").removeprefix("# ")
    return {"id": code, "shortDescription": {"text": title}, "help": {"text": text, "markdown": text}}


def _result(found: Diagnostic, rule: int) -> dict[str, Any]:
    message = found.message if not found.hint else f"{found.message}\nhint: {found.hint}"
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": str(found.severity),
        "message": {"text": message},
        "locations": [_location(found.span)] if found.span else [],
    }
    if found.related:
        result["relatedLocations"] = [
            {**_location(near.span), "message": {"text": near.message}} for near in found.related
        ]
    return result


def _location(span: Span) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.file)}, "region": region}}


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(file)
