"""Measure the course's bars on this machine, and print them beside the bars.

The notebooks' figures come from a run of nbval that this starts. Timings are the machine's: a
figure over its bar is told, and never fails a test.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

import notebooks
from tlcourse.runtime import build_folder

ROOT = Path(__file__).parents[1]


def seconds_of(code: str, runs: int = 5) -> float:
    """Return the median seconds that a fresh Python takes for `code`, less a bare one's."""

    def once(code):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        return time.perf_counter() - start

    times = pd.Series([once(code) - once("pass") for _ in range(runs)])
    return times.median()


def main() -> None:
    rows = [
        ("import tlcourse", "s", seconds_of("import tlcourse"), 0.3),
        ("import tensorflow", "s", seconds_of("import tensorflow", runs=3), None),
    ]
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "notebooks"]
    run = subprocess.run(command, cwd=ROOT, check=False)
    timings = json.loads((build_folder() / "timings.json").read_text(encoding="utf-8"))
    pages = [(path, timings[notebooks.key(path)]) for path in notebooks.pages()]
    lessons = [one["seconds"] for path, one in pages if notebooks.is_lesson(path)]
    everything = [one for _, one in pages]
    rows += [
        ("all lessons under nbval", "s", sum(lessons), None),
        ("longest lesson", "s", max(lessons), 120),
        ("lesson, median", "s", pd.Series(lessons).median(), 90),
        ("all notebooks under nbval", "s", sum(one["seconds"] for one in everything), None),
        ("longest cell", "s", max(one["longest_seconds"] for one in everything), 30),
        ("peak memory of a notebook", "MiB", max(one["peak_mib"] for one in everything), 2560),
    ]
    table = pd.DataFrame(rows, columns=["what", "unit", "measured", "bar"])
    print(table.round(2).to_string(index=False, na_rep=""))
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
