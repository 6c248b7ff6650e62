"""Reading specs: every mistake in files and YAML is right or one clear diagnostic, and what is meant is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.base.diagnostics import Origin, Span
from schemagen.cli.reports.diagnostics import as_text
from schemagen.spec.source import Scalar, Sequence, Source, Sources, file_pages, read_yaml
from schemagen.spec.source import tree as tree_module
from schemagen.spec.source import yaml_pages as pages
from schemagen.spec.source.nodes import MAX_DEPTH, Positions
from schemagen.spec.source.tree import _PureParser, read_tree
from support.counting import steps
from support.spec_reading import codes, data, fixed, read, read_folder

if TYPE_CHECKING:
    from types import ModuleType

    from syrupy.assertion import SnapshotAssertion


CASES = Path(__file__).parents[1] / "cases" / "source"


# Every case is a folder; what is said about it is a snapshot.


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str, snapshot: SnapshotAssertion) -> None:
    text = (CASES / case / "spec.yaml").read_text()
    root, diagnostics = read_yaml("spec.yaml", text)
    sources = Sources([Source("spec.yaml", "spec", text, root)] if root else [], {"spec.yaml": text})
    assert as_text(diagnostics, sources) == snapshot(name="report")
    if any(found.fix for found in diagnostics):
        assert fixed(text) == snapshot(name="fixed")


# Nodes and their positions


def test_scalars_keep_their_text() -> None:
    text = """\
no_guess: [no, on, 1.10, 012, 0x1F, 2024-01-01, 1_000, ~, null, .inf, 1e3, "no", 'on', =]
title:
block: |
  two
  lines
folded: >-
  one
  line
