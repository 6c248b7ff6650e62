"""A build that can't be done says why and leaves the old output whole: no folder, no permission, no space, no time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from schemagen.project.pipeline import Options, build
from support.built_cases import FOLDERS
from support.engines import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL_DISK = """
import errno, io, sys
import schemagen.project.write as write

room = int(sys.argv.pop(1))

class SmallDisk:
    def __init__(self, *arguments, **options):
        self.file = io.open(*arguments, **options)
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.file.close()
    def write(self, data):
        global room
        room -= len(data)
        if room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)

write.open = SmallDisk
from schemagen.cli import main
sys.exit(main())
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was built and whose specs have changed since: titles and descriptions, so no table differs."""
    shutil.copytree(FOLDERS["specs"], tmp_path / "specs")
    build(Options(tmp_path / "specs", tmp_path / "output"))
    for file in (tmp_path / "specs").iterdir():
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("title: ", "title: New ", 1), encoding="utf-8")
    return tmp_path


def run(project: Path, *arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "schemagen"]
    command = [sys.executable, *start, *(arguments or ("build",))]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def tree(project: Path) -> dict[str, bytes]:
    output = project / "output"
    return {
        file.relative_to(output).as_posix(): file.read_bytes()
        for file in output.rglob("*")
        if file.is_file() and ".schemagen" not in file.parts
    }


def built_afresh(project: Path) -> dict[str, bytes]:
    """What a build from nothing makes of the project's specs."""
    other = project / "afresh"
    shutil.copytree(project / "specs", other / "specs")
    build(Options(other / "specs", other / "output"))
    return tree(other)


def assert_told(done: subprocess.CompletedProcess[str], code: str) -> None:
    assert done.returncode == 1
    assert code in done.stdout, done.stdout + done.stderr
    assert "hint:" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "SG499" not in done.stdout


def test_a_missing_folder_of_specs(project: Path) -> None:
    before = tree(project)
    assert_told(run(project, "build", "--specs", "nowhere"), "SG001")
    assert tree(project) == before


def test_a_spec_that_does_not_parse_and_one_that_does_not_resolve(project: Path) -> None:
    before = tree(project)
    (project / "specs/broken.yaml").write_text("schemagen: 1\ntables: [\n", encoding="utf-8")
    (project / "specs/wrong.yaml").write_text(
        "schemagen: 1\ntables:\n  t:\n    columns:\n      id: {type: intgr, primary_key: true}\n", encoding="utf-8"
    )
    done = run(project)
    assert_told(done, "specs/broken.yaml:")
    assert "specs/wrong.yaml:5:" in done.stdout
    assert tree(project) == before


@pytest.fixture
def read_only(project: Path) -> Iterator[Path]:
    """The project, its output mounted read-only: root may write to a folder whose mode forbids it."""
    output = project / "output"
    if os.geteuid():
        folders = [output, *(path for path in output.rglob("*") if path.is_dir())]
        for folder in folders:
            folder.chmod(0o555)
        yield project
        for folder in folders:
            folder.chmod(0o755)
        return
    mounted = subprocess.run(["mount", "--bind", "-o", "ro", output, output], capture_output=True, check=False)
    if mounted.returncode:
        missing("this root may not mount, so a read-only output can't be made")
    subprocess.run(["mount", "-o", "remount,bind,ro", output], capture_output=True, check=True)
    yield project
    subprocess.run(["umount", output], check=True)


def test_an_output_that_is_read_only(read_only: Path) -> None:
    before = tree(read_only)
    assert_told(run(read_only), "SG420")
    assert tree(read_only) == before


@pytest.mark.parametrize("room", [0, 100, 20_000])
def test_a_disk_that_is_full(project: Path, room: int) -> None:
    before = tree(project)
    done = run(project, str(room), "build", code=FULL_DISK)
    assert_told(done, "SG420")
    assert "No space left" in done.stdout
    assert tree(project) == before
    assert not any((project / "output/.schemagen").glob("stage*"))
    assert run(project).returncode == 0
    assert tree(project) == built_afresh(project)


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A file system of 64 kB: too small for the output, large enough to begin."""
    output = tmp_path / "output"
    output.mkdir()
    shutil.copytree(FOLDERS["specs"], tmp_path / "specs")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", output], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can't be mounted here; the simulated one has been tried")
    try:
        assert_told(run(tmp_path), "SG420")
        assert tree(tmp_path) == {}
    finally:
        subprocess.run(["umount", output], check=True)


def test_a_build_that_is_killed_at_any_moment(project: Path) -> None:
    """The old output or the new one, never a mixture that stays: the next build makes it right."""
    old, new = tree(project), built_afresh(project)
    assert old != new
    keep = project / "keep"
    shutil.copytree(project / "output", keep)
    outcomes = set()
    started = time.monotonic()
    assert run(project).returncode == 0
    usual = time.monotonic() - started
    for part in (0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95):  # files are written near the end
        shutil.rmtree(project / "output")
        shutil.copytree(keep, project / "output")
        process = subprocess.Popen([sys.executable, "-m", "schemagen", "build"], cwd=project, stdout=subprocess.DEVNULL)
        time.sleep(usual * part)
        process.kill()
        outcomes.add(process.wait())
        interrupted = (project / "output/.schemagen/commit").exists()
        assert interrupted or tree(project) in (old, new), part
        build(Options(project / "specs", project / "output"))
        assert tree(project) == new
    assert -signal.SIGKILL in outcomes


def test_two_builds_at_once(project: Path) -> None:
    command = [sys.executable, "-m", "schemagen", "build"]
    running = [subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate()[0] for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    assert tree(project) == built_afresh(project)
