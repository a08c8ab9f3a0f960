"""Run one exercise as its learner saved it, and tell points and hints: `make check NB=05`.

Without nbgrader. Taken is the learner's copy in my_course, where there is one; its checks are the
course's, whatever the copy made of them.
"""

import os
import re
import sys
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

sys.path.insert(0, str(Path(__file__).parent))
from exercises import EXERCISES, SOLUTIONS, tasks

from notebooks import read
from tlcourse import copies
from tlcourse.runtime import short

SECONDS = 120  # for one cell
LOST = "the cell of its check is missing, or has lost its metadata: take it from {} again."
SLOW = f"nothing came in {SECONDS} seconds: is there a loop without an end?"
ENDED = "the kernel ended here: too little memory, or a call that ends Python?"


def stop(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


def exercise(prefix: str) -> str:
    """Return the name of the one exercise that NB=`prefix` means, or stop with a sentence."""
    there = [path.stem for path in sorted(EXERCISES.glob("*.ipynb"))]
    found = [stem for stem in there if stem.startswith(prefix)]
    if not prefix:
        stop(f"Say which exercise: make check NB={there[0][:2]}")
    if not found:
        stop(f"There is no exercise {prefix!r}. There are: {', '.join(there)}.")
    if len(found) > 1:
        stop(f"{prefix!r} means {len(found)} exercises: {', '.join(found)}. Name one.")
    return found[0]


def saved(stem: str) -> Path:
    """Return the learner's copy, or else the course's own exercise, which nobody has solved."""
    own = copies.folder() / "exercises" / f"{stem}.ipynb"
    return own if own.is_file() else EXERCISES / own.name


def marked(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    """Return the cells that nbgrader's metadata name, by that name."""
    marks = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    return {mark["grade_id"]: cell for cell, mark in marks if "grade_id" in mark}


def run(notebook: nbformat.NotebookNode, folder: Path) -> str | None:
    """Execute the cells in order, in `folder`; return a sentence if that came to an early end."""
    for name in ("TLCOURSE_GRADE", "NBGRADER_EXECUTION"):  # a hint is told, nothing is raised
        os.environ.pop(name, None)
    client = NotebookClient(
        notebook, timeout=SECONDS, interrupt_on_timeout=True, allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    try:
        client.execute()
    except CellTimeoutError:  # what was interrupted did not end then either
        return SLOW
    except DeadKernelError:
        return ENDED
    return None


def said(cell: nbformat.NotebookNode, early: str | None) -> str | None:
    """Return what a check said is missing, None if nothing is."""
    printed = "".join(out.get("text", "") for out in cell.outputs if out.get("name") == "stdout")
    if found := re.search(r"^(✓ .*: solved|→ [^:]*: (.*))$", printed, re.M):
        return found[2]
    errors = [out for out in cell.outputs if out.output_type == "error"]
    if errors and errors[0].ename != "KeyboardInterrupt":
        return f"{errors[0].ename}: {errors[0].evalue}"
    return SLOW if errors else early or "the check said nothing."


def results(stem: str, path: Path) -> list[tuple[str, int, str | None]]:
    """Run the notebook at `path`; return of each task its name, its points and what is missing."""
    solution, notebook = read(SOLUTIONS / f"{stem}.ipynb"), read(path)
    here, told = marked(notebook), []
    for _, check in tasks(solution):
        cell = solution.cells[check]
        if mine := here.get(cell.metadata.nbgrader.grade_id):
            mine.update(source=cell.source, outputs=[])
        told.append((mine, cell.metadata.nbgrader.points))
    early = run(notebook, path.parent)
    names = [solution.cells[task].metadata.nbgrader.grade_id for task, _ in tasks(solution)]
    lost = LOST.format(short(EXERCISES / f"{stem}.ipynb"))
    return [
        (name, points, said(cell, early) if cell else lost)
        for name, (cell, points) in zip(names, told, strict=True)
    ]


def main(prefix: Annotated[str, typer.Argument(help="as 05")] = "") -> None:
    """Print points and hints for one exercise."""
    stem = exercise(prefix)
    path = saved(stem)
    print(f"{short(path)}, as it was saved last; about half a minute …", flush=True)
    if path.parent == EXERCISES:
        print("You have no copy yet: `make lab` brings one. This is the course's own, unsolved.")
    try:
        told = results(stem, path)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, AttributeError, KeyError):
        stop(f"{short(path)} is damaged: take {short(EXERCISES / path.name)} again.")
    width = max(len(name) for name, _, _ in told)
    for name, points, missing in told:
        mark, got = ("→", 0) if missing else ("✓", points)
        print(f"  {mark} {name:{width}}  {got} of {points}  {missing or ''}".rstrip())
    got = sum(points for _, points, missing in told if not missing)
    print(f"{got} of {sum(points for _, points, _ in told)} points")


if __name__ == "__main__":
    typer.run(main)