"""
    root, diagnostics = read_yaml("spec.yaml", text)
    assert diagnostics == ()
    assert root is not None
    values = root.get("no_guess")
    assert isinstance(values, Sequence)
    texts = [(item.text, item.plain) for item in values.items if isinstance(item, Scalar)]
    plain = ["no", "on", "1.10", "012", "0x1F", "2024-01-01", "1_000", "~", "null", ".inf", "1e3"]
    assert texts == [*((word, True) for word in plain), ("no", False), ("on", False), ("=", True)]
    assert root.get("title") == Scalar("", plain=True, start=0, end=0, positions=Positions("", ""))
    block, folded = root.get("block"), root.get("folded")
    assert isinstance(block, Scalar)
    assert isinstance(folded, Scalar)
    assert (block.text, block.plain) == ("two\nlines\n", False)
    assert (folded.text, folded.plain) == ("one line", False)
    assert root.get("nothing") is None


def test_positions_count_characters_and_ignore_line_endings() -> None:
    for end in ("\n", "\r\n", "\r"):
        root, diagnostics = read_yaml("f.yaml", f"größe: {{a: 1}}{end}b: [x,{end}  'y z']{end}c:{end}  d: e{end}")
        assert diagnostics == ()
        assert root is not None
        assert root.span == Span("f.yaml", 1, 1, 5, 7)
        assert [key.span.line for key, _ in root.items] == [1, 2, 4]
        assert [value.span for _, value in root.items] == [
            Span("f.yaml", 1, 8, 1, 14),
            Span("f.yaml", 2, 4, 3, 9),
            Span("f.yaml", 5, 3, 5, 7),
        ]
        listed = root.get("b")
        assert isinstance(listed, Sequence)
        assert listed.items[1].span == Span("f.yaml", 3, 3, 3, 8)


def test_span_of_an_anchored_scalar_leaves_the_anchor_out() -> None:
    root, diagnostics = read_yaml("f.yaml", "a: &x  uuid\nb: &y 'text'\nc: [*x, *y]\n")
    assert diagnostics == ()
    assert data(root) == {"a": "uuid", "b": "text", "c": ["uuid", "text"]}
    assert root is not None
    assert [value.span.column for _, value in root.items] == [8, 7, 4]
    assert [value.plain for _, value in root.items if isinstance(value, Scalar)] == [True, False]


def test_spans_by_origin(tmp_path: Path) -> None:
    text = "tables:\n  a:\n    indexes:\n      - {columns: [x, y]}\n"
    sources, diagnostics = read_folder(tmp_path, {"s.yaml": text})
    assert diagnostics == ()
    (source,) = sources.files
    origin = Origin(source.file)

    def place(*path: str | int, key: bool = False) -> tuple[int, int, int, int]:
        span = sources.span(origin.child(*path), key=key)
        assert span.file == source.file
        return span.line, span.column, span.end_line, span.end_column

    assert place("tables", "a", key=True) == (2, 3, 2, 4)
    assert place("tables", "a", "indexes", 0, "columns", 1) == (4, 23, 4, 24)
    assert place("tables", "a", "indexes", 0, key=True) == (4, 9, 4, 26)
    assert place("tables", "a", "gone", 3) == (2, 3, 2, 4)
    assert place("tables", "a", "indexes", 7) == (3, 5, 3, 12)
    assert place("gone") == (1, 1, 1, 1)
    assert sources.span(Origin("other.yaml", ("x",))) == Span("other.yaml", 1, 1, 1, 1)
    assert sources.line(source.file, 2) == "  a:"
    assert sources.line(source.file, 99) == sources.line("other.yaml", 1) == ""
    assert sources.text(source.file) == text


def test_the_parser_without_libyaml_reads_the_same() -> None:
    for case in CASES.iterdir():
        text = (case / "spec.yaml").read_text()
        fast, pure = (read_tree(text, Positions("f", text), parser) for parser in (None, _PureParser))
        assert data(fast.root) == data(pure.root)
        assert [(d.code, d.span and d.span.line) for d in fast.diagnostics] == [
            (d.code, d.span and d.span.line) for d in pure.diagnostics
        ]


# Aliases


def test_an_alias_repeats_a_value() -> None:
    root, diagnostics = read("a: &c {type: uuid, default: {sql: now()}}\nb: *c\n")
    assert diagnostics == ()
    assert isinstance(root, dict)
    assert root["a"] == root["b"]


def bomb(width: int, levels: int) -> str:
    lines = ["a0: &a0 [" + ", ".join(["x"] * width) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * width) + "]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def test_an_alias_bomb_is_refused_before_it_is_followed() -> None:
    root, diagnostics = read(bomb(10, 60))  # followed, it would be 10 ** 60 values
    assert root is None
    assert codes(diagnostics) == [pages.TOO_MANY_VALUES]


def test_too_many_values_without_aliases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "MAX_NODES", 100)
    for text in ("a: [" + "x, " * 200 + "]", "".join(f"k{n}: v\n" for n in range(200)), "a: [" + "[], " * 200 + "]"):
        assert codes(read(text)[1]) == [pages.TOO_MANY_VALUES]


def test_aliases_count_for_depth() -> None:
    assert codes(read(bomb(1, MAX_DEPTH + 5))[1]) == [pages.TOO_DEEP]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x {b: *x}", pages.RECURSIVE_ALIAS),
        ("a: &x [*x]", pages.RECURSIVE_ALIAS),
        ("a: &x 1\nb: &x [*x]", pages.RECURSIVE_ALIAS),
        ("a: *x", pages.UNKNOWN_ALIAS),
        ("a: {<<: {b: c}}", pages.MERGE_KEY),
        ("a: !!str x", pages.TAG),
        ("a: !!python/object/apply:os.system [id]", pages.TAG),
        ("a: !<tag:yaml.org,2002:map> {}", pages.TAG),
        ("a: ! x", pages.TAG),
        ("a: !e!x y", pages.TAG),
        ("a: &", pages.UNKNOWN_ALIAS),
        ("[a]: b", pages.COMPLEX_KEY),
        ("? {a: b}\n: c", pages.COMPLEX_KEY),
        ("a: 1\n---\nb: 1", pages.SEVERAL_DOCUMENTS),
        ("--- a: 1", pages.SYNTAX),
        ("a: 1\n--- \n", pages.SEVERAL_DOCUMENTS),
        ("just text", pages.NOT_A_MAPPING),
        ("[]", pages.NOT_A_MAPPING),
        ("''", pages.NOT_A_MAPPING),
        ("", file_pages.EMPTY_FILE),
        ("---\n...\n", file_pages.EMPTY_FILE),
        ("~", pages.NOT_A_MAPPING),
        ("a: " + "[" * 200, pages.TOO_DEEP),
        ("a: " + "[" * 1_000_000, pages.TOO_DEEP),
        ("a: " + "{b: " * 101 + "}" * 101, pages.TOO_DEEP),
        ("- " * 500, pages.TOO_DEEP),
        ("%FOO\n---\na: b\n%", pages.SYNTAX),
        ("a: }", pages.SYNTAX),
        ("a: {b: c}}", pages.SYNTAX),
        ("a: {b:, c: d}", pages.SYNTAX),
        ("a: 'x\n---\n", pages.UNCLOSED),
        ('a: "\\', pages.SYNTAX),
        ("a:\n\t- b", pages.TAB),
        ("a:\n  - b\n  c: d", pages.INDENTATION),
        ("a:\n  b: c\n  - d", pages.INDENTATION),
        ("a:\n- b\n-c", pages.SYNTAX),
    ],
)  # fmt: skip
def test_every_other_mistake_has_its_code(text: str, code: str) -> None:
    assert codes(read(text)[1]) == [code]


@pytest.mark.parametrize("text", ["%YAML 1.2\n---\na: b\n", "a: b\n...\n", "--- \na: b", "\r\n\r\na: b\r\n", "a: b"])
def test_yaml_that_is_fine(text: str) -> None:
    assert read(text) == ({"a": "b"}, ())


@pytest.mark.parametrize(
    "unit",
    [
        "a{n}: {{b: c}}\n", "a{n}: {{b: numeric(8,2)}}\n", "a{n}: {{b: text[]}}\n",
        "{{(,\n", "{{[(\n", "a: {{'(\n", "- [{{\n",
        "a{n}: b: c\n", "x: {{a: (b, \n", 'x: {{a, b: " \n',
    ],
)  # fmt: skip
def test_reading_is_linear_in_the_size(unit: str) -> None:
    def work(lines: int) -> int:
        text = "".join(unit.format(n=n) for n in range(lines))
        return steps(lambda: read_yaml("s.yaml", text))

    assert work(1_600) < 8 * 1.5 * work(200)  # linear is 8; a square would be 64


@pytest.mark.parametrize("of", [file_pages, pages])
def test_every_code_has_a_page(of: ModuleType) -> None:
    constants = {value for name, value in vars(of).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(of.PAGES)
    for code, page in of.PAGES.items():
        assert page.startswith(f"# {code}: ")
        assert page.endswith("\n")
        assert "Wrong:" in page
        assert "Right:" in page
