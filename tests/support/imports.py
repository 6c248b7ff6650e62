"""Which modules a command imports."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = """
import sys
before = set(sys.modules)  # those of Python, and of what measures it
from schemagen.cli import main
try:
    main()
finally:
    print(*sorted(set(sys.modules) - before))
"""


def imported_by(folder: Path, *arguments: str) -> set[str]:
    """The modules, and their packages, that one run of the program imports in a folder."""
    command = [sys.executable, "-c", _SCRIPT, *arguments]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return set(said.splitlines()[-1].split())
