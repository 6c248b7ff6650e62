"""The lint rules: each finds what its page says and nothing in the better version; ignores, settings and fixes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen import cli
from schemagen.base.diagnostics import SchemagenError
from schemagen.cli.reports.diagnostics import as_text
from schemagen.lint.linting import LintSettings, lint, read_lint_settings
from schemagen.lint.rules import RULES
from schemagen.project.pipeline import Options, load
from support.golden import compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemagen.base.diagnostics import Diagnostic
    from schemagen.lint.rules.base import Rule

    Run = Callable[..., tuple[int, str]]

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases/lint"
ACCEPTED = ROOT / "tests/cases/lint_accepted"

by_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def linted(folder: Path, rules: tuple[Rule, ...] = RULES, settings: LintSettings | None = None) -> list[Diagnostic]:
    loaded = load(Options(specs=folder))
    assert not loaded.failed, as_text(loaded.diagnostics, loaded.sources)
    return [found for found in lint(loaded, settings or LintSettings(), rules) if found.code[:3] == "SG5"]


def spec_folder(folder: Path, text: str) -> Path:
    (folder / "specs").mkdir(exist_ok=True)
    (folder / "specs/spec.yaml").write_text(text, encoding="utf-8", newline="")
    return folder / "specs"


def examples(page: str) -> dict[str, str]:
    """The examples of a page by their headings, as whole specs."""
    found = re.findall(r"(Wrong|Right):\n\n```yaml\n(.*?)```", page, re.DOTALL)
    return {heading: text if "schemagen:" in text else f"schemagen: 1\n{text}" for heading, text in found}


@by_rule
def test_a_rule_finds_what_its_fixture_shows(rule: Rule, request: pytest.FixtureRequest) -> None:
    folder = CASES / rule.name
    loaded = load(Options(specs=folder.relative_to(ROOT)))
    found = lint(loaded, LintSettings(), (rule,))
    assert {one.code for one in found} - {"SG215"} == {rule.code}
    compare(as_text(found, loaded.sources), folder / "expected.txt", request.config)


@pytest.mark.parametrize("folder", sorted(ACCEPTED.iterdir()), ids=lambda folder: folder.name)
def test_a_rule_finds_what_is_called_wrong_and_nothing_else(folder: Path) -> None:
    (rule,) = (rule for rule in RULES if rule.name == folder.name)
    found = [re.findall(r"\w*wrong_\w+", one.message)[:1] for one in linted(folder, (rule,))]
    text = (folder / "spec.yaml").read_text(encoding="utf-8")
    assert sorted(found) == [[name] for name in sorted(set(re.findall(r"\w*wrong_\w+", text)))]


@by_rule
def test_a_page_shows_what_is_wrong_and_what_is_right(rule: Rule, tmp_path: Path) -> None:
    shown = examples(rule.page)
    assert [one.code for one in linted(spec_folder(tmp_path, shown["Wrong"]), (rule,))] != []
    assert linted(spec_folder(tmp_path, shown["Right"]), (rule,)) == []


def test_codes_and_names_are_used_once() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)
    assert sorted(path.name for path in CASES.iterdir()) == sorted(rule.name for rule in RULES)
    modules = {path.stem for path in (ROOT / "generator/schemagen/lint/rules").glob("*.py")}
    assert {rule.name.replace("-", "_") for rule in RULES} <= modules


def test_the_demonstration_is_clean() -> None:
    assert [(one.code, one.message) for one in linted(ROOT / "specs")] == []


QUERIES = """schemagen: 1
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text, unique: true}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, index: true}
      title: {type: text}
      lower_title: {type: text, nullable: true}
      state: {enum: [queued, done]}
      due: {type: date}
    indexes: [{columns: [{sql: lower(title)}]}, {columns: [due], where: state = 'queued'}]
queries:
  q: {sql: "%s"}
"""


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id FROM tasks WHERE user_id = :user_id", []),
        ("SELECT id FROM tasks WHERE user_id IN (:a, :b)", []),
        ("SELECT id FROM tasks WHERE user_id = CAST(:a AS uuid)", []),
        ("SELECT t.id FROM tasks t JOIN users u ON u.id = t.user_id WHERE u.email = :email", []),
        ("SELECT t.id FROM tasks t JOIN users u ON u.id = t.user_id WHERE t.user_id = :user_id AND t.title = :t", []),
        ("SELECT id FROM tasks WHERE title = :title", ["SG517", "SG518"]),
        ("SELECT id FROM tasks WHERE lower(title) = :title AND user_id = :user_id", []),
        ("SELECT id FROM tasks WHERE id = :id OR user_id = :user_id", ["SG518"]),
        ("SELECT count(*) AS n FROM users", ["SG517"]),
        ("SELECT id FROM tasks WHERE state = 'queued' AND user_id <> :user_id", ["SG518"]),
        ("SELECT count(*) AS n FROM tasks WHERE due IS NULL AND title = :title", ["SG518"]),
        ("SELECT id FROM tasks WHERE title = :title AND lower_title = :title", ["SG517", "SG518"]),
        ("SELECT id FROM users LIMIT 10", []),
        ("SELECT id FROM users ORDER BY email LIMIT 10", []),
        ("DELETE FROM tasks WHERE id = :id", ["SG518"]),
        ("UPDATE tasks SET title = :title WHERE id = :id AND user_id = :user_id", []),
        ("INSERT INTO tasks (id, user_id, title) VALUES (:id, :user_id, :title)", []),
        ("WITH own AS (SELECT id FROM tasks WHERE user_id = :user_id) SELECT id FROM own", []),
        ("SELECT id FROM users WHERE id IN (SELECT user_id FROM tasks WHERE title = :title)", ["SG517", "SG518"]),
    ],
)
def test_how_queries_find_their_rows(sql: str, expected: list[str], tmp_path: Path) -> None:
    rules = tuple(rule for rule in RULES if rule.code in {"SG517", "SG518"})
    assert [found.code for found in linted(spec_folder(tmp_path, QUERIES % sql), rules)] == expected


# Ignores

EVENTS = """schemagen: 1
tables:
  events:
    columns:
      id: {type: uuid, primary_key: true}
      rings_at: {type: timestamp}%s
