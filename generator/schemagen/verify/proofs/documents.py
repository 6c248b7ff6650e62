"""Documents say what the specs say, which no engine could tell; and every file is one that a build writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.base.layout import LOCK_FILE, read_generated
from schemagen.base.tree import located, tree_of
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.project.output import render
from schemagen.verify.report import BOTH, Claim

if TYPE_CHECKING:
    from schemagen.base.layout import Output
    from schemagen.schema.model import Schema
    from schemagen.verify.report import Ledger, Section


class Rendered:
    """What a build would write from the specs and the history of an output; rendered once, for both of its proofs."""

    def __init__(self, schema: Schema, output: Output) -> None:
        self.output = output
        content = lock_content(output)
        self.lock = loads(content) if content else None
        self.files = render(schema, self.lock, (), tree_of(output))


def prove_documents(ledger: Ledger, rendered: Rendered) -> None:
    """Compare every document with what its spec makes of the history in the lock, one fact a file."""
    with ledger.section(Claim.DOCUMENTS, BOTH) as section:
        for path, text in rendered.files.items():
            if _is_document(path):
                _compare(section, rendered.output, path, text)


def prove_generated(ledger: Ledger, rendered: Rendered) -> None:
    """Compare the models and Alembic's environment with what a build writes, and find files that none has written.

    What they do is proved as they stand; here an edit is reported that changes nothing which could be seen so.
    """
    lock, output = rendered.lock, rendered.output
    generated = {path: text for path, text in rendered.files.items() if not _is_document(path)}
    with ledger.section(Claim.FILES, BOTH) as section:
        for path, text in generated.items():
            _compare(section, output, path, text)
        if lock is None:
            return
        hashed = (*lock.layouts, *lock.superseded, *(file for record in lock.migrations for file in record.files))
        known = {*generated, *lock.files, *(path for path, _ in hashed), LOCK_FILE}
        for path in sorted(_files(output) - known):
            section.fails(path, "only files that a build has written", "it is there", "move it away")


def _is_document(path: str) -> bool:
    return path.endswith(".md")


def _files(output: Output) -> set[str]:
    """Every file of the output folder, by path, but for what Python, tools and a build itself keep hidden."""
    folder = Path(output)
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if not any(part.startswith((".", "__pycache__")) for part in path.parts)}


def _compare(section: Section, output: Output, path: str, text: str) -> None:
    try:
        found = read_generated(located(output, path)).decode(errors="replace")
    except OSError:
        section.fails(path, "the file is there", "it is missing")
        return
    expected, seen = text.splitlines(), found.splitlines()
    differing = [(one, other) for one, other in zip(expected, seen, strict=False) if one != other]
    if differing or len(expected) != len(seen):
        one, other = differing[0] if differing else (f"{len(expected)} lines", f"{len(seen)} lines")
        section.fails(path, one, other, "run `schemagen build`")
    else:
        section.holds()
