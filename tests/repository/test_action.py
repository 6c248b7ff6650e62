"""The steps of `action.yml`, and of the workflow that `init` writes, run by bash as a runner of GitHub runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemagen.reference import author
from schemagen.reference.scaffold import project_files
from schemagen.reference.topic_names import Topic

ROOT = Path(__file__).parents[2]
WORKFLOW = ".github/workflows/schema.yaml"
MARKER = "<!-- schemagen diff -->"
TABLE = "schemagen: 1\ntables: {tags: {columns: {id: {type: bigint, identity: true, primary_key: true}}}}\n"
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$LOG"
case "$*" in *--paginate*) printf '%s' "$FOUND";; esac
exit "${GH_ENDS:-0}"
"""

pytestmark = pytest.mark.xdist_group("action")


def steps(where: str) -> list[dict[str, Any]]:
    if where == "action":
        found = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    else:
        found = yaml.safe_load(project_files()[WORKFLOW])["jobs"]["schema"]["steps"]
    return [step for step in found if "run" in step]


def test_both_have_the_same_steps() -> None:
    ours, written = steps("action"), steps("workflow")
    assert [step["run"] for step in ours[1:]] == [step["run"] for step in written[1:]]
    assert [step.get("if") for step in ours] == [step.get("if") for step in written]
    assert ours[-1]["env"] == written[-1]["env"]
    checkout = yaml.safe_load(project_files()[WORKFLOW])["jobs"]["schema"]["steps"][0]
    assert checkout["with"]["fetch-depth"] == 0


def test_the_documented_snippets_run_commands_that_exist() -> None:
    text = (ROOT / "docs/team.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    github, gitlab, hooks = blocks
    assert github["jobs"]["schema"]["steps"][0]["with"] == {"fetch-depth": 0}
    said = {words.split()[1] for line in gitlab["schema"]["script"] for words in re.findall(r"schemagen [a-z]+", line)}
    assert said == {"lint", "check", "verify", "diff"}
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks["repos"][0]["hooks"]] == [hook["id"] for hook in published]


def test_no_text_of_a_pull_request_becomes_shell() -> None:
    assert not [step for step in (*steps("action"), *steps("workflow")) if "${{" in step["run"]]


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


class Runner:
    """A checkout of a pull request that adds a table to what `init` wrote, with a `gh` that writes down its calls."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.summary, self.log = folder / "checkout", folder / "summary.md", folder / "gh.log"
        programs = folder / "bin"
        programs.mkdir()
        for name, text in (("gh", GH), ("pip", "#!/bin/sh\n")):
            (programs / name).write_text(text, encoding="utf-8")
            (programs / name).chmod(0o755)
        self.environment = {
            "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": os.environ.get("HOME", str(folder)),
            "RUNNER_TEMP": str(folder),
            "GITHUB_REPOSITORY": "ada/shop",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "LOG": str(self.log),
            "INSTALL": "schemagen-sql",
            "BASE": "origin/main",
            "NUMBER": "7",
            "FORK": "false",
            "CHANGED": "--changed --from origin/main",
            "FOUND": "",
        }
        base = folder / "base"
        base.mkdir()
        git(base, "init", "--quiet")
        for command in (["init"], ["build"]):
            subprocess.run([sys.executable, "-m", "schemagen", *command], cwd=base, check=True, capture_output=True)
        git(base, "add", ".")
        git(base, "commit", "--quiet", "-m", "first")
        git(folder, "clone", "--quiet", str(base), str(self.checkout))
        git(self.checkout, "switch", "--quiet", "-c", "tags")
        self.add(TABLE)
        subprocess.run([sys.executable, "-m", "schemagen", "build"], cwd=self.checkout, check=True, capture_output=True)

    def add(self, spec: str) -> None:
        (self.checkout / "specs/tags.yaml").write_text(spec, encoding="utf-8")

    def run(self, step: dict[str, Any], **more: str) -> subprocess.CompletedProcess[str]:
        bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        environment = {**self.environment, **more}
        return subprocess.run(bash, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False)

    def calls(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_the_ci_that_init_wrote_is_green_with_a_first_table(runner: Runner) -> None:
    for step in steps("workflow"):
        done = runner.run(step)
        assert done.returncode == 0, done.stdout + done.stderr
    comment = (runner.summary.parent / "schemagen-diff.md").read_text(encoding="utf-8")
    assert comment.startswith(f"{MARKER}\n### Schema changes")
    assert "#### `tags`" in comment
    assert "--method POST repos/ada/shop/issues/7/comments" in runner.calls()[-1]
    assert not runner.summary.exists()


def test_the_migrations_of_a_draft_are_made_anew(runner: Runner) -> None:
    git(runner.checkout, "add", ".")
    git(runner.checkout, "commit", "--quiet", "-m", "tags")
    runner.add(TABLE.replace("tags:", "labels:"))
    (block,) = re.findall(r"```console\n(.*?)```", author.guide(Topic.DRAFTS), re.DOTALL)
    done = runner.run({"run": block.replace("$ ", "")})
    assert done.returncode == 0, done.stdout + done.stderr
    names = sorted(path.name for path in (runner.checkout / "output/migrations/sqlite").glob("*.sql"))
    assert names == ["001_create_users.sql", "002_create_tasks.sql", "003_create_labels.sql"]


def test_a_comment_that_is_there_is_updated(runner: Runner) -> None:
    assert runner.run(steps("action")[-1], FOUND="41\n42\n").returncode == 0
    assert "--method PATCH repos/ada/shop/issues/comments/41 " in runner.calls()[-1]


def test_a_fork_gets_a_summary(runner: Runner) -> None:
    assert runner.run(steps("action")[-1], FORK="true").returncode == 0
    assert runner.calls() == []
    assert "#### `tags`" in runner.summary.read_text(encoding="utf-8")


def test_so_does_one_who_may_not_comment(runner: Runner) -> None:
    assert runner.run(steps("action")[-1], GH_ENDS="1").returncode == 0
    assert "#### `tags`" in runner.summary.read_text(encoding="utf-8")


def test_what_changes_nothing_makes_no_comment(runner: Runner) -> None:
    git(runner.checkout, "stash", "--include-untracked", "--quiet")
    assert runner.run(steps("action")[-1]).returncode == 0
    assert not [call for call in runner.calls() if "--method" in call]


def test_a_mistake_is_an_annotation_and_red(runner: Runner) -> None:
    runner.add(TABLE.replace("bigint", "bigimt"))
    _, lint, check, _, diff = steps("action")
    done = runner.run(lint)
    assert (done.returncode, "::error file=specs/tags.yaml,line=2" in done.stdout) == (1, True)
    assert (runner.run(check).returncode, runner.run(diff).returncode) == (1, 1)
