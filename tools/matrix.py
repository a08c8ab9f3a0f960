"""Run the tests with each Python that is here, in environments of their own: `make test-all`.

For each of Python 3.11, 3.12 and 3.13 that is found `make env` makes an environment in
build/matrix/pythonX.Y, from the one lock. There run the tests with one worker and with two, and the
lessons in each profile that has what it needs; then one table tells how each ended.
`python tools/matrix.py --parts style` (or `tests`, `lessons`) runs a part alone.
"""

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


def runs(parts: set[str]):
    """Yield (row's name, words for pytest, variables, reason why not) of each run."""
    if "style" in parts:
        yield "lock and house", ["tests/test_house.py"], {}, None
    for workers in WORKERS:
        if "tests" in parts:
            yield f"tests, {workers} at once", ["-n", str(workers), "tests"], {}, None
    for (profile, why_not), workers in product(PROFILES.items(), WORKERS):
        if "lessons" in parts:
            words = ["--nbval", "-n", str(workers), *map(str, lessons())]
            home = BUILD / profile
            home.mkdir(parents=True, exist_ok=True)
            variables = {"TLCOURSE_PROFILE": profile, "TLCOURSE_BUILD": str(home)}
            if profile == "offline":
                variables |= {"TLCOURSE_OFFLINE": "1", "KERAS_HOME": str(home / "keras")}
            yield f"lessons, {profile}, {workers} at once", words, variables, why_not()


def lessons() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def table(rows: list[str], cells: dict[tuple[str, str], str]) -> str:
    """Return a row a run and a column a Python, as Markdown."""
    lines = ["| | " + " | ".join(f"Python {v}" for v in PYTHONS) + " |", "|---" * 4 + "|"]
    return "\n".join(
        [*lines, *(f"| {row} | {' | '.join(cells[row, v] for v in PYTHONS)} |" for row in rows)]
    )


def main(
    parts: str = typer.Option("style tests lessons", help="which of style, tests, lessons"),
) -> None:
    """Run all, and print one table; exit with 1 where something failed."""
    BUILD.mkdir(parents=True, exist_ok=True)
    found, cells, rows = interpreters(), {}, []
    for version, command in found.items():
        folder = environment(version, command) if command else None
        for number, (row, words, variables, why_not) in enumerate(runs(set(parts.split()))):
            rows += [row] if row not in rows else []
            if not folder:
                cells[row, version] = "not here" if not command else "✗ no environment"
            elif why_not:
                cells[row, version] = f"– {why_not}"
            else:
                log = BUILD / f"{version}-{number}.log"
                cells[row, version] = outcome(folder, words, log, **variables)
            print(f"{version}, {row}: {cells[row, version]}", file=sys.stderr, flush=True)
    text = table(rows, cells)
    (BUILD / "table.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    raise typer.Exit(any("✗" in cell for cell in cells.values()))


if __name__ == "__main__":
    typer.run(main)
