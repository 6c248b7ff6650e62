"""`verify` of rows with owners on servers whose role policies bind: nothing is proved, and nothing fails by halves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemagen.cli.commands import run
from schemagen.databases.urls import with_user
from support.engines import open_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from schemagen.databases.servers import Server

OWNED = """schemagen: 1
tables:
  notes:
    owner: user_id
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, index: true}
"""
PLAIN = OWNED.replace("    owner: user_id\n", "")
ROLE = '"schemagen Plain"'


@pytest.fixture
def admin(postgres18: Server) -> Iterator[psycopg.Connection]:
    with open_postgres(postgres18.url) as connection:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB".encode())
        try:
            yield connection
        finally:
            connection.execute(f"DROP ROLE {ROLE}".encode())


def test_a_role_that_policies_bind_is_refused(
    admin: psycopg.Connection,
    tmp_path: Path,
    postgres18: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """PostgreSQL, "5.9. Row Security Policies": superusers and BYPASSRLS alone see the rows of every owner."""
    url = with_user(postgres18.url, "schemagen%20Plain", "")
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path)

    def verified(spec: str) -> tuple[int, str]:
        (tmp_path / "specs/notes.yaml").write_text(spec, encoding="utf-8")
        assert run(["build"]) == 0
        capsys.readouterr()
        return run(["verify", "--postgres", url]), capsys.readouterr().out

    assert verified(PLAIN)[0] == 0
    code, shown = verified(OWNED)
    assert code == 1
    assert shown.endswith("\n1 error\n")
    for part in ("SG464", f"role {ROLE}", "BYPASSRLS", "leave --postgres out"):
        assert part in shown
    assert "SG464" in verified(PLAIN)[1]  # the migrations before the last have the policies
    admin.execute(f"ALTER ROLE {ROLE} BYPASSRLS".encode())
    assert verified(OWNED)[0] == 0
