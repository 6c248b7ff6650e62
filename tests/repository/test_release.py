"""`make release` tells a distribution that does not install, or does not build, from one that does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from programs.release import ReleaseError, distributions, main, run

if TYPE_CHECKING:
    from pathlib import Path


def test_one_wheel_and_one_sdist_of_one_version_are_wanted(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="0 wheels and 0 sdists"):
        distributions(tmp_path)
    (tmp_path / "schemagen_sql-0.2.0-py3-none-any.whl").touch()
    (tmp_path / "schemagen_sql-0.1.0.tar.gz").touch()
    with pytest.raises(ReleaseError, match="not of one version"):
        distributions(tmp_path)


def test_a_wheel_that_does_not_install_is_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "schemagen_sql-0.1.0-py3-none-any.whl").write_bytes(b"no wheel")
    (tmp_path / "schemagen_sql-0.1.0.tar.gz").touch()
    assert main(tmp_path) == 1
    said = capsys.readouterr()
    assert "Not fit for a release" in said.err
    assert "twine" not in said.out


def test_a_command_sees_nothing_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "generator")
    shown = run([sys.executable, "-c", "import os; print(os.environ.get('PYTHONPATH'), os.getcwd())"], tmp_path)
    assert shown == f"None {tmp_path}"
