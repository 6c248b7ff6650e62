"""Reports: text for people, JSON for programs, annotations for GitHub; nothing of a spec reaches the terminal raw."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemagen.base.diagnostics import Diagnostic, Edit, Fix, Related, Severity, Span
from schemagen.cli.reports.diagnostics import as_github, as_json, as_text
from schemagen.reference.diagnostics_schema import json_schema
from schemagen.spec.source import Sources

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

TEXT = """\
tables:
\ttabbed: {a: b}
  表: {description: 注文の説明, x: y}
  cafe\u0301: {x: y}
  bell: "\u202e\u200b"
"""
LONG = "k: {" + ", ".join(f"key{n}: value{n}" for n in range(100)) + "}"
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
SOURCES = Sources(texts={"specs/a.yaml": TEXT, "specs/b.yaml": LONG})


def span(line: int, column: int, end_column: int, file: str = "specs/a.yaml", end_line: int | None = None) -> Span:
    return Span(file, line, column, end_line or line, end_column)


EVERYTHING = [
    Diagnostic("SG501", "a warning", span(3, 22, 27), severity=Severity.WARNING),
    Diagnostic(
        "SG201", "in a long line", span(1, LONG.index("value50") + 1, LONG.index("value50") + 8, "specs/b.yaml")
    ),
    Diagnostic("SG201", "at its end", span(1, len(LONG), len(LONG) + 1, "specs/b.yaml")),
    Diagnostic("SG101", "first of all", span(1, 1, 7), path="tables", hint="did you mean `table`?"),
    Diagnostic("SG101", "first of all", span(1, 1, 7), path="tables", hint="did you mean `table`?"),
    Diagnostic("SG004", "a tab before it", span(2, 2, 8)),
    Diagnostic("SG004", "a combining accent", span(4, 9, 13)),
    Diagnostic("SG004", "over several lines", span(2, 10, 3, end_line=5)),
    Diagnostic("SG401", "no place at all\nsecond line", hint="look elsewhere"),
    Diagnostic(
        "SG023",
        "hostile \x1b[31m text \u202e",
        span(5, 9, 13),
        path="tables.\x07",
        fix=Fix("quote it", (Edit(span(5, 9, 13), '"x"'),)),
        related=(Related("the other\r\none", span(1, 1, 2)),),
    ),
]


def test_text(snapshot: SnapshotAssertion) -> None:
    assert as_text(EVERYTHING, SOURCES) == snapshot


def test_coloured_text(snapshot: SnapshotAssertion) -> None:
    assert as_text(EVERYTHING[:4], SOURCES, colour=True).replace("\x1b", "ESC") == snapshot


def test_text_without_sources() -> None:
    assert as_text(EVERYTHING[3:5]) == (
        "specs/a.yaml:1:1: error SG101 first of all (tables)\n  hint: did you mean `table`?\n\n1 error in 1 file\n"
    )


def test_nothing_to_report() -> None:
    assert as_text([], SOURCES) == ""
    assert as_github([]) == ""
    assert json.loads(as_json([]))["diagnostics"] == []


def test_json(snapshot: SnapshotAssertion) -> None:
    text = as_json(EVERYTHING)
    assert text.isascii()
    jsonschema.Draft202012Validator.check_schema(json_schema())
    jsonschema.validate(json.loads(text), json_schema())
    assert json.loads(text)["summary"] == {"errors": 8, "warnings": 1, "fixable": 1}
    assert text == snapshot


def test_the_schema_refuses_what_is_not_described() -> None:
    document = json.loads(as_json(EVERYTHING))
    document["diagnostics"][0]["code"] = "E1"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(as_json([])), "more": 1}, json_schema())


def test_github(snapshot: SnapshotAssertion) -> None:
    assert as_github(EVERYTHING) == snapshot


def test_github_escapes() -> None:
    found = Diagnostic("SG101", "50% a:b,c\nnext", Span("a,b:c%.yaml", 1, 2, 1, 3))
    assert as_github([found]) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=2,endColumn=3,title=schemagen SG101::50%25 a:b,c%0Anext\n"
    )


@given(st.text(), st.text(max_size=20), st.integers(1, 5), st.integers(1, 30), st.integers(0, 20))
def test_nothing_hostile_reaches_the_terminal(text: str, file: str, line: int, column: int, length: int) -> None:
    where = Span(file, line, column, line, column + length)
    found = Diagnostic("SG101", text, where, text, text, fix=Fix(text, ()), related=(Related(text, where),))
    for report in (as_text([found], Sources(texts={file: text})), as_github([found]), as_json([found])):
        assert not {unicodedata.category(character) for character in report.replace("\n", "")} & UNSEEN
    assert as_github([found]).count("\n") == 1
