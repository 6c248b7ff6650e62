"""When what a killed command has left is nobody's any more."""

from __future__ import annotations

import time

STALE_SECONDS = 3600


def is_stale(made: float) -> bool:
    """Whether something that was made or changed at a timestamp, in seconds since 1970, is over an hour old."""
    return time.time() - made > STALE_SECONDS
