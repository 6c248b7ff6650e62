"""A report of proofs as people and programs read it: text, JSON, Markdown for a pull request, and JUnit."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from schemagen.base.counting import counted
from schemagen.verify.report import BOTH

from .documents import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemagen.verify.codes import Code
    from schemagen.verify.report import Claim, Failure, Latency, Report, Row

LONGEST = 2_000
"""How much of a statement or value a report shows."""


def as_text(report: Report) -> str:
    """A table, then what is wrong with the spec, then what follows from it, then remarks, then the verdict."""
    lines = _table(_matrix(report))
    if report.latencies:
        lines += ["", *_table(_latency_rows(report.latencies)), *_index_worth(report.latencies)]
    for heading, failures in _groups(report):
        lines += ["", heading]
        for code, found in groupby(failures, key=lambda failure: failure.code):
            for failure in found:
                lines += ["", f"FAILED  {code} {_title(failure)}", *_details(failure, "        ")]
            lines.append(f"        {'hint:':<11}{_hint(code)}")
    if report.remarks:
        lines += ["", "Remarks", *_unique(f"  {text}" for text in _remarks(report))]
    return "\n".join([*lines, "", _verdict(report), ""])


def as_json(report: Report) -> str:
    """Everything, as one document."""
    value = {
        "proved": not report.failures,
        "facts": report.facts,
        "untried": report.untried,
        "seconds": round(report.seconds, 3),
        "engines": list(report.engines),
        "claims": [asdict(row) | {"seconds": round(row.seconds, 3)} for row in report.rows],
        "failures": [asdict(failure) for failure in report.failures],
        "remarks": [asdict(remark) for remark in report.remarks],
        "latencies": [asdict(latency) | {"holds": latency.holds} for latency in report.latencies],
    }
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n"


def as_markdown(report: Report) -> str:
    """Tables that GitHub shows, failures first."""
    lines = ["## schemagen verify", "", _verdict(report), ""]
    for failure in report.failures:
        lines += [f"### ❌ {failure.code} {_cell(_title(failure))}", ""]
        fence = "`" * (3 + max(map(_longest_fence, (failure.expected, failure.seen, failure.statement))))
        lines += [f"{fence}text", *_details(failure, ""), fence, "", _cell(_hint(failure.code)), ""]
    lines += _markdown_table(_matrix(report))
    lines += [text for rows in _latency_tables(report) for text in ("", *_markdown_table(rows))]
    if report.remarks:
        lines += ["", *_unique(f"- {_cell(text)}" for text in _remarks(report))]
    return "\n".join([*lines, ""])


def as_junit(report: Report) -> str:
    """A test case for each claim on each engine; its failures are those of the claim."""
    root = ET.Element("testsuites", name="schemagen verify", tests=str(len(report.rows)), time=f"{report.seconds:.3f}")
    for engine in dict.fromkeys(row.engine for row in report.rows):
        rows = [row for row in report.rows if row.engine == engine]
        failed = sum(row.failures > 0 for row in rows)
        suite = ET.SubElement(root, "testsuite", name=engine, tests=str(len(rows)), failures=str(failed))
        for row in rows:
            case = ET.SubElement(suite, "testcase", classname=f"schemagen.{engine}", name=str(row.claim))
            case.set("time", f"{row.seconds:.3f}")
            found = [one for one in report.failures if (one.claim, one.engine) == (row.claim, row.engine)]
            if found:
                failure = ET.SubElement(case, "failure", message=printable(f"{len(found)}: {found[0].subject}"))
                failure.text = printable("\n\n".join("\n".join([_title(one), *_details(one, "  ")]) for one in found))
    ET.indent(root)
    return f"{ET.tostring(root, encoding='unicode', xml_declaration=True)}\n"


def _matrix(report: Report) -> list[list[str]]:
    """A line a claim: its facts and failures on each engine, and its time."""
    engines = sorted({row.engine for row in report.rows}, key=lambda engine: (engine == BOTH, engine != "SQLite"))
    lines = [["Claim", *map(_capital, engines), "Failed", "Seconds"]]
    for claim in dict.fromkeys(row.claim for row in report.rows):
        rows = [row for row in report.rows if row.claim is claim]
        lines.append(_line(_capital(claim), rows, engines, sum(row.seconds for row in rows)))
    return [*lines, _line("Facts", report.rows, engines, report.seconds)]


def _line(title: str, rows: Sequence[Row], engines: Iterable[str], seconds: float) -> list[str]:
    facts = (sum(row.facts for row in rows if row.engine == engine) for engine in engines)
    failed = sum(row.failures for row in rows)
    return [title, *(str(number or "") for number in facts), str(failed or ""), f"{seconds:.2f}"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _latency_tables(report: Report) -> list[list[list[str]]]:
    """The tables of a report with times; a table that would have no line is left out."""
    tables = (_latency_rows(report.latencies), _index_rows(report.latencies))
    return [rows for rows in tables if len(rows) > 1]


def _latency_rows(latencies: Sequence[Latency]) -> list[list[str]]:
    lines = [["Query", "Engine", "p50 ms", "p95 ms", "p99 ms", "Target", "Rows"]]
    for one in latencies:
        target = "" if one.target is None else f"{one.target:g}"
        times = (f"{one.p50:.2f}", f"{one.p95:.2f}", f"{one.p99:.2f}")
        lines.append([one.query, one.engine, *times, target, str(one.rows)])
    return lines


def _index_rows(latencies: Sequence[Latency]) -> list[list[str]]:
    """What each index is worth to each query that uses it: the median and the plan with it and without it."""
    lines = [["Index", "Query", "Engine", "p50 ms", "Without", "Plan", "Plan without"]]
    for one in latencies:
        for absence in one.absences:
            times = (f"{one.p50:.2f}", f"{absence.p50:.2f}")
            lines.append([absence.index, one.query, one.engine, *times, one.plan, absence.plan])
    return lines


def _index_worth(latencies: Sequence[Latency]) -> Iterator[str]:
    """The same for a terminal, where plans are too long for a table: two lines a query, below its index."""
    pairs = [(absence, one) for one in latencies for absence in one.absences]
    for index in dict.fromkeys(absence.index for absence, _ in pairs):
        yield from ("", f"Index {index}")
        for absence, one in pairs:
            if absence.index == index:
                title = f"{one.query}, {one.engine}"
                yield f"  {title:<48}{one.p50:>10.2f} ms  {one.plan}"
                yield f"  {'  without it':<48}{absence.p50:>10.2f} ms  {absence.plan}"


def _table(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    is_number = [_is_number(column[1:]) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in lines
    ]


def _is_number(cells: Sequence[str]) -> bool:
    return all(not cell or cell.replace(".", "", 1).isdigit() for cell in cells)


def _markdown_table(lines: Sequence[Sequence[str]]) -> list[str]:
    head, *rest = lines
    rule = ["---:" if _is_number(column[1:]) else "---" for column in zip(*lines, strict=True)]
    return [f"| {' | '.join(map(_cell, line))} |" for line in (head, rule, *rest)]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _groups(report: Report) -> Iterator[tuple[str, list[Failure]]]:
    """The failures below what they mean: of the spec, then of the output."""
    of_spec = [failure for failure in report.failures if failure.code.is_of_spec]
    others = [failure for failure in report.failures if not failure.code.is_of_spec]
    if of_spec:
        yield "Wrong with the specs", of_spec
    if others:
        yield "What follows, or is wrong with the output" if of_spec else "Wrong with the output", others


def _title(failure: Failure) -> str:
    return f"{failure.engine}, {failure.claim}: {failure.subject}"


def _hint(code: Code) -> str:
    return f"{code.hint}; `schemagen explain {code}`"


def _details(failure: Failure, margin: str) -> Iterator[str]:
    at = f"{failure.at.file}:{failure.at.line}:{failure.at.column}" if failure.at else ""
    parts = (
        ("at", at),
        ("expected", failure.expected),
        ("seen", failure.seen),
        ("statement", failure.statement),
    )
    for name, text in parts:
        if text:
            first, *rest = _cut(text).splitlines() or [""]
            yield f"{margin}{name + ':':<11}{first}"
            yield from (f"{margin}{'':<11}{line}" for line in rest)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def _longest_fence(text: str) -> int:
    longest = current = 0
    for character in text:
        current = current + 1 if character == "`" else 0
        longest = max(longest, current)
    return longest


def _remarks(report: Report) -> Iterator[str]:
    """Each remark once, with its engines."""
    engines: dict[tuple[Claim, str], list[str]] = {}
    for remark in report.remarks:
        engines.setdefault((remark.claim, remark.text), []).append(remark.engine)
    for (claim, text), found in engines.items():
        yield f"{claim} ({', '.join(dict.fromkeys(found))}): {text}"


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _verdict(report: Report) -> str:
    engines = " and ".join(report.engines)
    if report.failures:
        return f"Not proved: {len(report.failures)} of {report.facts} facts failed on {engines}."
    left = f"; {counted(report.untried, 'claim')} could not be tried (see the remarks)" if report.untried else ""
    return f"Proved: {report.facts} facts on {engines}, in {report.seconds:.1f} s{left}."
