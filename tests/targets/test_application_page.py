"""docs/application.md: its files, built and run as they stand, on both engines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from schemagen.databases.servers import Server

PAGE = (Path(__file__).parents[2] / "docs/application.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_the_page_runs_as_it_stands(engine: str, tmp_path: Path, postgres18: Server) -> None:
    files = re.findall(r"`([\w/]+\.(?:yaml|py))`.*?```(?:yaml|python)\n(.*?)```", PAGE, re.DOTALL)
    assert [name for name, _ in files] == ["specs/notes.yaml", "app.py", "async_app.py", "conftest.py", "test_app.py"]
    (tmp_path / "specs").mkdir()
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    build(Options(tmp_path / "specs", tmp_path / "db"))
    with postgres18.database() as url:
        place = "sqlite:///app.db" if engine == "sqlite" else sqlalchemy_url(url)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-W",
            "error",
            "-p",
            "no:cacheprovider",
            "-k",
            f"async or {engine}",
            "test_app.py",
        ]
        environment = {**os.environ, "DATABASE_URL": place, "PYTEST_ADDOPTS": ""}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert " skipped" not in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
