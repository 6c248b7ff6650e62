"""Values that want quotes: each is reported once, read as it was meant, and repaired."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemagen.base.diagnostics import Span
from schemagen.spec.source import yaml_pages as pages
from support.spec_reading import YAML_LIKE, codes, fixed, read

SLIPS = [
    ("{type: numeric(8,2)}", {"type": "numeric(8,2)"}),
    ("{type: numeric(8,2), description: x}", {"type": "numeric(8,2)", "description": "x"}),
    ("{sql: coalesce(a, b)}", {"sql": "coalesce(a, b)"}),
    ("{description: Login, unique}", {"description": "Login, unique"}),
    ("{description: a, b, c, d: e}", {"description": "a, b, c", "d": "e"}),
    ("{type: text[]}", {"type": "text[]"}),
    ("{type: text[], nullable: true}", {"type": "text[]", "nullable": "true"}),
    ("{type: numeric(8,2)[]}", {"type": "numeric(8,2)[]"}),
    ("{check: x in ('a','b'), y: z}", {"check": "x in ('a','b')", "y": "z"}),
    ("{check: x = 'a, b', y: z}", {"check": "x = 'a, b'", "y": "z"}),
    ("{sql: f('it''s, )', b), y: z}", {"sql": "f('it''s, )', b)", "y": "z"}),
    ("{sql: 'x'::text, y: z}", {"sql": "'x'::text", "y": "z"}),
    ('{sql: "a" || "b", y: z}', {"sql": '"a" || "b"', "y": "z"}),
    (r"{sql: f('\d', [x]), y: z}", {"sql": r"f('\d', [x])", "y": "z"}),
    ("{sql: array[1,2], y: z}", {"sql": "array[1,2]", "y": "z"}),
    ("{sql: data #>> '{a,b}', y: z}", {"sql": "data #>> '{a,b}'", "y": "z"}),
    ("{description: Note: this, y: z}", {"description": "Note: this", "y": "z"}),
    ("{description: Task #1, y: z}", {"description": "Task #1", "y": "z"}),
    ("{description: see {x} here}", {"description": "see {x} here"}),
    ("{description: [draft] of it}", {"description": "[draft] of it"}),
    ("{description: it's (a, b), y: z}", {"description": "it's (a, b)", "y": "z"}),
    ("{description: @home, y: z}", {"description": "@home", "y": "z"}),
    ("{description: **bold** word, y: z}", {"description": "**bold** word", "y": "z"}),
    ("{type: uuid, primary_key}", {"type": "uuid", "primary_key": "true"}),
    ("{unique, type: uuid}", {"unique": "true", "type": "uuid"}),
    ("{type: text nullable: true}", {"type": "text", "nullable": "true"}),
    ("{default: [] nullable: true}", {"default": [], "nullable": "true"}),
    ("{type: 'text' nullable: true}", {"type": "text", "nullable": "true"}),
    ("{type: text[] nullable: true}", {"type": "text[]", "nullable": "true"}),
    ("[lower(a, b) desc, c]", ["lower(a, b) desc", "c"]),
    ("[text[], x]", ["text[]", "x"]),
    ("{a: {b: f(x, y), c: d}, e: [g[], h]}", {"a": {"b": "f(x, y)", "c": "d"}, "e": ["g[]", "h"]}),
    ("{sql: f(a,\n    b), y: z}", {"sql": "f(a, b)", "y": "z"}),
    ("a: b", "a: b"),
    ("'x'::text", "'x'::text"),
    ("[draft] of it", "[draft] of it"),
    ("%d of them", "%d of them"),
]


@pytest.mark.parametrize(("text", "meant"), SLIPS, ids=[text for text, _ in SLIPS])
@pytest.mark.parametrize(
    "frame", ["key: {}\nnext: 1\n", "- x: 1\n  key: {}\n  next: 1\n", "# ()\r\nkey: {}\r\nnext: 1\r\n"]
)
def test_what_should_be_quoted_is_said_once_and_read_as_meant(text: str, meant: object, frame: str) -> None:
    is_list = frame.startswith("-")
    frame = f"list:\n{frame}" if is_list else frame
    broken = frame.replace("{}", text)
    root, diagnostics = read(broken)
    expected = [{"x": "1", "key": meant, "next": "1"}] if is_list else {"key": meant, "next": "1"}
    assert root == ({"list": expected} if is_list else expected)
    repairable = {pages.QUOTE_THIS, pages.KEY_WITHOUT_VALUE, pages.MISSING_COMMA}
    assert set(codes(diagnostics)) <= repairable
    assert 1 <= len(diagnostics) <= 2
    assert all(found.fix for found in diagnostics)
    repaired = fixed(broken)
    assert read(repaired) == (root, ())
    assert repaired.count("\r") == broken.count("\r")


@pytest.mark.parametrize(
    "text",
    [
        "{type: varchar(255), default: {sql: now()}}",
        "{description: see a) and b), x: 1}",
        "{description: smile :( , x: 1}",
        "{description: 5 o'clock, x: 'y'}",
        "{a: , b: c}",
        "{a: b, }",
        '{"a":1,"b":[1,2]}',
        "[a: b, c]",
        "{a: [x desc, y], b: {}}",
        "{a: b # comment, with (\n  , c: d}",
        "{sql: a->>'x', t: y}",
        "{sql: a @> b, t: a ? 'b'}",
        "[a (b, c]",
    ],
)
def test_what_is_fine_is_left_alone(text: str) -> None:
    assert read(f"key: {text}\n")[1] == ()
    root, diagnostics = read(f"key: {text}\nslip: {{type: numeric(8,2)}}\n")
    assert codes(diagnostics) == [pages.QUOTE_THIS]
    assert isinstance(root, dict)
    assert {"key": root["key"]} == read(f"key: {text}\n")[0]


def test_a_slip_points_at_the_whole_value() -> None:
    _, (found,) = read("a: 1\nb: {type: uuid, sql: coalesce(a, b), x: y}\n")
    assert found.span == Span("spec.yaml", 2, 22, 2, 36)
    assert found.hint == 'write "coalesce(a, b)"'
    assert found.fix is not None
    assert [edit.span for edit in found.fix.edits] == [found.span]


def test_positions_after_a_slip_are_those_of_the_file() -> None:
    text = "a: {t: text[], k: 1, k: 2}\nb: {t: numeric(8,2), k: 1, k: 2}\nc: 1\nc: 2\n"
    _, diagnostics = read(text)
    places = [(found.code, found.span.line, found.span.column) for found in diagnostics if found.span]
    assert places == [
        (pages.QUOTE_THIS, 1, 8), (pages.QUOTE_THIS, 2, 8),
        (pages.DUPLICATE_KEY, 1, 22), (pages.DUPLICATE_KEY, 2, 28), (pages.DUPLICATE_KEY, 4, 1),
    ]  # fmt: skip
    assert [near.span.line for near in diagnostics[-1].related] == [3]


def test_a_guess_that_may_be_wrong_is_no_fix() -> None:
    _, (found,) = read("key: {type: f(text, nullable: true)}\n")
    assert found.code == pages.QUOTE_THIS
    assert found.fix is None


def test_block_scalars_and_quoted_lines_hold_no_slips() -> None:
    text = """\
sql: |
  select {a: numeric(8,2)}: x
    - y: a: b
prose: "one
  two: {three(, four}: x
  end"
typo: {type: text[]}
"""
    root, diagnostics = read(text)
    assert codes(diagnostics) == [pages.QUOTE_THIS]
    assert isinstance(root, dict)
    assert root["typo"] == {"type": "text[]"}


@settings(max_examples=1_000, deadline=None)
@given(YAML_LIKE)
def test_whatever_is_fixed_reads_as_it_was_meant(text: str) -> None:
    root, diagnostics = read(text)
    if root is not None and diagnostics and all(found.fix for found in diagnostics):
        again, left = read(fixed(text))
        assert (again, left) == (root, ())


SQL_TEXT = st.text(st.sampled_from("ab1 ,()[]{}'\"=<>|+-*/\\.:#@%&!"), min_size=1, max_size=12)


@settings(max_examples=1_000, deadline=None)
@given(SQL_TEXT, SQL_TEXT)
def test_an_unquoted_text_is_read_or_reported(first: str, second: str) -> None:
    read(f"a: {{sql: {first}, description: {second}}}\nb: [{first}, {second}]\nc: {second}\n")
