"""What reading a spec gives, as plain data, and texts that are nearly YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from schemagen.lint.fixes import apply_fixes
from schemagen.spec.source import Mapping, Sequence, Sources, read_sources, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.base.diagnostics import Diagnostic
    from schemagen.spec.source import Node

YAML_PIECES = st.sampled_from(
    ["a: ", "- ", "{", "}", "[", "]", ", ", ": ", "\n", "\n  ", "\t", "'", '"', "(", ")", "#", " #", "&x ", "*x",
     "!t ", "|\n", ">", "---\n",
     "? ", "%", "@", "<<: ", "\\", "text", "numeric(8,2)", "text[]", "nullable", "é", "\r\n", "\u2028", "\0", "..."]
)  # fmt: skip
YAML_LIKE = st.lists(YAML_PIECES, max_size=30).map("".join)


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
