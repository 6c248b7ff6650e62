"""The house keeps its measures: how long a module and a function may be."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE_LINES = 400
FUNCTION_LINES = 50
MODULES = sorted(
    path
    for folder in ("generator", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "cases" not in path.parts
)


def test_no_module_and_no_function_is_long() -> None:
    long = []
    for path in MODULES:
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        if (lines := text.count("\n")) > MODULE_LINES:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                long += [f"{name}:{node.lineno}: {node.name} has {lines} lines"] if lines > FUNCTION_LINES else []
    assert not long
