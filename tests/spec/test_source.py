"""Reading specs: every mistake in files and YAML is right or one clear diagnostic, and what is meant is read."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemagen.base.diagnostics import Origin, Severity, Span
from schemagen.cli.reports.diagnostics import as_text
from schemagen.lint.fixes import apply_fixes
from schemagen.spec.source import Mapping, Scalar, Sequence, Source, Sources, file_pages, read_sources, read_yaml
from schemagen.spec.source import files as spec_files
from schemagen.spec.source import tree as tree_module
from schemagen.spec.source import yaml_pages as pages
from schemagen.spec.source.nodes import MAX_DEPTH, Positions
from schemagen.spec.source.tree import _PureParser, read_tree
from support.counting import steps

if TYPE_CHECKING:
    from types import ModuleType

    from syrupy.assertion import SnapshotAssertion

    from schemagen.base.diagnostics import Diagnostic
    from schemagen.spec.source import Node

CASES = Path(__file__).parents[1] / "cases" / "source"


def data(node: Node | None) -> object:
    if isinstance(node, Mapping):
        return {key.text: data(value) for key, value in node.items}
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    return None if node is None else node.text


def read(text: str) -> tuple[object, tuple[Diagnostic, ...]]:
    root, diagnostics = read_yaml("spec.yaml", text)
    return data(root), diagnostics


def codes(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    return [found.code for found in diagnostics]


def fixed(text: str) -> str:
    return apply_fixes(text, [found.fix for found in read(text)[1] if found.fix])


def read_folder(folder: Path, files: dict[str, str | bytes]) -> tuple[Sources, tuple[Diagnostic, ...]]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_sources(folder)


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


# The commonest slip

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
slip: {type: text[]}
"""
    root, diagnostics = read(text)
    assert codes(diagnostics) == [pages.QUOTE_THIS]
    assert isinstance(root, dict)
    assert root["slip"] == {"type": "text[]"}


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


# Files


def test_files_are_sorted_and_hidden_ones_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["b.yml", "a/z.yaml", "a.yaml", ".hidden.yaml", ".git/x.yaml", "readme.md", "c.d.yaml"]
    monkeypatch.chdir(tmp_path)
    sources, diagnostics = read_folder(Path("specs"), dict.fromkeys(names, "title: x\n"))
    assert diagnostics == ()
    assert [source.file for source in sources.files] == [
        "specs/a.yaml", "specs/a/z.yaml", "specs/b.yml", "specs/c.d.yaml",
    ]  # fmt: skip
    assert [source.name for source in sources.files] == ["a", "a/z", "b", "c.d"]
    absolute, _ = read_sources(tmp_path / "specs")
    assert [source.file for source in absolute.files] == [source.file for source in sources.files]
    monkeypatch.chdir("/")
    elsewhere, _ = read_sources(tmp_path / "specs")
    assert elsewhere.files[0].file in {
        (tmp_path / "specs/a.yaml").as_posix(),
        (tmp_path / "specs/a.yaml").as_posix()[1:],
    }


def test_every_file_reports_and_good_ones_are_read(tmp_path: Path) -> None:
    sources, diagnostics = read_folder(
        tmp_path, {"a.yaml": "x: [", "b.yaml": "x: 1\nx: 2\n", "c.yaml": b"\xff", "d.yaml": "x: 1"}
    )
    assert codes(diagnostics) == [pages.SYNTAX, pages.DUPLICATE_KEY, file_pages.ENCODING]
    assert [source.name for source in sources.files] == ["b", "d"]
    assert sources.line(diagnostics[0].span.file, 1) == "x: ["  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"", file_pages.EMPTY_FILE, 1, 1),
        (b"\xef\xbb\xbf", file_pages.EMPTY_FILE, 1, 1),
        (b"a: caf\xe9\n", file_pages.ENCODING, 1, 7),
        ("é: é\r\nb: ".encode() + b"\xc3", file_pages.ENCODING, 2, 4),
        ("a: b".encode("utf-16"), file_pages.ENCODING, 1, 1),
        (b"a: \xed\xa0\x80", file_pages.ENCODING, 1, 4),
        (b"a: b\0c", file_pages.CONTROL_CHARACTER, 1, 5),
        (b"a: \x1b[31m", file_pages.CONTROL_CHARACTER, 1, 4),
        ("a: b\u2028c".encode(), file_pages.CONTROL_CHARACTER, 1, 5),
        ("a: b\nc: \u2029".encode(), file_pages.CONTROL_CHARACTER, 2, 4),
        ("a: \x85".encode(), file_pages.CONTROL_CHARACTER, 1, 4),
        ("a: b\ufeff".encode(), file_pages.CONTROL_CHARACTER, 1, 5),
    ],
)
def test_bytes_that_are_no_spec(tmp_path: Path, content: bytes, code: str, line: int, column: int) -> None:
    sources, diagnostics = read_folder(tmp_path, {"s.yaml": content})
    assert sources.files == ()
    assert [(d.code, d.span and d.span.line, d.span and d.span.column) for d in diagnostics] == [(code, line, column)]


