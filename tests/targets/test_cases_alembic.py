"""``alembic upgrade head``, ``check`` and ``downgrade base`` of every case on every engine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from schemagen.databases.urls import sqlalchemy_url
from schemagen.engines.catalog_differences import differences
from support.built_cases import catalog

if TYPE_CHECKING:
    from pathlib import Path

    from support.built_cases import Case

COMMANDS = """
import os, sys
from alembic import command
from alembic.config import Config

config = Config(os.environ["CONFIG"])
for word in sys.argv[1:]:
    name, _, argument = word.partition(":")
    getattr(command, name)(config, *([argument] if argument else []))
"""


def alembic(case: Case, database: Path | str, *commands: str) -> str:
    """Run commands in one process, each as the command line of Alembic does; from a folder that is not the tree's."""
    url = sqlalchemy_url(database) if isinstance(database, str) else f"sqlite:///{database}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", COMMANDS, *commands],
        env={**os.environ, "DATABASE_URL": url, "CONFIG": str(case.output / "alembic" / "alembic.ini")},
        cwd=case.output.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("engine_name", ["sqlite", "postgres18"], indirect=True)
def test_up_check_down(case: Case, migrated: Path | str, database: Path | str) -> None:
    said = alembic(case, database, "upgrade:head", "check")
    assert "No new upgrade operations detected." in said
    assert not differences(catalog(migrated), catalog(database))
    alembic(case, database, "downgrade:base")
    left = catalog(database)
    assert (left.tables, left.others) == ((), ())
