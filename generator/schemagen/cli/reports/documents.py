"""Diagnostics as a whole document in the formats of `verify`, for the programs that read them: Markdown and JUnit."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from schemagen.base.diagnostics import Severity
from schemagen.base.escape import markdown

from .diagnostics import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Diagnostic


def as_markdown(diagnostics: Iterable[Diagnostic]) -> str:
    """What stopped `verify`, as a page with one item a diagnostic."""
    lines = ["## schemagen verify", "", "Nothing was proved.", ""]
    for found in in_order(diagnostics):
        hint = f": {markdown(found.hint)}" if found.hint else ""
        lines.append(f"- {found.severity} {found.code}: {markdown(_message(found))}{hint}")
    return "\n".join([*lines, ""])


def as_junit(diagnostics: Iterable[Diagnostic]) -> str:
    """A test case a diagnostic: failed for an error, skipped for a warning; without any, one that passes."""
    ordered = in_order(diagnostics)
    errors = sum(found.severity is Severity.ERROR for found in ordered)
    counts = {"name": "schemagen verify", "tests": str(len(ordered) or 1), "failures": str(errors)}
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {**counts, "skipped": str(len(ordered) - errors)})
    for found in ordered:
        case = ET.SubElement(suite, "testcase", classname="schemagen", name=printable(f"{found.code} {found.message}"))
        kind = "failure" if found.severity is Severity.ERROR else "skipped"
        reported = ET.SubElement(case, kind, message=printable(_message(found)))
        reported.text = printable(
            "\n".join([found.hint or "", *(found.change.fix_sql() if found.change else ())]).strip()
        )
    if not ordered:
        ET.SubElement(suite, "testcase", classname="schemagen", name="no drift")
    ET.indent(root)
    return f"{ET.tostring(root, encoding='unicode', xml_declaration=True)}\n"


def _message(found: Diagnostic) -> str:
    place = f"{found.span.file}:{found.span.line}:{found.span.column}: " if found.span else ""
    return f"{place}{found.message}"


def printable(text: str) -> str:
    """Text without what XML cannot hold (XML 1.0, 2.2)."""
    return "".join(one if one in "\t\n" or one.isprintable() else "�" for one in text)
