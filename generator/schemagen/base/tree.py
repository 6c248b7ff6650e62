"""Where generated files lie: the one place that turns the path of one into its place on disk.

Everywhere else, in the lock, the journal and the hashes, a generated file has its path below the output folder, as it
is where nothing is said. That some kinds lie elsewhere the settings alone can say. (``layout`` says why the imports
are so few.)
"""

from __future__ import annotations

import os
import posixpath

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KINDS = ("alembic", "docs", "migrations", "models")
"""What may lie elsewhere: folders of the output, each a table of the settings with a key ``path``."""

PACKAGE = "models"
"""The package of the models where the settings don't name it."""


class Tree:
    """An output folder, and the folders of the kinds and of the layouts that lie elsewhere.

    ``package`` is how Python imports the models, ``ini`` the project's own ``alembic.ini``, empty where a build writes
    one.
    """

    __slots__ = ("folder", "ini", "package", "places")

    def __init__(self, folder: str | Path, places: Iterable[tuple[str, str]] = (), root: str = "") -> None:
        """Take the settings as they are written, such as ``models.path``; their paths begin at the folder ``root``."""
        said = dict(places)
        paths = {name.removesuffix(".path"): path for name, path in said.items() if name.endswith(".path")}
        self.folder = str(folder)
        self.places = {kind: os.path.normpath(os.path.join(root, path)) for kind, path in paths.items()}  # noqa: PTH118
        self.package = said.get("models.package", posixpath.basename(paths.get("models", PACKAGE)))
        self.ini = os.path.join(root, said["alembic.ini"]) if "alembic.ini" in said else ""  # noqa: PTH118

    def __str__(self) -> str:
        """The output folder."""
        return self.folder

    def __fspath__(self) -> str:
        """The output folder."""
        return self.folder

    def located(self, path: str) -> str:
        """Where a generated file or folder lies, by its path below the output folder."""
        kind, slash, rest = path.partition("/")
        place = self.places.get(kind)
        return f"{self.folder}/{path}" if place is None else f"{place}{slash}{rest}"

    def relative(self, target: str, source: str) -> str:
        """The way from one generated file to another, as a link has it."""
        return self.way(self.located(target), source)

    def way(self, place: str, source: str) -> str:
        """The way from a generated file to a place on disk."""
        return _way(place, posixpath.dirname(_posix(self.located(source))))

    def below(self, path: str) -> str:
        """The way from the output folder to a generated file."""
        return _way(self.located(path), _posix(self.folder))

    @property
    def alembic_ini(self) -> str:
        """The file by which Alembic is called."""
        return self.ini or self.located("alembic/alembic.ini")

    @property
    def import_root(self) -> str:
        """The folder in which Python finds the package of the models."""
        return os.path.normpath(os.path.join(self.located("models"), *[os.pardir] * (self.package.count(".") + 1)))  # noqa: PTH118


PLAIN = Tree(".")
"""A tree in which nothing lies elsewhere."""


def tree_of(output: str | Path | Tree) -> Tree:
    """The tree of an output folder where nothing lies elsewhere; a tree is itself."""
    return output if isinstance(output, Tree) else Tree(output)


def located(output: str | Path | Tree, path: str) -> str:
    """Where a generated file or folder lies, by its path below the output folder."""
    return tree_of(output).located(path)


def _way(target: str, folder: str) -> str:
    return posixpath.relpath(_posix(target), folder or ".")


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")