def test_byte_order_mark_crlf_and_other_scripts_are_fine(tmp_path: Path) -> None:
    text = "\ufefftitle: Größe 表 😀 \u200f\r\nb: c\r\n"
    sources, diagnostics = read_folder(tmp_path, {"s.yaml": text})
    assert diagnostics == ()
    assert data(sources.files[0].root) == {"title": "Größe 表 😀 \u200f", "b": "c"}
    assert sources.files[0].root.span.column == 1


def test_special_files_are_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("a: b")
    os.mkfifo(tmp_path / "fifo.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "nowhere.yaml").symlink_to("gone")
    (tmp_path / "null.yaml").symlink_to("/dev/null")
    (tmp_path / "linked.yaml").symlink_to("good.yaml")
    (tmp_path / "folder").symlink_to(".")
    (tmp_path / "folder.yaml").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.yaml"))
        sources, diagnostics = read_sources(tmp_path)
    assert [source.name for source in sources.files] == ["good", "linked"]
    found = {Path(d.span.file).name: d.code for d in diagnostics if d.span}
    assert found == {
        "fifo.yaml": file_pages.NOT_A_FILE,
        "folder": file_pages.LINKED_FOLDER,
        "loop.yaml": file_pages.UNREADABLE,
        "nowhere.yaml": file_pages.UNREADABLE,
        "null.yaml": file_pages.LINKED_OUT,
        "socket.yaml": file_pages.UNREADABLE,
    }
    assert [d.severity for d in diagnostics if d.code == file_pages.LINKED_FOLDER] == [Severity.WARNING]


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.yaml").write_text("a: b")
    monkeypatch.setattr("os.open", refuse)
    assert codes(read_sources(tmp_path)[1]) == [file_pages.UNREADABLE]
    monkeypatch.setattr("os.scandir", refuse)
    assert codes(read_sources(tmp_path)[1]) == [file_pages.UNREADABLE]


@pytest.mark.parametrize(
    "name",
    [
        "a\nb.yaml",
        "\x1b[31m.yaml",
        "a\u202eb.yaml",
        "-rf.yaml",
        "a:b.yaml",
        "a|b.yaml",
        "a .yaml",
        b"\xff.yaml",
        "x?/a.yaml",
    ],
)
def test_hostile_file_names(tmp_path: Path, name: str | bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("a: b")
    sources, diagnostics = read_sources(tmp_path)
    assert sources.files == ()
    assert codes(diagnostics) == [file_pages.FILE_NAME]
    report = as_text(diagnostics, sources)
    assert report.replace("\n", "").isprintable()


def test_two_files_for_one_document(tmp_path: Path) -> None:
    names = ["a.yaml", "a.yml", "B.yaml", "b.yaml", "cafe\u0301.yaml", "caf\u00e9.yaml"]
    sources, diagnostics = read_folder(tmp_path, dict.fromkeys(names, "a: b"))
    assert len(sources.files) == 3
    assert codes(diagnostics) == [file_pages.SAME_DOCUMENT] * 3
    assert all(found.related for found in diagnostics)


def test_folders_without_specs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    assert codes(read_sources(tmp_path)[1]) == [file_pages.NO_SPECS]
    for name in ("missing", "file", "loop", "nul\0"):
        assert codes(read_sources(tmp_path / name)[1]) == [file_pages.NO_FOLDER]


def test_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "t{}: {{type: numeric(8,2), description: Net}}\n"
    _, diagnostics = read_folder(tmp_path, {"a.yaml": "".join(line.format(n) for n in range(2_000))})
    assert codes(diagnostics) == [pages.QUOTE_THIS] * 2_000
    monkeypatch.setattr(spec_files, "MAX_BYTES", 1_000)
    assert codes(read_sources(tmp_path)[1]) == [file_pages.TOO_LARGE]


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


# Laws

YAML_PIECES = st.sampled_from(
    ["a: ", "- ", "{", "}", "[", "]", ", ", ": ", "\n", "\n  ", "\t", "'", '"', "(", ")", "#", " #", "&x ", "*x",
     "!t ", "|\n", ">", "---\n",
     "? ", "%", "@", "<<: ", "\\", "text", "numeric(8,2)", "text[]", "nullable", "é", "\r\n", "\u2028", "\0", "..."]
)  # fmt: skip
YAML_LIKE = st.lists(YAML_PIECES, max_size=30).map("".join)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=200), YAML_LIKE.map(str.encode)))
@example(b"a: {b: \xc2\x85}")
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    sources, diagnostics = read_folder(folder, {"s.yaml": content})
    assert sources.files or diagnostics
    report = as_text(diagnostics, sources)
    assert report.replace("\n", "").isprintable()
    assert {found.code for found in diagnostics} <= set(file_pages.PAGES | pages.PAGES)


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


@pytest.mark.parametrize("of", [file_pages, pages])
def test_every_code_has_a_page(of: ModuleType) -> None:
    constants = {value for name, value in vars(of).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(of.PAGES)
    for code, page in of.PAGES.items():
        assert page.startswith(f"# {code}: ")
        assert page.endswith("\n")
        assert "Wrong:" in page
        assert "Right:" in page
