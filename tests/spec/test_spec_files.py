"""Folders of specs: which files are read, and what is said of those that cannot be."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemagen.base.diagnostics import Severity
from schemagen.cli.reports.diagnostics import as_text
from schemagen.spec.source import file_pages, read_sources
from schemagen.spec.source import files as spec_files
from schemagen.spec.source import yaml_pages as pages
from support.spec_reading import YAML_LIKE, codes, data, read_folder


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
