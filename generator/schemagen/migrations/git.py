"""What git knows of the output folder: files as they stand in a revision, read by the program ``git`` itself."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError

if TYPE_CHECKING:
    from pathlib import Path

NO_GIT = "SG412"


class Repository:
    """The repository that a folder lies in; the folder itself need not exist."""

    def __init__(self, folder: Path) -> None:
        """Find it.

        Raises:
            SchemagenError: SG412 when there is no git, or no repository.
        """
        folder = folder.resolve()
        self._place = next(place for place in (folder, *folder.parents) if place.is_dir())
        self._below = folder.relative_to(self._place).as_posix()
        if self._run("rev-parse", "--git-dir") is None:
            raise _refusal(f"{folder.name} is in no git repository", "run the command inside of one")

    def commit(self, revision: str) -> str:
        """The hash of the commit that a revision names.

        Raises:
            SchemagenError: SG412 when it names none.
        """
        found = self.find(revision)
        if found is None:
            hint = "name a branch, a tag or a commit that is here, such as `main` or `origin/main` (`git fetch`)"
            raise _refusal(f"git knows no revision `{revision}`", hint)
        return found

    def find(self, revision: str) -> str | None:
        """The hash of the commit that a revision names; None when it names none."""
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return found.decode().strip() if found else None

    def read(self, commit: str, path: str) -> bytes | None:
        """A file of the folder as it is in a commit, or in the index for ``:2`` and ``:3`` (the sides of a merge).

        None when it is not there.
        """
        return self._run("cat-file", "blob", f"{commit}:./{self._below}/{path}")

    def contains(self, descendant: str, commit: str) -> bool:
        """Whether a commit is another one or among its ancestors."""
        return self._run("merge-base", "--is-ancestor", commit, descendant) is not None

    def _run(self, *arguments: str) -> bytes | None:
        """What git prints; None when it fails."""
        try:
            done = subprocess.run(  # noqa: S603  (revisions stand after --end-of-options, the rest is made here)
                ["git", "-C", str(self._place), *arguments],  # noqa: S607  (git is where PATH says)
                capture_output=True,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except FileNotFoundError:
            raise _refusal("git is not installed", "install it: other revisions are read through it") from None
        return done.stdout if done.returncode == 0 else None


def _refusal(message: str, hint: str) -> SchemagenError:
    return SchemagenError([Diagnostic(NO_GIT, message, hint=hint)])
