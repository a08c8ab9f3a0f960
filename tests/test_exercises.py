"""Exercises are made from their solutions, run unsolved, and their checks see typical mistakes."""

import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import exercises as tools

from notebooks import read, write

SOLUTIONS = sorted(tools.SOLUTIONS.glob("*.ipynb"))


def test_the_exercises_are_what_their_solutions_make():
    assert tools.drift() == []


def trial(solution, stem, folder, tmp_path, monkeypatch):
    """Run an exercise in one kernel: unsolved, then task by task solved, mutated, solved again.

    Returns what the checks said: task → its lines unsolved, solved and mutated. Any cell that
    raises ends it: an exercise runs through before a learner has written a line.
    """
    for name in ("TLCOURSE_GRADE", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    made, said = tools.exercise(solution, stem), {}
    # nbclient 0.11 now and then overlooks a reply; when the time is up it looks again.
    client = NotebookClient(made, timeout=120, resources={"metadata": {"path": str(folder)}})

    def run(cells, start):
        for place, cell in enumerate(deepcopy(cells), start):
            client.execute_cell(cell, place)
        return "".join(out.get("text", "") for out in made.cells[place].outputs)

    with client.setup_kernel():
        run(made.cells, 0)
        for start, check in tools.tasks(solution):
            cells = solution.cells[start : check + 1]
            first = "".join(out.get("text", "") for out in made.cells[check].outputs)
            solved, mutant = run(cells, start), cells[0].metadata.mutant
            wrong = deepcopy(cells[:1])
            wrong[0].source = wrong[0].source.replace(mutant["old"], mutant["new"])
            mutated = run(wrong + cells[1:], start)
            said[cells[0].metadata.nbgrader.grade_id] = (first, solved, mutated)
            run(cells, start)
    return said


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_an_exercise_runs_unsolved_and_its_checks_see_the_mutants(path, tmp_path, monkeypatch):
    said = trial(read(path), path.stem, tools.EXERCISES, tmp_path, monkeypatch)
    for task, (unsolved, solved, mutated) in said.items():
        assert unsolved.startswith(f"→ {task}: "), f"{task} unsolved: {unsolved}"
        assert solved == f"✓ {task}: solved\n"
        assert mutated.startswith(f"→ {task}: "), f"{task} with its mutant: {mutated}"


def mark(name, *, check=False):
    kept = {"grade": check, "grade_id": name, "locked": check, "schema_version": 3}
    return kept | {"solution": not check, "task": False} | ({"points": 1} if check else {})


TOLD = "## Double\n\nWrite `double`. ●○○ · 2 minutes"
DOUBLE = """def double(number):
    \"\"\"Return twice the number.\"\"\"
    ### BEGIN SOLUTION
    result = 2 * number
    ### END SOLUTION
    return result"""
HALVE = """def halve(number):
    ### BEGIN SOLUTION
    if number is None:
        return 0
    return number / 2
    ### END SOLUTION"""


def toy():
    """Return a notebook with two tasks, as an author writes it."""
    cells = [nbformat.v4.new_markdown_cell("# 99 · Numbers\n\nTwo small tasks.")]
    for name, source, old, new in (
        ("double", DOUBLE, "2 * number", "number"), ("halve", HALVE, "/ 2", "// 2"),
    ):  # fmt: skip
        points = {"nbgrader": mark(f"{name}-check", check=True)}
        test = f'tlcourse.check("{name}", lambda: [({name}(3) == expected["{name}"], "No.")])'
        cells += [
            nbformat.v4.new_markdown_cell(TOLD),
            nbformat.v4.new_code_cell(source, metadata={"nbgrader": mark(name)}),
            nbformat.v4.new_code_cell(test, metadata=points),
        ]
        cells[-2].metadata.mutant = {"old": old, "new": new}
        cells[-1].outputs = [nbformat.v4.new_output("stream", text=f"✓ {name}: solved\n")]
    begin = "import tlcourse\nexpected = {'double': 6, 'halve': 1.5}"
    cells.insert(1, nbformat.v4.new_code_cell(begin, metadata={"tags": ["x"]}))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=tools.METADATA)
    for place, cell in enumerate(cells):
        cell.id = f"99-{place}"
    cells[0].source = tools.titled(cells[0].source, "99_numbers", solved=True)
    return notebook


def test_the_toy_keeps_the_rules():
    assert tools.problems(toy(), "99_numbers") == []


