"""Run all notebooks again and again, two at a time beside two busy processes: `make steady`.

A claim that holds on a quiet machine alone is no claim. Each whole run adds a line to
docs/steady.csv: day, commit, Python, cores, minutes, how many cells passed, which failed. A run
that was stopped adds none; the same command goes on until RUNS=20 in a row have passed.
"""

import csv
import datetime
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

import typer

import notebooks as pages

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs" / "steady.csv"
FIELDS = ("day", "commit", "python", "cores", "minutes", "passed", "failed")


def spin(parent: int) -> None:
    """Keep a core busy for as long as the parent lives."""
    while os.getppid() == parent:
        sum(range(100_000))


def lines() -> list[dict[str, str]]:
    """Return the runs of the record, oldest first."""
    if not RECORD.is_file():
        return []
    with RECORD.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_a_row(record: list[dict[str, str]]) -> int:
    """Return how many of the latest runs had no failure."""
    count = 0
    while count < len(record) and not record[-1 - count]["failed"]:
        count += 1
    return count


def one_run() -> dict[str, str]:
    """Run every notebook; return its line. Raises RuntimeError if it did not come to its end."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as build:
        report = Path(build) / "report.xml"
        command = ["pytest", "-q", "--nbval", "-n", "2", f"--junitxml={report}"]
        run = subprocess.run(
            [sys.executable, "-m", *command, *map(str, pages.pages())],
            cwd=ROOT, env=os.environ | {"TLCOURSE_BUILD": build}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        if run.returncode not in (0, 1):  # pytest writes its report when it is interrupted, too
            raise RuntimeError("The run was stopped: nothing is written down. Say it again.")
        cases = list(ElementTree.parse(report).iter("testcase"))
    bad = [case for case in cases if {each.tag for each in case} & {"failure", "error"}]
    ask = ["git", "describe", "--always", "--dirty"]
    return {
        "day": datetime.date.today().isoformat(),
        "commit": subprocess.run(ask, cwd=ROOT, capture_output=True, text=True).stdout.strip(),
        "python": platform.python_version(),
        "cores": str(os.cpu_count()),
        "minutes": f"{(time.monotonic() - begun) / 60:.0f}",
        "passed": str(len(cases) - len(bad)),
        "failed": " ".join(f"{c.get('classname')}:{c.get('name')}" for c in bad),
    }


def main(runs: int = typer.Option(20, help="how many in a row")) -> None:
    """Run until so many in a row have passed; exit with 1 at the first that does not."""
    busy = [multiprocessing.Process(target=spin, args=(os.getpid(),), daemon=True) for _ in "12"]
    for process in busy:
        process.start()
    while (count := in_a_row(lines())) < runs:
        try:
            line = one_run()
        except RuntimeError as stopped:
            pages.stop(str(stopped))
        new = not RECORD.is_file()
        with RECORD.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerow(line)
        print(f"{count + 1}: {line}", flush=True)
        if line["failed"]:
            pages.stop(f"Not steady: {line['failed']}")


if __name__ == "__main__":
    typer.run(main)
