"""Every code that the program can report, with its page: errors of all stages and lint rules."""

from __future__ import annotations

from functools import cache

from schemagen.base.diagnostics import Diagnostic, SchemagenError

UNKNOWN_CODE = "SG435"

_GROUPS = {
    "SG0": "Files and YAML",
    "SG1": "The language",
    "SG2": "Names and references",
    "SG3": "SQL",
    "SG4": "Output, settings and servers",
    "SG5": "Lint rules",
    "SG54": "Claims that verify found broken",
}


@cache
def pages() -> dict[str, str]:
    """Every code with its page in Markdown, in order."""
    from schemagen.lint.linting import PAGES as LINT
    from schemagen.lint.rules import RULES
    from schemagen.spec.source import file_pages, yaml_pages

    from .pages import (
        claims,
        databases,
        deploy,
        expressions,
        full_text,
        language,
        names,
        objects,
        output,
        owners,
        references,
        settings,
        steps,
    )

    merged = {**file_pages.PAGES, **yaml_pages.PAGES, **LINT}
    parts = (language, names, references, objects, full_text, expressions, output, settings, databases, claims, deploy)
    for part in (*parts, owners, steps):
        merged |= part.PAGES
    merged |= {rule.code: rule.page for rule in RULES}
    return dict(sorted(merged.items()))


def page(asked: str) -> str:
    """The page of a code, in any case, or of a rule's name.

    Raises:
        SchemagenError: SG435 when there is none.
    """
    from schemagen.base.spelling import did_you_mean
    from schemagen.lint.rules import RULES

    by_name = {rule.name: rule.code for rule in RULES}
    found = pages().get(by_name.get(asked.lower(), asked.upper()))
    if found is None:
        hint = did_you_mean(asked, [*pages(), *by_name]) or "`schemagen explain` lists them all"
        raise SchemagenError([Diagnostic(UNKNOWN_CODE, f"there is no code or rule `{asked}`", hint=hint)])
    return found


def title(code: str) -> str:
    """What a code says, in a few words."""
    return pages()[code].split("\n", 1)[0].removeprefix(f"# {code}: ")


def index() -> str:
    """All codes with their titles, in groups."""
    from schemagen.lint.rules import RULES

    summaries = {rule.code: rule.summary for rule in RULES}
    lines: list[str] = []
    group = ""
    for code in sorted(pages(), key=lambda code: (_group(code), code)):
        if _group(code) != group:
            group = _group(code)
            lines += ["", _GROUPS[group], ""]
        about = f" ({summaries[code]})" if code in summaries else ""
        lines.append(f"  {code}  {title(code)}{about}")
    return "\n".join(lines[1:]) + "\n"


def reference() -> str:
    """The reference of all codes as one Markdown page: lint rules first, then errors."""
    from schemagen.lint.rules import RULES

    lines = [
        "# Rules and codes",
        "",
        "This page is made from the program's own text by `make docs`. `schemagen explain CODE` prints a part of it.",
        "",
        "## Lint rules",
        "",
        "`schemagen lint` runs them. Each is a warning unless the settings say otherwise:",
        "",
        "```toml",
        "[tool.schemagen.lint]",
        'query-without-owner = "error"',
        'SG511 = "ignore"',
        "```",
        "",
        "A comment switches rules off for its line (standing alone, for the next line), and says why:",
        "",
        "```yaml",
        "  archive:  # schemagen: ignore SG518 the archiving job works across users",
        "```",
        "",
        "| Code | Rule | Finds |",
        "| --- | --- | --- |",
    ]
    lines += [f"| [{rule.code}](#{_anchor(rule.page)}) | {rule.name} | {rule.summary} |" for rule in RULES]
    lines.append("")
    group = ""
    for code in (
        *(rule.code for rule in RULES),
        *(code for code in pages() if _group(code) != "SG5"),
        *_other_lint_codes(),
    ):
        if _group(code) != group:
            group = _group(code)
            lines += [f"## {_GROUPS[group] if group != 'SG5' else 'The pages of the rules'}", ""]
        lines += ["##" + pages()[code].rstrip("\n"), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _group(code: str) -> str:
    return code[:4] if code[:4] in _GROUPS else code[:3]


def _other_lint_codes() -> list[str]:
    """Codes of lint that are not rules."""
    from schemagen.lint.linting import PAGES

    return list(PAGES)


def _anchor(text: str) -> str:
    """The anchor that GitHub gives a heading."""
    heading = text.split("\n", 1)[0].lstrip("# ").lower()
    return "".join(c for c in heading if c.isalnum() or c in " -_").replace(" ", "-")
