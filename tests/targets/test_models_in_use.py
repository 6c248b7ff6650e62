"""The models as an application uses them, on both engines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from schemagen.databases.servers import Server

CASE = Path(__file__).parents[1] / "cases/models_in_use"


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_an_application_uses_the_models(engine: str, tmp_path: Path, postgres18: Server) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/tickets.yaml").write_bytes((CASE / "spec.yaml").read_bytes())
    build(Options(tmp_path / "specs", tmp_path / "output"))
    with postgres18.database() as url:
        place = f"sqlite:///{tmp_path}/app.db" if engine == "sqlite" else sqlalchemy_url(url)
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "output"), "DATABASE_URL": place}
        alembic = [
            sys.executable,
            "-m",
            "alembic",
            "-c",
            str(tmp_path / "output/alembic/alembic.ini"),
            "upgrade",
            "head",
        ]
        for command in (alembic, [sys.executable, str(CASE / "use.py"), place]):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
