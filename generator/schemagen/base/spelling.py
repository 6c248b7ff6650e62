"""What a misspelt word was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``name``, or None; case is not a difference."""
    from difflib import get_close_matches  # only where a mistake has been made

    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def is_typo(name: str, meant: str) -> bool:
    """Whether a name is another one with a slip of the pen: other case or underscores, or one letter.

    A digit is not a slip, nor is a final ``s``: ``p99_ms`` and ``check`` may mean something.
    """
    one, other = (word.lower().replace("_", "").replace("-", "") for word in (name, meant))
    if one == other:
        return True
    digits = [[letter for letter in word if letter.isdigit()] for word in (one, other)]
    if digits[0] != digits[1] or one.rstrip("s") == other.rstrip("s"):
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[at:], other[at:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    )


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known name that is nearest to a wrong one, or None."""
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else None
