"""Run the tests with each Python that is here, in environments of their own: `make test-all`.

For each of Python 3.11, 3.12 and 3.13 that is found `make env` makes an environment in
build/matrix/pythonX.Y, from the one lock. There run the tests with one worker and with two, and the
lessons in each profile that has what it needs; then one table tells how each ended.
Of a clean commit each run is kept in build/matrix/cells.json: the same command goes on where it
stopped. Where files differ from the commit all is run anew. A part alone: PARTS=tests PYTHONS=3.13
PROFILES=offline WORKERS=2.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import typer

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "matrix"
PYTHONS = ("3.11", "3.12", "3.13")
WORKERS = (1, 2)
PROFILES = {  # what each wants to be run
    "imagenet": lambda: None,
    "offline": lambda: None,
    "photographs": lambda: None if os.environ.get("TFDS_DATA_DIR") else "no TFDS_DATA_DIR",
}
ENDS = re.compile(r"\d+ (?:passed|failed|errors?|skipped|xfailed)")


def interpreters() -> dict[str, str | None]:
    """Map each version to its command, None where it is not here."""
    found = dict.fromkeys(PYTHONS)
    places = sorted(Path.home().glob(".pyenv/versions/3.1[123].*/bin/python"))
    commands = [*(shutil.which(f"python{version}") for version in PYTHONS), *map(str, places)]
    for command in filter(None, [*commands, sys.executable]):
        ask = [command, "-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"]
        version = subprocess.run(ask, capture_output=True, text=True).stdout.strip()
        if version in found and not found[version]:
            found[version] = command
    return found


def environment(version: str, command: str) -> Path | None:
    """Make a Python's environment, or find it made; return its folder, None where that fails."""
    folder = BUILD / f"python{version}"
    wanted = [f"VENV={folder.relative_to(ROOT)}", f"PYTHON={command}"]
    made = subprocess.run(["make", *wanted, "env"], cwd=ROOT)
    return folder if made.returncode == 0 else None


def outcome(folder: Path, words: list[str], log: Path, **variables: str) -> str:
    """Run pytest in an environment; return how it ended and after how many minutes."""
    begun = time.monotonic()
    with log.open("wb") as out:
        run = subprocess.run(
            [str(folder / "bin" / "python"), "-m", "pytest", "-q", *words],
            cwd=ROOT, env=os.environ | variables, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
    ended = ", ".join(ENDS.findall(lines[-1])) or f"ended with {run.returncode}"
    return (
        f"{'✓' if run.returncode == 0 else '✗'} {ended} ({(time.monotonic() - begun) / 60:.0f} min)"
    )


def runs():
    """Yield (part, row's name, words for pytest, variables, reason why not) of each run."""
    yield {"style"}, "lock and house", ["tests/test_house.py"], {}, None
    for workers in WORKERS:
        words = ["-n", str(workers), "tests"]
        yield {"tests", str(workers)}, f"tests, {workers} at once", words, {}, None
    for (profile, why_not), workers in product(PROFILES.items(), WORKERS):
        words = ["--nbval", "-n", str(workers), *map(str, lessons())]
        home = BUILD / profile
        home.mkdir(parents=True, exist_ok=True)
        variables = {"TLCOURSE_PROFILE": profile, "TLCOURSE_BUILD": str(home)}
        if profile == "offline":
            variables |= {"TLCOURSE_OFFLINE": "1", "KERAS_HOME": str(home / "keras")}
        row = f"lessons, {profile}, {workers} at once"
        yield {"lessons", profile, str(workers)}, row, words, variables, why_not()


def lessons() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def table(cells: dict[str, dict[str, str]]) -> str:
    """Return a row a run and a column a Python, as Markdown."""
    lines = ["| | " + " | ".join(f"Python {v}" for v in PYTHONS) + " |", "|---" * 4 + "|"]
    for _, row, *_ in runs():
        found = [cells.get(row, {}).get(python, "not run") for python in PYTHONS]
        lines += [f"| {row} | {' | '.join(found)} |"]
    return "\n".join(lines)


def stored(commit: str) -> dict[str, dict[str, str]]:
    """Return row → Python → how it ended, of the runs that are kept of a clean commit."""
    path = BUILD / "cells.json"
    if path.is_file() and not commit.endswith("-dirty"):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["commit"] == commit:
            return kept["cells"]
    return {}


def store(commit: str, cells: dict[str, dict[str, str]]) -> None:
    part = BUILD / "cells.json.part"
    part.write_text(json.dumps({"commit": commit, "cells": cells}, indent=1), encoding="utf-8")
    part.replace(BUILD / "cells.json")
    (BUILD / "table.md").write_text(table(cells) + "\n", encoding="utf-8")


def version() -> str:
    """Return the commit, with a mark where files differ from it."""
    ask = ["git", "describe", "--always", "--dirty", "--abbrev=40"]
    return subprocess.run(ask, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def main(
    parts: str = typer.Option("style tests lessons", help="which of style, tests, lessons"),
    pythons: str = typer.Option(" ".join(PYTHONS), help="which Pythons"),
    profiles: str = typer.Option(" ".join(PROFILES), help="which profiles"),
    workers: str = typer.Option("1 2", help="one worker, two, or both"),
) -> None:
    """Run what has not run, and print one table; exit with 1 where something failed."""
    BUILD.mkdir(parents=True, exist_ok=True)
    wanted = {*parts.split(), *profiles.split(), *workers.split()}
    found, commit = interpreters(), version()
    cells = stored(commit)
    for python in pythons.split():
        command = found.get(python)
        folder = environment(python, command) if command else None
        for number, (needs, row, words, variables, why_not) in enumerate(runs()):
            cell = cells.setdefault(row, {})
            if not needs <= wanted or cell.get(python, "").startswith("✓"):
                continue
            if not folder:
                cell[python] = "not here" if not command else "✗ no environment"
            elif why_not:
                cell[python] = f"– {why_not}"
            else:
                log = BUILD / f"{python}-{number}.log"
                cell[python] = outcome(folder, words, log, **variables)
            store(commit, cells)
            print(f"{python}, {row}: {cell[python]}", file=sys.stderr, flush=True)
    print(table(cells))
    raise typer.Exit(any("✗" in cell for row in cells.values() for cell in row.values()))


if __name__ == "__main__":
    typer.run(main)
