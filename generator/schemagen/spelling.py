"""What a misspelt word was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``name``, or None; case is no difference."""
    from difflib import get_close_matches  # only where a mistake has been made

    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known name that is nearest to a wrong one, or None."""
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else None
