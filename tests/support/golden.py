"""Expected texts that stand beside their cases; ``pytest --snapshot-update`` writes them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def compare(found: str, expected: Path, config: pytest.Config) -> None:
    """Fail unless the file holds this text."""
    if config.option.update_snapshots:
        expected.write_text(found, encoding="utf-8", newline="\n")
    assert expected.is_file(), f"{expected} is missing: run pytest with --snapshot-update, then read it"
    assert found == expected.read_text(encoding="utf-8")
