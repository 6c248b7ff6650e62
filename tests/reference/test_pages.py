"""Pages: every code that the program can report has one, its examples are true, and the published pages are current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from lint.test_lint import examples, spec_folder
from schemagen.base.diagnostics import SchemagenError
from schemagen.lint.rules import RULES
from schemagen.project.pipeline import Options, load
from schemagen.reference import author, codes

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "generator/schemagen"


def test_every_code_in_the_program_has_a_page() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r'"(SG\d{3})"', texts))
    assert used - set(codes.pages()) == set()


def test_every_page_has_the_same_form() -> None:
    for code, page in codes.pages().items():
        assert page.startswith(f"# {code}: "), code
        assert page.endswith("\n")
        assert not page.endswith("\n\n")
        assert page.count("```") % 2 == 0


@pytest.mark.parametrize("code", [code for code in codes.pages() if code[2] in "123" and "Wrong" in codes.page(code)])
def test_the_examples_of_errors_are_true(code: str, tmp_path: Path) -> None:
    shown = examples(codes.page(code))
    wrong = load(Options(spec_folder(tmp_path, shown["Wrong"]), tmp_path / "output"))
    assert code in {found.code for found in wrong.diagnostics}
    right = load(Options(spec_folder(tmp_path, shown["Right"]), tmp_path / "output"))
    assert {found.code for found in right.diagnostics} - {"SG217"} == set()


def test_explain_takes_codes_in_any_case_and_names_of_rules() -> None:
    assert author.explain("sg101") == author.explain("SG101")
    assert author.explain("missing-note") == author.explain("SG524")
    listed = author.explain(None)
    assert all(rule.code in listed and rule.name in listed for rule in RULES)
    with pytest.raises(SchemagenError) as refused:
        author.explain("query-without-owners")
    assert refused.value.diagnostics[0].hint == "did you mean `query-without-owner`?"


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("docs/rules.md", author.reference),
        ("docs/agents.md", author.guide),
        ("docs/schema.json", author.language_schema),
        ("docs/diagnostics.schema.json", author.diagnostics_schema),
    ],
)
def test_published_pages_are_current(path: str, made: object) -> None:
    assert callable(made)
    assert (ROOT / path).read_text(encoding="utf-8") == made(), "run `make docs`"


def test_links_of_the_reference_lead_somewhere() -> None:
    text = author.reference()
    anchors = {
        "".join(c for c in heading.lower() if c.isalnum() or c in " -_").replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= anchors


def test_the_guides_own_spec_builds(tmp_path: Path) -> None:
    spec = re.findall(r"```yaml\n(.*?)```", author.guide(), re.DOTALL)[0]
    loaded = load(Options(specs=spec_folder(tmp_path, spec)))
    assert loaded.diagnostics == ()


def test_the_guide_has_every_key_and_its_examples_are_yaml() -> None:
    guide = author.guide()
    section = guide[guide.index("## Every key") :]
    keys = [text.replace("\\|", "|") for text in re.findall(r"^\| `+ ?(.*?) ?`+ \|", section, re.MULTILINE)]
    assert len(keys) > 80
    for text in keys:
        assert isinstance(yaml.safe_load(text), dict), text