def test_a_title_says_which_it_is_and_links_to_lesson_and_other():
    solved, opened = toy().cells[0].source, tools.exercise(toy(), "99_numbers").cells[0].source
    assert solved.startswith("# 99 · Solutions: Numbers\n\n*Solutions of [the exercises](../exer")
    assert opened.startswith("# 99 · Exercises: Numbers\n\n*Exercises to [lesson 99](../99_num")
    assert "(../solutions/99_numbers.ipynb)" in opened
    for title in (solved, opened):
        assert title.endswith("*\n\nTwo small tasks.")
        assert tools.titled(title, "99_numbers", solved=True) == solved
        assert tools.titled(title, "99_numbers", solved=False) == opened


def test_an_exercise_holds_no_solution_no_output_and_no_mutant():
    made = tools.exercise(toy(), "99_numbers")
    for words in ("SOLUTION", "2 * number", "/ 2", "mutant", "solved\\n"):
        assert words not in tools.text(made)
    assert [cell.id for cell in made.cells] == [cell.id for cell in toy().cells]
    assert made.cells[3].metadata == {"nbgrader": mark("double")}
    assert made.cells[3].source.splitlines()[2:] == [
        "    # Your code here", '    raise NotImplementedError("write me")', "    return result",
    ]  # fmt: skip
    assert all(cell.execution_count is None for cell in made.cells if cell.cell_type == "code")


def test_unsolved_solved_and_mutated_in_one_kernel(tmp_path, monkeypatch):
    said = trial(toy(), "99_numbers", tmp_path, tmp_path, monkeypatch)
    assert set(said) == {"double", "halve"}
    for task, (unsolved, solved, mutated) in said.items():
        assert unsolved.startswith(f"→ {task}: nothing written yet")
        assert (solved, mutated) == (f"✓ {task}: solved\n", f"→ {task}: No.\n")


def marked(place, **changes):
    return lambda nb: nb.cells[place].metadata.nbgrader.update(changes)


SLIPS = {
    "title block": lambda nb: nb.cells[0].update(source="# 99 · Numbers"),
    "want grade, grade_id": lambda nb: nb.cells[3].metadata.nbgrader.pop("task"),
    "schema_version 3": marked(3, schema_version=2),
    "grade_id 'a b'": marked(3, grade_id="a b"),
    "stands twice": marked(6, grade_id="double"),
    "graded and locked": marked(4, locked=False),
    "checks have points": lambda nb: nb.cells[4].metadata.nbgrader.pop("points"),
    "without nbgrader's": lambda nb: nb.cells[3].metadata.pop("nbgrader"),
    "1 tasks": lambda nb: nb.cells.__delitem__(slice(5, None)),
    "does not call check": lambda nb: nb.cells[4].update(source="pass"),
    "tells the task": lambda nb: nb.cells[2].update(source="Write it."),
    "in pairs": lambda nb: nb.cells[3].update(source=DOUBLE.replace("    ### END SOLUTION\n", "")),
    "outside of a function": lambda nb: nb.cells[3].update(source=DOUBLE.replace("    ###", "###")),
    "is no Python": lambda nb: nb.cells[3].update(source=DOUBLE.replace("    return result", ")")),
    "whose old stands once": lambda nb: nb.cells[3].metadata.mutant.update(old="number"),
    'no metadata "mutant"': lambda nb: nb.cells[3].metadata.pop("mutant"),
}  # fmt: skip


@pytest.mark.parametrize("words", [*SLIPS, "does not follow it"])
def test_each_slip_of_an_author_is_told(words):
    notebook = toy()
    if words == "does not follow it":
        notebook.cells[1:] = notebook.cells[:0:-1]
    else:
        SLIPS[words](notebook)
    found = tools.problems(notebook, "99_numbers")
    assert any(words in problem for problem in found), found


def test_drift_is_told(tmp_path):
    solutions, exercises = tmp_path / "solutions", tmp_path / "exercises"
    solutions.mkdir(), exercises.mkdir()
    write(solutions / "99_numbers.ipynb", toy())
    (found,) = tools.drift(solutions, exercises)
    assert "exercises/99_numbers.ipynb is not what its solutions make" in found
    write(exercises / "99_numbers.ipynb", tools.exercise(toy(), "99_numbers"))
    assert tools.drift(solutions, exercises) == []
    (exercises / "99_numbers.ipynb").rename(exercises / "98_gone.ipynb")
    assert "there is no solutions/98_gone" in tools.drift(solutions, exercises)[0]
