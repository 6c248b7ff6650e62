"""Work that only makes objects, without Python's cyclic garbage collector."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the collector: it would walk a growing tree over and over (half of the time) and find nothing to free."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def leave_to_the_end() -> None:
    """Keep the collector from one last walk over everything when the interpreter ends, a second at 1,000 tables."""
    gc.freeze()
