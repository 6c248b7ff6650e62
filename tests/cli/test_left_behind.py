"""What a killed or cut-off command leaves, and what a command says where nothing can be reported."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from schemagen.databases.embedded import clear_away
from schemagen.databases.servers import PREFIX, connect, external_server
from schemagen.lint import linting

OLD = time.time() - 7200


def run(*arguments: str, shell: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = " ".join([sys.executable, "-m", "schemagen", *arguments, shell])
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("command", [["explain"], ["lint", "--format", "json"], ["--help"]])
def test_a_full_output_is_told_and_no_traceback(command: list[str], tmp_path: Path) -> None:
    reported = run(*command, shell="> /dev/full", cwd=tmp_path)
    assert (reported.returncode, "Traceback" in reported.stderr) == (1, False)
    assert "No space left on device" in reported.stderr


def test_a_closed_output_stops_no_work(tmp_path: Path) -> None:
    reported = run("init", shell=">&-", cwd=tmp_path)
    assert (reported.returncode, reported.stderr) == (0, "")
    assert (tmp_path / "schemagen.toml").is_file()


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    command = f"cd gone && rmdir ../gone && {sys.executable} -m schemagen check"
    reported = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (reported.returncode, reported.stderr) == (1, "")
    assert reported.stdout.startswith("error SG441 ")


def test_old_parts_of_fixes_go_and_nothing_else(tmp_path: Path) -> None:
    ours, fresh, other = (tmp_path / name for name in (".abcd_123.schemagen", ".abcd_124.schemagen", "my.schemagen"))
    for path in (ours, fresh, other):
        path.touch()
    for path in (ours, other):
        os.utime(path, (OLD, OLD))
    linting.clear_away(tmp_path)
    assert [path.exists() for path in (ours, fresh, other)] == [False, True, True]


def test_old_folders_of_servers_that_never_ran_go(tmp_path: Path) -> None:
    for name in ("schemagen-aaaaaaaa", "schemagen-bbbbbbbb", "schemagen-cccccccc"):
        (tmp_path / name / "data").mkdir(parents=True)
    (tmp_path / "schemagen-bbbbbbbb/data/postmaster.pid").touch()
    for name in ("schemagen-aaaaaaaa", "schemagen-bbbbbbbb"):
        os.utime(tmp_path / name, (OLD, OLD))
    clear_away(tmp_path, {os.geteuid()})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["schemagen-bbbbbbbb", "schemagen-cccccccc"]


def test_old_databases_of_proofs_go_from_a_server(pg_database: str) -> None:
    old = [f"{PREFIX}{int(OLD):x}_{'0' * 16}", f"{PREFIX}{int(time.time()):x}_{'1' * 16}", f"{PREFIX}of_a_user"]
    with closing(connect(pg_database, autocommit=True)) as connection:
        for name in old:
            connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            external_server(pg_database)
            left = connection.execute("SELECT datname FROM pg_database").fetchall()
            assert [name for name in old if (name,) in left] == old[1:]
        finally:
            for name in old:
                connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
