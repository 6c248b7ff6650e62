"""Collects diagnostics while specs are read and resolved, and drops those that only echo another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Fix, Origin, PathKey, Span

    from .source import Sources

_PART_DEPTH = {"tables": 4, "queries": 2, "views": 2, "objects": 2}


def part_of(path: tuple[PathKey, ...]) -> tuple[PathKey, ...]:
    """The part of a spec that a path belongs to: a column, an index, a query, and so on."""
    return path[: _PART_DEPTH.get(str(path[0]), 1)] if path else ()


class Reporter:
    """Diagnostics with positions; a part that is already known to be wrong is not reported again by later stages."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._damaged: set[tuple[str, tuple[PathKey, ...]]] = set()
        self.diagnostics: list[Diagnostic] = []

    def damage(self, origin: Origin) -> None:
        """Remember that the part at an origin is wrong, so that later stages keep silent about it."""
        self._damaged.add((origin.file, part_of(origin.path)))

    def is_damaged(self, origin: Origin | None) -> bool:
        """Whether the part at an origin, or anything around it, is known to be wrong."""
        if origin is None or not self._damaged:
            return False
        part = part_of(origin.path)
        return any((origin.file, part[:depth]) in self._damaged for depth in range(len(part) + 1))

    def is_damaged_inside(self, origin: Origin) -> bool:
        """Whether a part at or below an origin is known to be wrong: what seems to be missing there may be in it."""
        depth = len(origin.path)
        return self.is_damaged(origin) or any(
            file == origin.file and path[:depth] == origin.path for file, path in self._damaged
        )

    def span(self, origin: Origin, *, key: bool = False) -> Span:
        """Where a value, or its key, stands."""
        return self._sources.span(origin, key=key)

    def error(
        self,
        code: str,
        message: str,
        origin: Origin,
        *,
        key: bool = False,
        hint: str | None = None,
        related: Iterable[tuple[str, Origin]] = (),
        fix: Fix | None = None,
        offset: int | None = None,
    ) -> None:
        """Report an error at the value (or the key) of an origin, unless its part is damaged already.

        ``offset`` is the character of the value at which it was found, if that is known.
        """
        if not self.is_damaged(origin):
            self._add(code, message, origin, key=key, hint=hint, related=related, fix=fix, offset=offset)

    def warning(self, code: str, message: str, origin: Origin, *, key: bool = False, hint: str | None = None) -> None:
        """Report something that does not stop a build."""
        self._add(code, message, origin, key=key, hint=hint, severity=Severity.WARNING)

    def _add(
        self,
        code: str,
        message: str,
        origin: Origin,
        *,
        key: bool,
        hint: str | None,
        related: Iterable[tuple[str, Origin]] = (),
        fix: Fix | None = None,
        offset: int | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        places = tuple(Related(text, self._sources.span(where, key=True)) for text, where in related)
        span = self._sources.span(origin, key=key)
        if offset is not None:
            span = self._sources.span_of_token(origin, offset)
        self.diagnostics.append(Diagnostic(code, message, span, origin.dotted(), hint, severity, fix, places))

    @property
    def failed(self) -> bool:
        """Whether an error has been reported."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)
