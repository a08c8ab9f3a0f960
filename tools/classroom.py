"""Make an nbgrader course of the exercises: `make class DIR=…`.

The solutions are the only source: their nbgrader metadata, points and checks. Some of a check's
conditions become hidden tests here; the settings beside them are copied from teaching/class.
"""

import ast
import re
import shutil
import sys
import sysconfig
from copy import deepcopy
from pathlib import Path
from typing import Annotated

import nbformat
import typer

sys.path.insert(0, str(Path(__file__).parent))
from exercises import LEAD, SOLUTIONS, tasks, titled

from notebooks import METADATA, ROOT, read, write

KIT = ROOT / "teaching" / "class"
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
SECONDS = "ten to twenty"  # what autograding a notebook took on two cores
LOCKED = {"grade": False, "locked": True, "schema_version": 3, "solution": False, "task": False}
# A cell above may have replaced the check, or said that no points are given: begin afresh.
FRESH = f"""{BEGIN}
import importlib
import os

import tlcourse
from tlcourse import checks

os.environ["TLCOURSE_GRADE"] = "1"
tlcourse.check = importlib.reload(checks).check
{END}
"""


def yields(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Yield) for node in ast.walk(statement))


def hideable(source: str) -> tuple[int, int] | None:
    """Return the first and the last line of the last third of a check's conditions, one or more.

    Lines count from 1; None where fewer than two conditions are yielded one after the other.
    """
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    block = next((node.body for node in functions if node.name == "conditions"), [])
    places = [place for place, statement in enumerate(block) if yields(statement)]
    while len(places) == 1 and isinstance(block[places[0]], ast.For):
        block = block[places[0]].body
        places = [place for place, statement in enumerate(block) if yields(statement)]
    if len(places) < 2:
        return None
    seen = len(places) - max(1, len(places) // 3)
    return block[places[seen - 1]].end_lineno + 1, block[-1].end_lineno


def with_hidden_tests(source: str) -> str:
    """Return a check's code with nbgrader's marks around what learners do not get to see."""
    lines, place = source.splitlines(), hideable(source)
    if place is not None:
        first, last = place
        indent = re.match(r"\s*", next(line for line in lines[first - 1 :] if line.strip()))[0]
        lines[last:last] = [indent + END]
        lines[first - 1 : first - 1] = [indent + BEGIN]
    return "\n".join([*FRESH.splitlines(), *lines])


def assignment(solution: nbformat.NotebookNode, stem: str) -> nbformat.NotebookNode:
    """Return nbgrader's source of an assignment: solutions marked, checks with hidden tests."""
    made = deepcopy(solution)
    made.metadata = nbformat.from_dict(METADATA)
    title, lead = titled(made.cells[0].source, stem, solved=False), f"Belongs to lesson {stem[:2]}."
    lead += " Write where *Your code here* stands, and nowhere else; each check hints."
    made.cells[0].source = LEAD.sub(f"\n\n{lead}", title.replace("Exercises:", "Assignment:"))
    for cell in made.cells:
        if cell.cell_type == "code":
            mark = cell.metadata.get("nbgrader") or {**LOCKED, "grade_id": cell.id}
            cell.update(outputs=[], execution_count=None)
            cell.metadata = nbformat.from_dict({"nbgrader": mark})
            if mark["grade"]:
                cell.source = with_hidden_tests(cell.source)
    return made


def points(solution: nbformat.NotebookNode) -> dict[str, int]:
    """Return of a solutions notebook each task's name and points."""
    places = tasks(solution)
    cells = [(solution.cells[task], solution.cells[check]) for task, check in places]
    return {a.metadata.nbgrader.grade_id: b.metadata.nbgrader.points for a, b in cells}


def nbgrader() -> Path:
    return Path(sysconfig.get_path("scripts"), "nbgrader")


def settings(folder: Path) -> None:
    """Write what belongs to the whole class: settings, limits, and the teacher's README."""
    for name in ("nbgrader_config.py", "limits.py"):
        shutil.copyfile(KIT / name, folder / name)
    rows = []
    for path in sorted(SOLUTIONS.glob("*.ipynb")):
        worth = points(read(path))
        names = ", ".join(f"{name} {count}" for name, count in worth.items())
        rows.append(f"| {path.stem} | {names} | {sum(worth.values())} |")
    text = (KIT / "README.md").read_text(encoding="utf-8")
    words = {"nbgrader": nbgrader(), "bin": f"{nbgrader().parent}/", "table": "\n".join(rows),
             "grading": ROOT / "teaching" / "grading.md", "seconds": SECONDS}  # fmt: skip
    (folder / "README.md").write_text(text.format(**words), encoding="utf-8")


def closed(folder: Path) -> Path:
    """Make a folder that its owner alone can open, since points and solutions lie in it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def release(folder: Path, stem: str) -> None:
    """Write one assignment's source, and let nbgrader make what is handed out.

    Raises RuntimeError with nbgrader's words where it refuses; nothing of the assignment is left.
    """
    from nbgrader.apps import NbGraderAPI
    from traitlets.config.loader import PyFileConfigLoader

    path = folder / "source" / stem / f"{stem}.ipynb"
    path.parent.mkdir(parents=True)
    write(path, assignment(read(SOLUTIONS / path.name), stem))
    config = PyFileConfigLoader("nbgrader_config.py", str(folder)).load_config()
    made = NbGraderAPI(config=config).generate_assignment(stem, force=True, create=True)
    if not made["success"]:
        shutil.rmtree(path.parent)  # so that the next try finds it missing
        raise RuntimeError(f"{stem}: nbgrader could not make it.\n{made.get('log', '')}")


def refusal(folder: str, prefix: str) -> str | None:
    """Return one sentence that says why no class can be made there, or None."""
    if not folder:
        return "Say where: make class DIR=~/transfer_learning"
    if not nbgrader().is_file():
        return "nbgrader is not installed: `make clean env` brings it."
    path = Path(folder).expanduser()
    if path.exists() and not path.is_dir():
        return f"{folder} is a file; a class needs a folder."
    if path.is_dir() and any(path.iterdir()) and not (path / "nbgrader_config.py").is_file():
        return f"{folder} holds something else: name a new folder, or an empty one."
    if not list(SOLUTIONS.glob(f"{prefix}*.ipynb")):
        return f"No exercise begins with {prefix!r}; `ls notebooks/exercises` names them."
    return None


def main(
    folder: Annotated[str, typer.Argument()] = "", prefix: Annotated[str, typer.Argument()] = ""
) -> None:
    """Make a class in `folder`, or add what is missing; of all exercises, or those of `prefix`."""
    if sentence := refusal(folder, prefix):
        print(sentence, file=sys.stderr)
        raise typer.Exit(1)
    path = Path(folder).expanduser().absolute()
    closed(path)
    if not (path / "nbgrader_config.py").is_file():
        settings(path)
    stems = [solution.stem for solution in sorted(SOLUTIONS.glob(f"{prefix}*.ipynb"))]
    new = [stem for stem in stems if not (path / "source" / stem).is_dir()]
    for stem in new:
        print(f"{stem} …", flush=True)
        release(path, stem)
    print(f"{len(new)} assignments are new in {folder}. Read {folder}/README.md first.")


if __name__ == "__main__":
    typer.run(main)
