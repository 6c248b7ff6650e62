"""What every proof needs: the process that runs generated models, one a test process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemagen.verify.models.process import Models

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def models() -> Iterator[Models]:
    with Models() as process:
        yield process
