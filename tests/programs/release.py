"""What `make release` asks of a wheel and an sdist before anybody uploads them.

Each is installed with everything that it depends on into an environment of its own, and there it begins a project,
builds it and checks it, outside of the checkout. ``python -m programs.release DIST``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

COMMANDS = (["init", "shop"], ["lint", "--strict"], ["build"], ["check"])


class ReleaseError(Exception):
    """What keeps a distribution from being released."""


def distributions(dist: Path) -> tuple[Path, Path]:
    """The wheel and the sdist of a folder.

    Raises:
        ReleaseError: when it does not hold one of each, of one version.
    """
    wheels, sdists = list(dist.glob("*.whl")), list(dist.glob("*.tar.gz"))
    if len(wheels) != 1 or len(sdists) != 1:
        raise ReleaseError(f"{dist} has {len(wheels)} wheels and {len(sdists)} sdists, where one of each has to be")
    if wheels[0].name.split("-")[:2] != sdists[0].name.removesuffix(".tar.gz").split("-"):
        raise ReleaseError(f"{wheels[0].name} and {sdists[0].name} are not of one version")
    return wheels[0], sdists[0]


def check(distribution: Path, folder: Path) -> str:
    """Install a distribution into an environment below a folder, and build a project there; the version that it says.

    Raises:
        ReleaseError: when a command fails.
    """
    venv.create(folder / "venv", with_pip=True)
    program = folder / "venv/bin/schemagen"
    run([folder / "venv/bin/python", "-m", "pip", "install", "--quiet", distribution.resolve()], folder)
    for command in COMMANDS:
        run([program, *command], folder if command[0] == "init" else folder / "shop")
    return run([program, "--version"], folder)


def run(command: list[str | Path], folder: Path) -> str:
    """What a command prints, without the variables that would let it see this checkout.

    Raises:
        ReleaseError: when it fails.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise ReleaseError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def main(dist: Path) -> int:
    """Check both; 1 when one is not fit to be uploaded."""
    try:
        for distribution in distributions(dist):
            with tempfile.TemporaryDirectory() as folder:
                version = check(distribution, Path(folder))
            if f"-{version}" not in distribution.name:
                raise ReleaseError(f"{distribution.name} says that it is version {version}")
            print(f"{distribution.name}: installs, and builds a project.")  # noqa: T201
    except ReleaseError as error:
        print(f"Not fit for a release: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"Nothing has been uploaded. What is left to do: twine upload {dist}/*")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
