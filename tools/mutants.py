"""Change a lesson as a slip would, run it under nbval, and say whether the net caught it.

    make mutants NB=05

tests/mutants.toml declares the changes: a lesson's cell, `old` text that stands in it once, `new`
text and its kind. A change of words alone is judged in one run of the whole lesson, in which every
other cell must pass: that is the control. Each other one has a run of its own, up to the cell
`until` (the cells after it are cut off: they could only catch more), which stops at the first cell
that fails; `only` names the cells that it needs, and then a control runs, too.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import typer

import notebooks as pages

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "mutants.toml"
PROFILE = {"TLCOURSE_PROFILE": "imagenet"}  # in the others claims alone are compared
KINDS = ("flag", "preprocessing", "sign", "words", "labels", "rate", "value")


def declared() -> dict[str, list[dict]]:
    """Map a lesson's number to its mutants."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def lesson(number: str) -> Path:
    return next(path for path in pages.pages() if pages.key(path).startswith(f"{number}_"))


def ids(number: str, slugs: list[str]) -> list[str]:
    return [f"{number}-{slug}" for slug in slugs]


def change(notebook, number: str, mutant: dict) -> str:
    """Apply a mutant; return its cell's id. Raises ValueError if it does not apply exactly once."""
    (name,) = ids(number, [mutant["cell"]])
    cells = [cell for cell in notebook.cells if cell.id == name]
    count = sum(cell.source.count(mutant["old"]) for cell in cells)
    if count != 1:
        raise ValueError(f"{name}: {mutant['old']!r} stands there {count} times")
    cells[0].source = cells[0].source.replace(mutant["old"], mutant["new"])
    return name


def cut(notebook, number: str, mutant: dict) -> None:
    """Leave the code cells that a mutant's run needs."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    names = [cell.id for cell in code]
    end = names.index(f"{number}-{mutant['until']}") + 1 if "until" in mutant else len(names)
    wanted = set(ids(number, mutant["only"])) if "only" in mutant else set(names)
    notebook.cells = [cell for cell in code[:end] if cell.id in wanted]


def run(notebook, name: str, *options: str) -> dict[str, str]:
    """Run a notebook under nbval; return of each cell that ran whether it `passed` or `failed`."""
    folder = ROOT / "build" / f"mutants-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    code = [cell.id for cell in notebook.cells if cell.cell_type == "code"]
    with tempfile.TemporaryDirectory() as build:
        try:
            pages.write(path, notebook)
            report = Path(build) / "report.xml"
            command = ["pytest", "--nbval", "-q", f"--junitxml={report}", *options, str(path)]
            environment = {**os.environ, "TLCOURSE_BUILD": build, **PROFILE}
            subprocess.run(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True
            )
            cases = list(ElementTree.parse(report).iter("testcase"))
        finally:
            path.unlink()
            folder.rmdir()
    found = {}
    for case in cases:
        number = int(re.search(r"\d+$", case.get("name"))[0])
        bad = case.find("failure") is not None or case.find("error") is not None
        if case.find("skipped") is None:
            found[code[number]] = "failed" if bad else "passed"
    return found


def failing(found: dict[str, str]) -> list[str]:
    return [cell for cell, verdict in found.items() if verdict == "failed"]


def whole(number: str, mutants: list[dict]) -> list[str]:
    """Judge the mutants of words in one run; return a verdict for each, after the control's."""
    notebook = pages.read(lesson(number))
    changed = [change(notebook, number, mutant) for mutant in mutants]
    failed = failing(run(notebook, f"{number}_words"))
    others = [cell for cell in failed if cell not in changed]
    verdicts = [f"control: {'FAILS in ' + ', '.join(others) if others else 'passes'}"]
    return verdicts + [
        f"{'caught' if cell in failed else 'SURVIVED'} in {cell}" for cell in changed
    ]


def alone(number: str, mutant: dict) -> str:
    """Judge a mutant in a run of its own."""
    notebook = pages.read(lesson(number))
    cut(notebook, number, mutant)
    if "only" in mutant and failing(run(notebook, f"{number}_control", "-x")):
        return "the control FAILS: `only` lacks a cell"
    changed = change(notebook, number, mutant)
    found = run(notebook, f"{number}_mutant", "-x")
    if failed := failing(found):
        return f"caught in {failed[0]}"
    return "SURVIVED" if changed in found else f"FAILS to run: {found}"


def judged(number: str, mutants: list[dict], quick: bool):
    """Yield (mutant, verdict, seconds) of a lesson, those of words first; None is the control."""
    words = [mutant for mutant in mutants if mutant["kind"] == "words"]
    begun = time.monotonic()
    if not quick:
        for mutant, verdict in zip([None, *words], whole(number, words), strict=True):
            yield mutant, verdict, time.monotonic() - begun
    for mutant in [mutant for mutant in mutants if mutant["kind"] != "words"]:
        begun = time.monotonic()
        yield mutant, alone(number, mutant), time.monotonic() - begun


def main(
    prefix: str = typer.Argument("", help="as 05; by default all lessons"),
    quick: bool = typer.Option(False, help="leave out the run of the whole lesson"),
) -> None:
    """Say of each mutant whether it was caught."""
    table, bad = declared(), 0
    chosen = [number for number in table if number.startswith(prefix[:2])]
    if not chosen:
        pages.stop(f"No mutants are declared for {prefix!r}; there are: {', '.join(table)}.")
    for number in chosen:
        for mutant, verdict, seconds in judged(number, table[number], quick):
            what = "" if mutant is None else f"{mutant['kind']}: {json.dumps(mutant['new'])[:60]}"
            print(f"{number}  {seconds:5.0f} s  {verdict:<40} {what}", flush=True)
            bad += any(word in verdict for word in ("SURVIVED", "FAILS"))
    if bad:
        pages.stop(f"{bad} of them want a look: a mutant that survives is a defect of its lesson.")


if __name__ == "__main__":
    typer.run(main)
