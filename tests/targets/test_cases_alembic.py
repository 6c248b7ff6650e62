"""``alembic upgrade head``, ``check`` and ``downgrade base`` of every case on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemagen.databases.urls import sqlalchemy_url
from schemagen.engines.catalog_differences import differences
from support.alembic_commands import run_alembic
from support.built_cases import catalog

if TYPE_CHECKING:
    from pathlib import Path

    from support.built_cases import Case


def alembic(case: Case, database: Path | str, *commands: str) -> str:
    """Run commands in one process, each as the command line of Alembic does; from a folder that is not the tree's."""
    url = sqlalchemy_url(database) if isinstance(database, str) else f"sqlite:///{database}"
    return run_alembic(case.output / "alembic/alembic.ini", url, case.output.parent, *commands)


@pytest.mark.parametrize("engine_name", ["sqlite", "postgres18"], indirect=True)
def test_up_check_down(case: Case, migrated: Path | str, database: Path | str) -> None:
    said = alembic(case, database, "upgrade:head", "check")
    assert "No new upgrade operations detected." in said
    assert not differences(catalog(migrated), catalog(database))
    alembic(case, database, "downgrade:base")
    left = catalog(database)
    assert (left.tables, [other for other in left.others if other.kind != "extension"]) == ((), [])
