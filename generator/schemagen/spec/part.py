"""What every part of the spec language has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A mapping of known keys that does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")
