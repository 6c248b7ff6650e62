"""One way to break an output, and the rules that make such of files."""

from __future__ import annotations

from dataclasses import dataclass

PER_RULE = 2
"""How many places of an output each rule breaks."""


@dataclass(frozen=True)
class Mutant:
    """One way to break an output: what kind of claim, in which artefact, and how the files change."""

    kind: str
    artefact: str
    what: str
    files: dict[str, str]
    written: bool = False


@dataclass(frozen=True)
class Rule:
    """Changes of files by a pattern: each place where it matches is a mutant.

    ``written`` rules are those that only a comparison of the files with each other and with the lock can notice; the
    mutants of all others have to be noticed by what the files do. ``needs`` is a pattern of what some class has to use,
    where the change would mean nothing without it.
    """

    kind: str
    artefact: str
    files: str
    pattern: str
    replacement: str
    needs: str = ""
    written: bool = False
