"""Reports of proofs: what each format holds, and that no text of a spec breaks out of it."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt

from schemagen.base.diagnostics import Origin, Span
from schemagen.cli.reports.verify import as_json, as_junit, as_markdown, as_text
from schemagen.verify.codes import Code
from schemagen.verify.report import BOTH, Absence, Claim, Failure, Latency, Ledger, Remark, Report, collected

HOSTILE = "``` | <b>\x1b[31m & \x00 ]]>\n# heading"
FAILURE = Failure(
    Code.OTHER_BEHAVIOUR, Claim.CASCADES, "SQLite", f"delete of {HOSTILE}", "1 row", HOSTILE, "DELETE FROM t"
)
ABSENCE = Absence("idx_a", 40.0, "SCAN a")
LATENCY = Latency("history", "SQLite", 0.5, 1.25, 2.0, 1.0, 1000, 0.25, "SEARCH a USING INDEX idx_a", (ABSENCE,))


def report(*failures: Failure) -> Report:
    ledger = Ledger()
    with ledger.section(Claim.CATALOG, "SQLite") as section:
        section.holds(3)
    with ledger.section(Claim.CATALOG, "PostgreSQL") as section:
        section.holds(2)
    with ledger.section(Claim.AGREEMENT, BOTH) as section:
        section.holds()
    with ledger.section(Claim.CASCADES, "SQLite") as section:
        for failure in failures:
            section.fails(failure.subject, failure.expected, failure.seen, failure.statement)
    ledger.remarks.append(Remark(Claim.QUERIES, "SQLite", "no index serves fk"))
    ledger.remarks.append(Remark(Claim.QUERIES, "PostgreSQL", "no index serves fk"))
    return collected(ledger, ("SQLite 3.40.1", "PostgreSQL 18.4"), 1.5, (LATENCY,))


def test_the_text_is_a_table_and_a_verdict() -> None:
    lines = as_text(report()).splitlines()
    assert lines[0].split() == ["Claim", "SQLite", "PostgreSQL", "Both", "Failed", "Seconds"]
    assert lines[1].split()[:3] == ["Catalog", "3", "2"]
    assert lines[2].split()[:2] == ["Agreement", "1"]
    assert lines[3].split() == ["Facts", "3", "2", "1", "1.50"]
    assert lines[-1] == "Proved: 6 facts on SQLite 3.40.1 and PostgreSQL 18.4, in 1.5 s."
    assert "  query patterns (SQLite, PostgreSQL): no index serves fk" in lines


def test_a_failure_says_what_was_run_expected_and_seen() -> None:
    text = as_text(report(FAILURE))
    for words in (
        "FAILED  SG547 SQLite, cascades: delete of",
        "hint:      look for a rule",
        "`schemagen explain SG547`",
        "expected:  1 row",
        "statement: DELETE FROM t",
    ):
        assert words in text
    assert text.endswith("Not proved: 1 of 7 facts failed on SQLite 3.40.1 and PostgreSQL 18.4.\n")


def test_json_holds_everything() -> None:
    found = json.loads(as_json(report(FAILURE)))
    assert found["proved"] is False
    assert found["facts"] == 7
    assert (found["failures"][0]["seen"], found["failures"][0]["code"]) == (HOSTILE, "SG547")
    assert found["latencies"][0]["holds"] is False
    assert [claim["facts"] for claim in found["claims"]] == [3, 2, 1, 1]


def test_markdown_keeps_what_a_spec_says_inside_of_its_place() -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(as_markdown(report(FAILURE)))
    headings = [tokens[number + 1].content for number, token in enumerate(tokens) if token.type == "heading_open"]
    assert len(headings) == 2
    (fence,) = [token for token in tokens if token.type == "fence"]
    assert "seen:      ``` | <b>" in fence.content
    assert sum(token.type == "table_open" for token in tokens) == 3


def test_junit_has_a_case_for_each_claim_and_engine() -> None:
    root = ET.fromstring(as_junit(report(FAILURE)))
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    assert len(cases) == 4
    (failure,) = root.iter("failure")
    assert "expected:  1 row" in (failure.text or "")
    assert failure in list(cases["schemagen.SQLite", "cascades"])


def test_times_stand_beside_their_targets() -> None:
    text = as_text(report())
    line = next(line for line in text.splitlines() if line.startswith("history"))
    assert line.split() == ["history", "SQLite", "0.50", "1.25", "2.00", "1", "1000"]
    lines = text.splitlines()
    _, with_it, without = lines[lines.index("Index idx_a") :][:3]
    assert with_it.split(maxsplit=4) == ["history,", "SQLite", "0.50", "ms", "SEARCH a USING INDEX idx_a"]
    assert without.split(maxsplit=4) == ["without", "it", "40.00", "ms", "SCAN a"]


def test_what_is_wrong_with_the_spec_comes_before_what_follows() -> None:
    ledger = Ledger(place=lambda origin: Span(origin.file, 7, 3, 7, 9))
    with ledger.section(Claim.CASCADES, "SQLite") as section:
        section.fails("delete of a", "1 row", "none")
    with ledger.section(Claim.QUERIES, "SQLite") as section:
        section.fails("query slow", "no whole read of a", "SCAN a", code=Code.READS_ALL, origin=Origin("specs/a.yaml"))
        section.fails("query broken", "it runs", "no such column", origin=Origin("specs/a.yaml"))
    text = as_text(collected(ledger, ("SQLite 3.40.1",), 1.0))
    parts = [line for line in text.splitlines() if line.startswith(("Wrong", "What", "FAILED", "        at:"))]
    assert parts == [
        "Wrong with the specs",
        "FAILED  SG541 SQLite, query patterns: query broken",
        "        at:        specs/a.yaml:7:3",
        "FAILED  SG542 SQLite, query patterns: query slow",
        "        at:        specs/a.yaml:7:3",
        "What follows, or is wrong with the output",
        "FAILED  SG547 SQLite, cascades: delete of a",
    ]