"""
ZONES = tuple(rule for rule in RULES if rule.code == "SG509")


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("", ["SG509"]),
        ("  # schemagen: ignore SG509 the clock on the wall", []),
        ("  # schemagen: ignore SG509: the clock on the wall", []),
        ("  # schemagen: ignore SG509", ["SG509", "SG598"]),
        ("  # schemagen: ignore the clock", ["SG509", "SG598"]),
        ("  # schemagen: ignore SG109 an error", ["SG509", "SG598"]),
        ("\n      # schemagen: ignore SG509 on the wrong line\n      day: {type: date}", ["SG509", "SG599"]),
    ],
)
def test_ignores(comment: str, expected: list[str], tmp_path: Path) -> None:
    found = linted(spec_folder(tmp_path, EVENTS % comment), ZONES)
    assert sorted(one.code for one in found) == expected


def test_an_ignore_that_stands_alone_speaks_of_the_next_line(tmp_path: Path) -> None:
    comment = "      # schemagen: ignore SG509 the wall\n\n      # a clock\n"
    text = (EVENTS % "").replace("      rings_at", f"{comment}      rings_at")
    assert linted(spec_folder(tmp_path, text), ZONES) == []


def test_text_is_no_comment(tmp_path: Path) -> None:
    quoted = "\n    description: '  # schemagen: ignore SG509 quoted'"
    block = "\n    notes:\n      x: |\n        # schemagen: ignore SG509 in a block"
    text = EVENTS % (quoted + block)
    assert [one.code for one in linted(spec_folder(tmp_path, text), ZONES)] == ["SG509"]


def test_settings_set_levels(tmp_path: Path) -> None:
    folder = spec_folder(tmp_path, EVENTS % "")
    strict = linted(folder, ZONES, read_lint_settings({"timestamp-without-zone": "error"}))
    assert [str(one.severity) for one in strict] == ["error"]
    assert linted(folder, ZONES, read_lint_settings({"SG509": "ignore"})) == []
    folder = spec_folder(tmp_path, (EVENTS % "").replace("timestamp", "timestamptz"))
    unused = linted(folder, ZONES, read_lint_settings({"SG509": "ignore"}))
    assert [one.code for one in unused] == ["SG599"]


def test_wrong_settings_are_all_told() -> None:
    with pytest.raises(SchemagenError) as refused:
        read_lint_settings({"SG999": "error", "query-without-owners": "error", "SG501": "off"})
    reported = [(one.code, one.hint) for one in refused.value.diagnostics]
    assert [code for code, _ in reported] == ["SG433"] * 3
    assert reported[1][1] == "did you mean `query-without-owner`?"


# The command

UNTIDY = """\
# A comment\t that stays \r
schemagen:   1\r
tables:\r
  users: {columns: {id: {type: uuid, primary_key: true}}}   # and this\r
  tasks:\r
    columns:\r
      id:   { type: INT8,  primary_key: true }\r
      price: {type: numeric(8,2), nullable: true}\r
      made_at: {type: timestamptz, default: now()}  # schemagen: ignore SG509 not needed\r
      user_id:   # the owner\r
        references: users.id\r
        on_delete:  cascade\r
        description: 'Owner, and # no comment'\r

"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["schemagen", *arguments])
        return cli.main(), capsys.readouterr().out

    return run_command


def test_fixes_leave_every_other_byte(run: Run, tmp_path: Path) -> None:
    path = spec_folder(tmp_path, UNTIDY) / "spec.yaml"
    assert run("lint")[0] == 1
    code, out = run("lint", "--fix", "--profile", "strict")
    assert code == 0
    assert "fixes made" in out
    fixed = (
        UNTIDY.replace("INT8", "bigint")
        .replace("numeric(8,2)", '"numeric(8,2)"')
        .replace("now()", "{sql: now()}")
        .replace("  # schemagen: ignore SG509 not needed", "")
        .replace("        description: 'Owner", "        index: true\r\n        description: 'Owner")
    )
    assert path.read_bytes().decode() == fixed
    before = path.stat().st_mtime_ns
    run("lint", "--fix")
    assert path.stat().st_mtime_ns == before


def test_formats_and_exit_codes(run: Run, tmp_path: Path) -> None:
    spec_folder(tmp_path, EVENTS % "")
    code, out = run("lint", "--format", "json")
    assert code == 0
    assert "SG509" in {found["code"] for found in json.loads(out)["diagnostics"]}
    assert "::warning file=specs/spec.yaml,line=6" in run("lint", "--format", "github")[1]
    assert run("lint", "--strict")[0] == 1
    (tmp_path / "schemagen.toml").write_text('[lint]\nSG509 = "error"\n', encoding="utf-8")
    assert run("lint")[0] == 1
    (tmp_path / "schemagen.toml").write_text('[lint]\nSG000 = "error"\n', encoding="utf-8")
    code, out = run("lint")
    assert (code, "SG433" in out) == (1, True)


def test_errors_are_told_without_rules(run: Run, tmp_path: Path) -> None:
    spec_folder(tmp_path, (EVENTS % "").replace("uuid", "uid"))
    code, out = run("lint")
    assert code == 1
    assert "SG109" in out
    assert "SG5" not in out
