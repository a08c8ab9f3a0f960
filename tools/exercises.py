"""Make notebooks/exercises from notebooks/solutions; `--check` tells what differs.

The form is nbgrader's (https://nbgrader.readthedocs.io, metadata version 3), so that a class can
take the solutions as the source of an assignment.
"""

import ast
import json
import re
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import typer

sys.path.insert(0, str(Path(__file__).parent))
from notebooks import METADATA, NOTEBOOKS, read, write

SOLUTIONS, EXERCISES = NOTEBOOKS / "solutions", NOTEBOOKS / "exercises"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# Your code here", 'raise NotImplementedError("write me")')
KEYS = {"grade", "grade_id", "locked", "schema_version", "solution", "task"}
TASKS = (2, 4)
LEAD = re.compile(r"\n\n\*(?:Solutions of|Exercises to) .*?\*(?=\n|$)")


def titled(source: str, stem: str, *, solved: bool) -> str:
    """Return a title block that says which of the two this is, with links to lesson and other."""
    heading, _, rest = LEAD.sub("", source).partition("\n")
    number, _, topic = heading.removeprefix("# ").partition(" · ")
    topic = re.sub(r"^(solutions|exercises)\b( to| of| for)?:?\s*", "", topic, flags=re.I)
    name = f"{stem}.ipynb"
    lesson = f"[lesson {number}](../{name})"
    if solved:
        kind, lead = "Solutions", f"Solutions of [the exercises](../exercises/{name}) to {lesson}."
    else:
        kind, lead = "Exercises", f"Exercises to {lesson}. Stuck? [Solutions](../solutions/{name})."
    return f"# {number} · {kind}: {topic}\n\n*{lead}*\n{rest}".rstrip("\n")


def unsolved(source: str) -> str:
    """Return code in which each solution has given place to a line that raises."""
    lines, inside = [], False
    for line in source.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() == BEGIN:
            lines += [indent + words for words in STUB]
        inside = line.strip() == BEGIN or (inside and line.strip() != END)
        if not inside and line.strip() != END:
            lines.append(line)
    return "\n".join(lines)


def exercise(solution: nbformat.NotebookNode, stem: str) -> nbformat.NotebookNode:
    """Return the exercise of a solution: the same cells and ids, nothing solved, no outputs."""
    made = deepcopy(solution)
    made.metadata = nbformat.from_dict(METADATA)
    made.cells[0].source = titled(made.cells[0].source, stem, solved=False)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.update(source=unsolved(cell.source), outputs=[], execution_count=None)
            kept = {"nbgrader": cell.metadata.get("nbgrader")}
            cell.metadata = nbformat.from_dict(kept if kept["nbgrader"] else {})
    return made


