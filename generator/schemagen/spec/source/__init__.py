"""YAML text to nodes that know file, line and column, with everything that is wrong with the files themselves.

A file in which a text had to be quoted (the commonest slip) is read as its author meant it, so that every other mistake
in it is reported in the same run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, Origin, Span

from . import file_pages as pages
from .files import SpecFile, find_files, read_text
from .nodes import Mapping, Node, Positions, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf
    from pathlib import Path


__all__ = [
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "Source",
    "Sources",
    "SpecFile",
    "find_files",
    "read_sources",
    "read_text",
    "read_yaml",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A spec file that could be read.

    ``file`` is its path as it is shown to people; ``name`` its path below the spec folder without a suffix, which also
    names its document.
    """

    file: str
    name: str
    text: str = field(repr=False)
    root: Mapping = field(repr=False)


_TOKEN = re.compile(r"\w+|[^\w\s]")


class Sources:
    """The spec files of a folder; knows where everything stands.

    ``shown`` are the paths of all of them, also of those that could not be read and are not in ``files``.
    """

    def __init__(self, files: Iterable[Source] = (), texts: dict[str, str] | None = None) -> None:
        self.files: tuple[Source, ...] = tuple(files)
        self._by_file = {source.file: source for source in self.files}
        texts = {source.file: source.text for source in self.files} | (texts or {})
        self._positions = {file: Positions(file, text) for file, text in texts.items()}
        self.shown = tuple(self._positions)

    def span(self, origin: Origin, *, key: bool = False) -> Span:
        """Where the value of an origin stands, or its key; for a path that is not there, its nearest ancestor."""
        source = self._by_file.get(origin.file)
        if source is None:
            return Span(origin.file, 1, 1, 1, 1)
        node: Node = source.root
        place: Scalar | Node = node
        for step in origin.path:
            found = _child(node, step)
            if found is None:
                return place.span if place is not source.root else Span(origin.file, 1, 1, 1, 1)
            name, node = found
            place = name
        return (place if key else node).span

    def span_of_token(self, origin: Origin, offset: int) -> Span:
        """Where the word at an offset of a text stands; the whole text where escapes hide it."""
        node = self.node(origin)
        token = _TOKEN.match(node.text, offset) if isinstance(node, Scalar) else None
        if not isinstance(node, Scalar) or token is None:
            return self.span(origin)
        positions = node.positions
        start, end = positions.in_original(node.start), positions.in_original(node.end)
        if positions.original[start] in "|>":
            start = positions.original.find("\n", start, end) + 1 or start
        number = sum(found[0] == token[0] for found in _TOKEN.finditer(node.text, 0, token.start()))
        all_of_them = sum(found[0] == token[0] for found in _TOKEN.finditer(node.text))
        found = [same for same in _TOKEN.finditer(positions.original, start, end) if same[0] == token[0]]
        if len(found) != all_of_them:
            return self.span(origin)
        return positions.span_in_original(*found[number].span())

    def node(self, origin: Origin) -> Node | None:
        """What stands at an origin, or None where the specs have nothing there."""
        source = self._by_file.get(origin.file)
        node: Node | None = source.root if source else None
        for step in origin.path:
            found = _child(node, step) if node is not None else None
            node = found[1] if found else None
        return node

    def line(self, file: str, number: int) -> str:
        """A line of a file, without its line break; empty for a file or a line that is not there."""
        positions = self._positions.get(file)
        return positions.line(number) if positions else ""

    def text(self, file: str) -> str:
        """The whole text of a file, without a byte order mark; empty for one that is not there."""
        positions = self._positions.get(file)
        return positions.original if positions else ""


def _child(node: Node, step: str | int) -> tuple[Scalar | Node, Node] | None:
    """The key (in a list, the item itself) and the value one step below a node."""
    if isinstance(node, Mapping):
        return node.entries.get(str(step))
    if isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step], node.items[step]
    return None


def read_sources(
    folder: Path, unsaved: MappingOf[Path, bytes] = MappingProxyType({})
) -> tuple[Sources, tuple[Diagnostic, ...]]:
    """Every spec file below a folder, and everything that is wrong with the files and their YAML (SG0xx).

    A file that could not be read to its end is missing from ``files``, but its lines can be shown. ``unsaved`` is what
    an editor has for files by their real paths.
    """
    found, problems = find_files(folder)
    diagnostics = list(problems)
    sources: list[Source] = []
    texts: dict[str, str] = {}
    for file in found:
        text, failures = read_text(file, unsaved.get(file.path.resolve()) if unsaved else None)
        texts[file.shown] = text
        diagnostics += failures
        if failures:
            continue
        root, mistakes = read_yaml(file.shown, text)
        diagnostics += mistakes
        if root is not None:
            sources.append(Source(file.shown, file.name, text, root))
    return Sources(sources, texts), tuple(diagnostics)


def read_yaml(file: str, text: str) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """The root of a spec's text, or None, and what is wrong with it as YAML; ``file`` is only named in positions."""
    from .tree import read_tree  # PyYAML takes 20 ms, and a build that finds nothing changed does not need it

    positions = Positions(file, text)
    tree = read_tree(text, positions)
    if tree.suspicious or tree.failed_at is not None:
        from .repair import read_as_meant

        tree = read_as_meant(tree, positions)
    diagnostics = list(tree.diagnostics)
    if tree.root is None and not diagnostics:
        hint = "begin with `schemagen: 1`, then `title:` and `tables:`; or delete the file"
        diagnostics.append(Diagnostic(pages.EMPTY_FILE, "the file is empty", Span(file, 1, 1, 1, 1), hint=hint))
    return tree.root, tuple(diagnostics)
