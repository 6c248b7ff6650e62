"""Generated models as an importable package: written to a folder, imported, and forgotten again."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schemagen.verify.models.driver import forget_models

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import ModuleType


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """The package ``models`` of a folder, as it is imported for the first time."""
    forget_models()
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module("models")
    finally:
        sys.path.remove(str(folder))
        forget_models()
