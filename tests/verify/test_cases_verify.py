"""`verify` proves every case in full: catalogs, rows, cascades, plans and the use of every index, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.verify.report import Claim
from schemagen.verify.runner import Scope, prove
from support.engines import open_postgres

if TYPE_CHECKING:
    from schemagen.databases.servers import Server
    from schemagen.verify.models.process import Models
    from support.built_cases import Case


def databases(server: Server) -> list[str]:
    with open_postgres(server.url) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()]


def test_every_claim_of_a_case_is_proved(case: Case, postgres18: Server, models: Models) -> None:
    before = databases(postgres18)
    report = prove(case.schema, case.output, Scope(postgres18), models=models)
    assert [f"{one.engine}, {one.claim}: {one.subject}, {one.seen}" for one in report.failures] == []
    assert databases(postgres18) == before
    engines = {
        engine: {row.claim for row in report.rows if row.engine == engine} for engine in ("SQLite", "PostgreSQL")
    }
    assert all(engines.values())
    if case.name == "specs":  # the demo has everything but a step of its own
        elsewhere = {Claim.DOCUMENTS, Claim.FILES, Claim.LATENCY, Claim.STEPS}
        assert engines["SQLite"] == engines["PostgreSQL"] == set(Claim) - elsewhere
        assert report.facts > 1000
