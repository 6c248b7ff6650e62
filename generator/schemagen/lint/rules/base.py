"""What every rule is made of: the project that it looks at and the findings that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from schemagen.base.diagnostics import Fix, Origin
    from schemagen.schema.model import Schema
    from schemagen.spec.source import Sources

    from .access import Reading


@dataclass(frozen=True)
class Project:
    """The resolved schema and the text that it was written in."""

    schema: Schema
    sources: Sources

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """Every query that both engines understand, taken apart, by name."""
        from .access import read_query

        read = ((query.name, read_query(query, self.schema)) for query in self.schema.queries)
        return {name: reading for name, reading in read if reading}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule objects to: at the key of ``origin``, or at its value where ``key`` is false."""

    message: str
    origin: Origin | None
    hint: str
    key: bool = True
    related: tuple[tuple[str, Origin], ...] = ()
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A lint rule: its code, its name, what it finds, the docstring that is its page, and the profile it comes with."""

    code: str
    name: str
    check: Callable[[Project], Iterator[Finding]]
    doc: str
    profile: Profile = Profile.DOCUMENTED

    @property
    def summary(self) -> str:
        """What it objects to, in a line."""
        return self.doc.strip().splitlines()[0].rstrip(".")

    @property
    def page(self) -> str:
        """Its page in Markdown, with the code and the name as its heading."""
        return f"# {self.code}: {self.name}\n\n{self.doc.strip()}\n\nProfile: `{self.profile}`.\n"
