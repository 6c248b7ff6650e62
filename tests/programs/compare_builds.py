"""Builds every spec of the repository with this program and with that of another revision, and compares every byte.

``make compare REVISION=main`` runs it. A pair of specs (``old.yaml``, ``new.yaml``) is built one after the other, with
everything allowed that the refusal asks for; where a build is refused, what it says is compared. Exit code 1 means that
something differs.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def specs() -> list[tuple[str, list[Path]]]:
    """Every case with its specs in the order in which they are built."""
    found = [("specs", [ROOT / "specs"])]
    for folder in sorted({path.parent for path in (ROOT / "tests" / "cases").rglob("*.yaml")}):
        names = sorted(path.name for path in folder.glob("*.yaml"))
        pair = ["old.yaml", "new.yaml"] if {"old.yaml", "new.yaml"} <= set(names) else names[:1]
        found.append((str(folder.relative_to(ROOT)), [folder / name for name in pair]))
    return found


def built(program: Path, steps: list[Path], work: Path) -> dict[str, bytes]:
    """What a program's builds of these specs say and write, one after the other."""
    shutil.rmtree(work, ignore_errors=True)
    said = b""
    for step in steps:
        shutil.rmtree(work / "specs", ignore_errors=True)
        if step.is_dir():
            shutil.copytree(step, work / "specs")
        else:
            (work / "specs").mkdir(parents=True)
            shutil.copy(step, work / "specs" / "spec.yaml")
        text = _build(program, work, [])
        allowed = sorted(set(re.findall(rb"--allow (\S+)", text)))
        if allowed:
            text = _build(program, work, [word for name in allowed for word in ("--allow", name.decode())])
        said += text
    files = (path for path in (work / "output").rglob("*") if path.is_file() and ".schemagen" not in path.parts)
    return {"what it says": said, **{str(path.relative_to(work)): path.read_bytes() for path in files}}


def _build(program: Path, work: Path, flags: list[str]) -> bytes:
    command = [sys.executable, "-m", "schemagen", "build", *flags]
    environment = {**os.environ, "PYTHONPATH": str(program / "generator"), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=work, env=environment, capture_output=True, check=False).stdout


def main() -> int:
    """Compare all; the exit code."""
    parser = argparse.ArgumentParser(description="Compare what two revisions build.")
    parser.add_argument("revision")
    revision = parser.parse_args().revision
    different = files = 0
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", other, revision], cwd=ROOT, check=True)
        try:
            for name, steps in specs():
                work = Path(folder) / "work"
                ours, theirs = built(ROOT, steps, work), built(other, steps, work)
                files += len(ours.keys() | theirs.keys()) - 1  # besides what it says
                changed = sorted(path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path))
                different += bool(changed)
                if changed:
                    sys.stdout.write(f"{name}: {', '.join(changed[:6])}\n")
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", other], cwd=ROOT, check=True)
    sys.stdout.write(f"{files} files of {len(specs())} cases beside {revision}: {different} cases differ\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
