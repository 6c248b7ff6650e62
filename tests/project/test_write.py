"""All files or none: after a kill at any point, on a full disk, on a read-only folder, through links, side by side."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.project import write
from schemagen.project.write import exclusive, is_interrupted, recover, write_files

OLD = {"schema.lock.json": "old\n", "docs/a.md": "old a\n", "docs/gone/b.md": "old b\n", "models/user.py": "same\n"}
NEW = {
    "schema.lock.json": "new\n",
    "docs/a.md": "new a\n",
    "models/user.py": "same\n",
    "sql/deep/1.sql": "1\n",
    "sql/2.sql": "2\n",
}
REMOVED = ("docs/gone/b.md",)

KILLED_EVERYWHERE = """
import os, shutil, sys
from pathlib import Path
from schemagen.project.write import exclusive, recover, write_files
from project.test_write import NEW, OLD, REMOVED, contents

folder, steps = Path(sys.argv[1]).resolve(), 0

def dies_at(step):
    def hook(event, arguments):  # Python reports every open, rename, mkdir and removal before it is done
        global steps
        if arguments and str(folder) in str(arguments[0]):
            steps += 1
            if steps > step:
                os._exit(9)
    return hook

outcomes = []
for step in range(1000):
    shutil.rmtree(folder, ignore_errors=True)
    with exclusive(folder):
        write_files(folder, OLD)
    child = os.fork()
    if not child:
        with exclusive(folder):
            sys.addaudithook(dies_at(step))
            write_files(folder, NEW, REMOVED)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    recover(folder)
    outcome = contents(folder)
    assert outcome in (OLD, NEW), (step, outcome)
    outcomes.append(outcome == NEW)
    with exclusive(folder):  # and the next build is none the worse
        write_files(folder, NEW, REMOVED)
    assert contents(folder) == NEW, step
    if status == 0:
        break
assert outcomes == sorted(outcomes) and outcomes[-1] and not outcomes[0]
print(len(outcomes), outcomes.count(False))
"""


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and ".schemagen" not in path.parts
    }


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    with exclusive(folder):
        write_files(folder, OLD)
    return folder


def refusal(folder: Path, files: dict[str, str], remove: tuple[str, ...] = ()) -> SchemagenError:
    before = contents(folder)
    with pytest.raises(SchemagenError) as caught, exclusive(folder):
        write_files(folder, files, remove)
    assert contents(folder) == before
    assert not is_interrupted(folder)
    return caught.value


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked children")
def test_killed_at_every_step_it_is_all_old_or_all_new(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED_EVERYWHERE, str(tmp_path / "output")],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    kills, before_commit = map(int, run.stdout.split())
    assert kills > 30
    assert before_commit > 10


def test_first_write_and_result(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "output"
    with exclusive(folder):
        result = write_files(folder, NEW)
    assert contents(folder) == NEW
    assert (result.written, result.unchanged, result.removed) == (tuple(sorted(NEW)), (), ())


def test_unchanged_files_are_not_touched(output: Path) -> None:
    os.utime(output / "models/user.py", ns=(1, 1))
    with exclusive(output):
        result = write_files(output, NEW, REMOVED)
    assert (output / "models/user.py").stat().st_mtime_ns == 1
    assert result.unchanged == ("models/user.py",)
    assert result.removed == REMOVED
    assert not (output / "docs/gone").exists()


def test_a_file_with_other_line_ends_is_unchanged(output: Path) -> None:
    (output / "docs/a.md").write_bytes(b"old a\r\n")
    with exclusive(output):
        assert "docs/a.md" in write_files(output, OLD).unchanged


def test_what_it_needs_is_left_out_of_git(output: Path) -> None:
    assert (output / ".schemagen/.gitignore").read_text(encoding="utf-8") == "*\n"
    assert sorted(path.name for path in (output / ".schemagen").iterdir()) == [".gitignore", "lock"]


def test_a_removed_file_keeps_the_folder_of_others(output: Path) -> None:
    (output / "docs/gone/mine.md").write_text("mine\n", encoding="utf-8")
    with exclusive(output):
        write_files(output, NEW, REMOVED)
    assert (output / "docs/gone/mine.md").exists()


@pytest.mark.parametrize("path", ["../evil.txt", "/etc/evil", "a/../../evil", "a\\b", "c:evil", ""])
def test_a_path_out_of_the_folder_is_refused(output: Path, path: str) -> None:
    assert refusal(output, {path: "x"}).diagnostics[0].code == "SG421"
    assert refusal(output, {}, (path,)).diagnostics[0].code == "SG421"


def test_links_to_folders_are_not_written_through(output: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (output / "sql").symlink_to(outside)
    assert "symbolic link" in refusal(output, NEW).diagnostics[0].message
    assert list(outside.iterdir()) == []


def test_a_link_to_a_file_is_replaced_and_not_followed(output: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("outside\n", encoding="utf-8")
    (output / "docs/a.md").unlink()
    (output / "docs/a.md").symlink_to(outside)
    with exclusive(output):
        write_files(output, NEW)
    assert outside.read_text(encoding="utf-8") == "outside\n"
    assert not (output / "docs/a.md").is_symlink()


def test_folders_and_files_in_the_way_are_all_reported(output: Path) -> None:
    (output / "sql").write_text("a file\n", encoding="utf-8")
    (output / "docs/a.md").unlink()
    (output / "docs/a.md").mkdir()
    messages = [found.message for found in refusal(output, NEW).diagnostics]
    assert messages == [f"{output}/docs/a.md is a folder", f"{output}/sql is a file"]


def test_a_full_disk_leaves_the_old_output_and_gives_its_space_back(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    makedirs = os.makedirs

    def full(path: str, *, exist_ok: bool = False) -> None:
        if str(path).endswith("deep"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        makedirs(path, exist_ok=exist_ok)

    monkeypatch.setattr(os, "makedirs", full)
    [found] = refusal(output, NEW).diagnostics
    assert found.code == "SG420"
    assert "No space left" in found.message
    assert found.hint is not None
    assert "nothing has been changed" in found.hint
    assert not (output / ".schemagen/stage").exists()


def test_a_read_only_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("", encoding="utf-8")
    with pytest.raises(SchemagenError) as caught, exclusive(tmp_path / "plain/output"):
        pass
    assert caught.value.diagnostics[0].code == "SG420"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_inside_is_found_before_anything_moves(output: Path) -> None:
    (output / "docs").chmod(0o555)
    try:
        assert "read-only" in refusal(output, NEW).diagnostics[0].message
    finally:
        (output / "docs").chmod(0o755)


def test_two_builds_wait_for_each_other(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"""
import sys
from pathlib import Path
from schemagen.project.write import exclusive
with exclusive(Path({str(output)!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    monkeypatch.setattr(write, "WAIT_SECONDS", 0.05)
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert refusal(output, NEW).diagnostics[0].code == "SG422"
        other.communicate("")
    with exclusive(output):
        write_files(output, NEW, REMOVED)
    assert contents(output) == NEW


def test_control_c_in_the_middle_of_the_moves_finishes_them(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace
    moves: list[str] = []

    def interrupted(source: str, target: Path) -> None:
        moves.append(source)
        if len(moves) == 2:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt), exclusive(output):
        write_files(output, NEW, REMOVED)
    assert contents(output) == NEW
    recover(output)
    assert contents(output) == NEW