def tasks(notebook: nbformat.NotebookNode) -> list[tuple[int, int]]:
    """Return of each task the places of its solution cell and of its check cell."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    solutions = [place for place, mark in enumerate(marks) if mark.get("solution")]
    checks = {mark["grade_id"]: place for place, mark in enumerate(marks) if mark.get("grade")}
    return [(place, checks.get(f"{marks[place]['grade_id']}-check", -1)) for place in solutions]


def problems(notebook: nbformat.NotebookNode, stem: str) -> list[str]:
    """Return what in a solutions notebook would not make exercises, a sentence each."""
    found, seen = [], set()
    if notebook.cells[0].source != titled(notebook.cells[0].source, stem, solved=True):
        found.append("the title block is not the one that `make exercises` writes")
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader")
        if mark is not None:
            found += [f"{cell.id}: {words}" for words in mark_problems(mark, seen)]
        elif BEGIN in cell.source or "tlcourse.check(" in cell.source:
            found.append(f"{cell.id}: a solution or a check without nbgrader's metadata")
    places = tasks(notebook)
    if not TASKS[0] <= len(places) <= TASKS[1]:
        found.append(f"{len(places)} tasks; {TASKS[0]} to {TASKS[1]} are wanted")
    for (place, check), follows in zip(places, [*[p for p, _ in places[1:]], 10**6], strict=True):
        cell, name = notebook.cells[place], notebook.cells[place].metadata.nbgrader.grade_id
        if not place < check < follows:
            found.append(f"{cell.id}: its check {name}-check does not follow it")
        elif f'check("{name}"' not in re.sub(r"\(\s+", "(", notebook.cells[check].source):
            found.append(f'{notebook.cells[check].id}: it does not call check("{name}", …)')
        told = notebook.cells[place - 1]
        if told.cell_type != "markdown" or not re.search("●.*minute", told.source):
            found.append(f"{cell.id}: no cell above it tells the task, ●○○ and the minutes")
        found += [f"{cell.id}: {words}" for words in solution_problems(cell)]
    return found


def mark_problems(mark: dict, seen: set[str]) -> list[str]:
    """Return what nbgrader 0.9 would refuse in one cell's metadata; `seen` are the ids so far."""
    found, name = [], mark.get("grade_id", "")
    if set(mark) - {"points"} != KEYS or mark.get("schema_version") != 3:
        return [f"nbgrader's metadata want {', '.join(sorted(KEYS))}, and schema_version 3"]
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or name in seen:
        found.append(f"the grade_id {name!r} is not allowed, or stands twice")
    seen.add(name)
    if mark["task"] or mark["grade"] == mark["solution"] or mark["locked"] != mark["grade"]:
        found.append("a cell is a solution, or a check that is graded and locked")
    if mark["grade"] != ("points" in mark) or not mark.get("points", 0) >= 0:
        found.append("checks have points, solutions have none")
    return found


def solution_problems(cell: nbformat.NotebookNode) -> list[str]:
    """Return what is wrong in one cell with a solution."""
    lines = cell.source.splitlines()
    marks = [line.strip() for line in lines if line.strip() in (BEGIN, END)]
    if not marks or marks != [BEGIN, END] * (len(marks) // 2):
        return [f"{BEGIN} and {END} do not stand in pairs"]
    if any(line in (BEGIN, END) for line in lines):
        return ["a solution outside of a function would raise as soon as the cell runs"]
    try:
        ast.parse(unsolved(cell.source))
    except SyntaxError as error:
        return [f"what is left without the solution is no Python: {error}"]
    mutant = cell.metadata.get("mutant", {})
    if set(mutant) != {"old", "new"} or cell.source.count(mutant["old"]) != 1:
        return ['no metadata "mutant": {"old": …, "new": …} whose old stands once in the cell']
    return []


def text(notebook: nbformat.NotebookNode) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def drift(solutions: Path = SOLUTIONS, exercises: Path = EXERCISES) -> list[str]:
    """Return what does not fit between the two folders, a sentence each."""
    found, made = [], {path.name for path in solutions.glob("*.ipynb")}
    for path in sorted(exercises.glob("*.ipynb")):
        if path.name not in made:
            found.append(f"exercises/{path.name}: there is no solutions/{path.name}")
    for path in sorted(solutions.glob("*.ipynb")):
        solution, target = read(path), exercises / path.name
        found += [f"solutions/{path.name}: {words}" for words in problems(solution, path.stem)]
        wanted = text(exercise(solution, path.stem))
        if not target.is_file() or target.read_text(encoding="utf-8") != wanted:
            found.append(f"exercises/{path.name} is not what its solutions make: make exercises")
    return found


def main(check: bool = False) -> None:
    """Write the exercises, and the titles of the solutions; with `--check` write nothing."""
    for path in [] if check else sorted(SOLUTIONS.glob("*.ipynb")):
        solution = read(path)
        solution.cells[0].source = titled(solution.cells[0].source, path.stem, solved=True)
        write(path, solution)
        EXERCISES.mkdir(exist_ok=True)
        write(EXERCISES / path.name, exercise(solution, path.stem))
    found = drift()
    print("\n".join(found) or "the exercises are what their solutions make")
    raise typer.Exit(bool(found))


if __name__ == "__main__":
    typer.run(main)
