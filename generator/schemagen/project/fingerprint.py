"""Whether a build would change nothing, decided by hashes of everything that goes in and everything that came out.

The fingerprint of the last build lies in the output folder, outside git, and counts only where it was made
(``layout.seal``). It covers the bytes of all specs, the sizes and times of the program's files and templates, the
versions of the packages that it runs on, and the bytes of every file that the build is responsible for; so whatever was
edited, added or deleted since, the build is done in full. (``layout`` says why the imports are so few.)
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256

from schemagen.base.layout import COMMIT, FINGERPRINT, migration_files, read_generated, seal
from schemagen.base.tree import located

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from hashlib import _Hash as Hash

    from schemagen.base.layout import Output

_SPEC_SUFFIXES = (".yaml", ".yml")
_PROGRAM_SUFFIXES = (".py", ".jinja")


def of_inputs(specs: str, settings: str = "") -> str | None:
    """The hash of everything that a build reads; None when something there cannot be read.

    ``settings`` are those that decide what is written.

    To be taken before the specs are read: an edit in between then only means one build more.
    """
    package = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120  (here and below: pathlib takes 7 ms to import)
    own = of_specs(specs, settings)
    digest = sha256(f"{sys.version}\0{own}".encode())
    try:
        _add_states(digest, package)
        templates = f"{package}/../../templates"
        if os.path.isdir(templates):  # noqa: PTH112  (of a checkout; a wheel has them in the package)
            _add_states(digest, templates)
        digest.update("\0".join(_installed()).encode())
    except OSError:
        return None
    return digest.hexdigest() if own else None


def of_specs(specs: str, settings: str = "") -> str | None:
    """The hash of what a project says: its specs, and the settings that decide what is written."""
    digest = sha256(settings.encode())
    try:
        _add_files(digest, specs)
    except OSError:
        return None
    return digest.hexdigest()


def _add_states(digest: Hash, folder: str) -> None:
    """The program's own files by when they were written: there are hundreds, and reading them takes most of a start."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.endswith(_PROGRAM_SUFFIXES):
                found = entry.stat()
                state = f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ctime_ns}\0"
                digest.update(state.encode(errors="surrogateescape"))
            elif entry.name != "__pycache__" and entry.is_dir():
                _add_states(digest, entry.path)


def _add_files(digest: Hash, folder: str) -> None:
    for path in sorted(_spec_files(folder)):
        with open(path, "rb") as file:  # noqa: PTH123
            content = file.read()
        digest.update(f"{path[len(folder) :].lstrip('/')}\0{len(content)}\0".encode(errors="surrogateescape"))
        digest.update(content)


def remember(output: Output, inputs: str, hashes: Mapping[str, str]) -> None:
    """Keep the fingerprint of a finished build; ``hashes`` is the sha256 of each file it is responsible for.

    A fingerprint that cannot be kept is not an error: the next build is done in full.
    """
    place = seal(output)
    if place is None:
        return
    lines = (place, inputs, combined(sorted(hashes.items())), *sorted(hashes))
    try:
        with open(f"{output}/{FINGERPRINT}", "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
            file.write("\0".join(lines))
    except OSError:
        forget(output)


def forget(output: Output) -> None:
    """Make the next build a full one."""
    try:
        os.unlink(f"{output}/{FINGERPRINT}")  # noqa: PTH108
    except OSError:
        return


def is_current(specs: str, output: Output, settings: str = "") -> bool:
    """Whether a build of these specs would change nothing in this output folder, and would have nothing to say."""
    try:
        if os.path.lexists(f"{output}/{COMMIT}"):
            return False
        with open(f"{output}/{FINGERPRINT}", encoding="utf-8", newline="") as file:  # noqa: PTH123
            place, inputs, outputs, *paths = file.read().split("\0")
        if seal(output) != place or of_inputs(specs, settings) != inputs or not migration_files(output) <= set(paths):
            return False
        hashes = [(path, sha256(read_generated(located(output, path))).hexdigest()) for path in paths]
    except (OSError, ValueError):
        return False
    return combined(hashes) == outputs


def combined(hashes: Iterable[tuple[str, str]]) -> str:
    """One hash of many files, by path and hash, in the order given."""
    digest = sha256()
    for path, content_hash in hashes:
        digest.update(f"\0{path}\0{content_hash}".encode())
    return digest.hexdigest()


def _spec_files(folder: str) -> Iterator[str]:
    """The specs below a folder that are not hidden, as ``source`` finds them.

    Raises:
        OSError: when a folder cannot be read, or when one of the files is a pipe or the like.
    """
    if not os.path.isdir(folder):  # noqa: PTH112
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _spec_files(entry.path)
            elif entry.name.endswith(_SPEC_SUFFIXES):
                if not entry.is_file():
                    raise OSError(f"{entry.path} is not a file")
                yield entry.path


USED = frozenset(
    [
        *("annotated_types", "fasteners", "inflection", "jinja2", "markupsafe", "pgparse", "pydantic"),
        *("pydantic_core", "pyyaml", "sqlglot", "sqlglotc", "typing_extensions", "typing_inspection"),
    ]
)
"""The packages that a build runs on; a test compares them with what the distribution demands."""


def _installed() -> list[str]:
    """The packages that a build runs on, each with its version: the names of their metadata folders."""
    folders = {path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)}  # noqa: PTH112
    names = {name for folder in folders for name in os.listdir(folder)}  # noqa: PTH208
    return sorted(name for name in names if name.endswith(".dist-info") and _package(name) in USED)


def _package(folder: str) -> str:
    """``pyyaml`` for ``PyYAML-6.0.2.dist-info``."""
    return folder.partition("-")[0].lower().replace(".", "_")
