"""Generated models as an importable package: written to a folder, imported, and forgotten again."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
    """The package ``models`` of a folder; SQLModel's shared registry is empty before and after."""
    _forget()
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module("models")
    finally:
        sys.path.remove(str(folder))
        _forget()


def _forget() -> None:
    from sqlmodel import SQLModel

    for name in [name for name in sys.modules if name == "models" or name.startswith("models.")]:
        del sys.modules[name]
    SQLModel.metadata.clear()
    for moment in ("before_create", "after_create", "before_drop", "after_drop"):  # views and types are made at these
        if listeners := getattr(SQLModel.metadata.dispatch, moment):
            listeners.clear()
    registry = SQLModel._sa_registry  # noqa: SLF001  (SQLModel has no public way to start again)
    registry.dispose()
    registry._class_registry.clear()  # noqa: SLF001
