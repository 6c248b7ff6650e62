"""The spec files of a folder: found, opened without ever waiting for a pipe, and read as UTF-8."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from schemagen.base import escape
from schemagen.base.diagnostics import Diagnostic, Related, Severity, Span
from schemagen.base.layout import leads_out

from . import file_pages as pages
from .nodes import Positions

MAX_BYTES: Final = 16 * 1024 * 1024
"""The size of a spec file; ten thousand tables of ten columns are about 13 MB."""

SUFFIXES: Final = (".yaml", ".yml")

_CONTROL: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NAME_REFUSED: Final = re.compile(r'[<>:"/\\|?*]|^[-.]|[ .]$')
_WITHOUT_WAITING: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A spec file: where it is, how it is shown to people, and the name of its document.

    ``shown`` is relative to the current folder where it lies below it; ``name`` is relative to the spec folder and
    without a suffix. Both use ``/``.
    """

    path: Path
    shown: str
    name: str


def find_files(folder: Path) -> tuple[tuple[SpecFile, ...], tuple[Diagnostic, ...]]:
    """The ``*.yaml`` and ``*.yml`` files at any depth below a folder, sorted by name, and what is wrong with them.

    Hidden files and folders (a leading dot) are not specs. Links to files of the project are read, linked folders are
    not entered.
    """
    problem = _folder_problem(folder)
    if problem:
        return (), (problem,)
    diagnostics: list[Diagnostic] = []
    found = [_spec_file(path, folder) for path in _walk(folder, diagnostics)]
    found.sort(key=lambda file: (file.name, file.shown))
    inside = [file for file in found if not _leads_out(file, folder, diagnostics)]
    files = _with_own_document([file for file in inside if _has_good_name(file, diagnostics)], diagnostics)
    if not files and not diagnostics:
        hint = "write one, or begin with `schemagen init`"
        diagnostics.append(Diagnostic(pages.NO_SPECS, f"{_shown(folder)} holds no *.yaml file", hint=hint))
    return tuple(files), tuple(diagnostics)


def _folder_problem(folder: Path) -> Diagnostic | None:
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
    except (OSError, ValueError) as error:
        reason = "there is no folder" if isinstance(error, FileNotFoundError) else f"can't open ({_reason(error)})"
        hint = "name the folder of the specs with `--specs DIR`, or begin with `schemagen init`"
        return Diagnostic(pages.NO_FOLDER, f"{reason} {_shown(folder)}", hint=hint)
    if is_folder:
        return None
    hint = "name the folder that holds the specs with `--specs DIR`"
    return Diagnostic(pages.NO_FOLDER, f"{_shown(folder)} is not a folder", hint=hint)


def _walk(folder: Path, diagnostics: list[Diagnostic]) -> list[Path]:
    paths: list[Path] = []
    folders = [folder]
    while folders:
        current = folders.pop()
        try:
            with os.scandir(current) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            diagnostics.append(_at(_shown(current), pages.UNREADABLE, f"the folder can't be read: {_reason(error)}"))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif entry.is_symlink() and _leads_to_folder(entry):
                diagnostics.append(_linked_folder(_shown(Path(entry.path))))
            elif entry.name.endswith(SUFFIXES):
                paths.append(Path(entry.path))
    return paths


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _linked_folder(shown: str) -> Diagnostic:
    return _at(
        shown,
        pages.LINKED_FOLDER,
        "a linked folder is not entered, so its specs are not read",
        hint="link the files, or make it a real folder",
        severity=Severity.WARNING,
    )


def _leads_out(file: SpecFile, folder: Path, diagnostics: list[Diagnostic]) -> bool:
    """Whether a file is a link to one that is neither below the spec folder nor in its project."""
    if not leads_out(file.path, folder):
        return False
    hint = "copy the file, or name its folder with `--specs DIR`"
    message = "this is a link to a place outside of the project, which is not read"
    diagnostics.append(_at(file.shown, pages.LINKED_OUT, message, hint=hint))
    return True


def _spec_file(path: Path, folder: Path) -> SpecFile:
    return SpecFile(path, _shown(path), path.relative_to(folder).with_suffix("").as_posix())


