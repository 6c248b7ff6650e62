"""Whether a fresh clone holds what a build made of its specs, decided by hashes that are committed with it.

``.schema.sums`` has one hash of all specs and one of everything in the output. A plain ``check`` believes it where
both are right and the program has the version that wrote it; who edits a file can edit a hash, so ``check --full``
plans anew, and no build reads these hashes. (``layout`` says why the imports are so few.)
"""

from __future__ import annotations

import os
from hashlib import sha256

from schemagen import __version__
from schemagen.base.layout import (
    ATTRIBUTES,
    COMMIT,
    LOCK_FILE,
    SUMS,
    is_inside,
    linked_folder,
    migration_files,
    read_generated,
)
from schemagen.base.tree import located

from .fingerprint import combined, of_specs

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.base.layout import Output

_TITLE = "# What `schemagen build` read and wrote: `schemagen check` compares it, `schemagen check --full` plans anew."
_MERGED = f"# Both sides of a merge are kept; the next build writes the right one.\n{SUMS} merge=union\n"


def sums(specs: str | None, hashes: Mapping[str, str]) -> dict[str, str]:
    """The file of the hashes, and what keeps it from stopping a merge: path → content.

    Args:
        specs: the hash of the specs (``of_specs``); None where a check has to plan, as it has warnings to repeat.
        hashes: the sha256 of each file of the output.
    """
    lines = _lines(specs, combined(sorted(hashes.items()))) if specs else []
    return {ATTRIBUTES: _MERGED, SUMS: "\n".join([_TITLE, *lines, ""])}


def _lines(specs: str, output: str) -> list[str]:
    return [f"schemagen {__version__}", f"specs {specs}", f"output {output}"]


def are_right(specs: str, output: Output, settings: str = "") -> bool:
    """Whether the specs and every file of the output are those that the committed hashes are of."""
    if os.path.lexists(f"{output}/{COMMIT}") or linked_folder(output):
        return False
    try:
        text = read_generated(f"{output}/{SUMS}").decode()
        own = of_specs(specs, settings)
        if own is None or f"specs {own}" not in text.splitlines():
            return False
        paths = _paths(output)
        if not migration_files(output) <= paths or not all(map(is_inside, paths)):
            return False
        hashes = [(path, sha256(read_generated(located(output, path))).hexdigest()) for path in sorted(paths)]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return text.splitlines() == [_TITLE, *_lines(own, combined(hashes))]


def _paths(output: Output) -> set[str]:
    """Every file that the lock says a build wrote, the lock included.

    Raises:
        OSError, ValueError, LookupError, TypeError: for what is not a lock.
    """
    import json  # 5 ms: only a check that has found the specs unchanged

    lock = json.loads(read_generated(f"{output}/{LOCK_FILE}"))
    migrations = (path for migration in lock.get("migrations", ()) for path in migration.get("files", ()))
    return {LOCK_FILE, *lock.get("files", ()), *migrations, *(path for path, _ in lock.get("layouts", ()))}