def _has_good_name(file: SpecFile, diagnostics: list[Diagnostic]) -> bool:
    for part in PurePath(file.name).parts:
        if escape.visible(part) != part or _NAME_REFUSED.search(part):
            hint = "use letters, digits, `-`, `_`, `.` and spaces"
            message = "the name of this file can't name a document on every system"
            diagnostics.append(_at(file.shown, pages.FILE_NAME, message, hint=hint))
            return False
    return True


def _with_own_document(files: list[SpecFile], diagnostics: list[Diagnostic]) -> list[SpecFile]:
    """The files without those whose document another one already makes."""
    first: dict[str, SpecFile] = {}
    for file in files:
        other = first.setdefault(unicodedata.normalize("NFC", file.name).casefold(), file)
        if other is not file:
            related = (Related("this file makes the same document", _start(other.shown)),)
            message = f"two files would make the document `{file.name}`"
            hint = "give one of them another name; case and suffix make no difference"
            diagnostics.append(_at(file.shown, pages.SAME_DOCUMENT, message, hint=hint, related=related))
    return list(first.values())


def read_text(file: SpecFile, unsaved: bytes | None = None) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of a spec file without a byte order mark, and why it can't be used if it can't.

    With a diagnostic the text is only good for showing lines of it. ``unsaved`` is what stands for the file's bytes.
    """
    try:
        data = _read_bytes(file.path) if unsaved is None else unsaved
    except IsADirectoryError:
        return "", (_not_a_file(file),)
    except (OSError, ValueError) as error:
        return "", (_at(file.shown, pages.UNREADABLE, f"the file can't be read: {_reason(error)}"),)
    if data is None:
        return "", (_not_a_file(file),)
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES // 1024 // 1024} MB"
        return "", (_at(file.shown, pages.TOO_LARGE, message, hint="split it: tables may refer across files"),)
    return _decode(file, data)


def _not_a_file(file: SpecFile) -> Diagnostic:
    return _at(file.shown, pages.NOT_A_FILE, "not a regular file", hint="pipes, sockets and devices can't hold a spec")


def _read_bytes(path: Path) -> bytes | None:
    """The bytes of a regular file, one more than is allowed if there are too many; None if it is something else."""
    descriptor = os.open(path, _WITHOUT_WAITING)  # opening a pipe would wait for its writer
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return None
        return stream.read(MAX_BYTES + 1)


def _decode(file: SpecFile, data: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return _not_utf8(file, data, error)
    found = _CONTROL.search(text)
    if found is None:
        return text, ()
    code_point = f"U+{ord(found[0]):04X}"
    hint = f'in double quotes it is written "\\u{ord(found[0]):04x}"; if it came by accident, delete it'
    message = f"the character {code_point} can't stand in a spec"
    span = Positions(file.shown, text).span(found.start(), found.end())
    return text, (Diagnostic(pages.CONTROL_CHARACTER, message, span, hint=hint),)


def _not_utf8(file: SpecFile, data: bytes, error: UnicodeDecodeError) -> tuple[str, tuple[Diagnostic, ...]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "the file is UTF-16, not UTF-8"
        return "", (_at(file.shown, pages.ENCODING, message, hint="save it as UTF-8"),)
    before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
    shown = before + data[error.start :].decode("utf-8", "replace")
    span = Positions(file.shown, shown).span(len(before), len(before) + 1)
    message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
    return shown, (Diagnostic(pages.ENCODING, message, span, hint="save the file as UTF-8"),)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        if error.errno == errno.ELOOP:
            return "it is a link that leads to itself"
        if error.errno == errno.ENOENT:
            return "it is a link that leads nowhere"
        if error.errno == errno.ENXIO:
            return "it is not a regular file"
        return os.strerror(error.errno).lower()
    return str(error)


def _shown(path: Path) -> str:
    """A path for people: relative to the current folder where it lies below it, with ``/``."""
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except (ValueError, OSError):
            return path.as_posix()
    return path.as_posix()


def _start(shown: str) -> Span:
    return Span(shown, 1, 1, 1, 1)


def _at(
    shown: str,
    code: str,
    message: str,
    *,
    hint: str | None = None,
    severity: Severity = Severity.ERROR,
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    """A diagnostic about a file as a whole."""
    return Diagnostic(code, message, _start(shown), hint=hint, severity=severity, related=related)
