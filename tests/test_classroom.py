"""A class is made of the solutions, and nbgrader gives and takes the points that it should.

By default the lightest exercise alone is graded; `make test-class` grades all there are.
"""

import ast
import csv
import html
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import exercises
from test_exercises import toy

import classroom
from notebooks import read, write

pytest.importorskip("nbgrader", reason="nbgrader is not installed: the extra `classroom` brings it")

STEMS = [path.stem for path in sorted(exercises.SOLUTIONS.glob("*.ipynb"))]
LIGHT = STEMS[:1]
GRADED = STEMS if os.environ.get("TLCOURSE_CLASS") == "all" else LIGHT
GRADING = ("TLCOURSE_GRADE", "NBGRADER_EXECUTION")
NOTHING, RAISING = "return None", 'raise RuntimeError("tried")'


def answer(cell, kind):
    """Return a solution cell's code as a learner may have written it."""
    solved = "\n".join(
        line for line in cell.source.splitlines()
        if line.strip() not in (exercises.BEGIN, exercises.END)
    )  # fmt: skip
    if kind == "mutant":
        return solved.replace(cell.metadata.mutant["old"], cell.metadata.mutant["new"])
    if kind in (NOTHING, RAISING):
        empty = exercises.unsolved(cell.source)
        return empty.replace(exercises.STUB[1], kind)
    return solved


def learners(tasks):
    """Return learner → task → what was answered: each task is wrong beside ones that are right."""
    right = dict.fromkeys(tasks, "solved")
    general = dict(zip(tasks, (NOTHING, RAISING)[: len(tasks) - 1], strict=False))
    return {
        "all": right,
        "general": right | general,
        "mutants-even": right | dict.fromkeys(tasks[::2], "mutant"),
        "mutants-odd": right | dict.fromkeys(tasks[1::2], "mutant"),
        "untouched": dict.fromkeys(tasks),
    }


def solution_cells(stem):
    """Return task → its solution's cell and its check's."""
    solution = read(classroom.SOLUTIONS / f"{stem}.ipynb")
    places = exercises.tasks(solution)
    pairs = [(solution.cells[task], solution.cells[check]) for task, check in places]
    return {task.metadata.nbgrader.grade_id: (task, check) for task, check in pairs}


def submit(folder, stem, learner, answers):
    """Put a learner's copy of what was handed out where nbgrader looks for it."""
    notebook = read(folder / "release" / stem / f"{stem}.ipynb")
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if answers.get(name):
            cell.source = answers[name]
    path = folder / "submitted" / learner / stem / f"{stem}.ipynb"
    path.parent.mkdir(parents=True)
    write(path, notebook)


def made(folder, stem, **replaced):
    """Make a class of one exercise; `replaced` are limits with another value."""
    classroom.main(str(folder), stem)
    config = folder / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    for name, value in replaced.items():
        text, found = re.subn(rf'("{name}": )\d+', rf"\g<1>{value}", text)
        assert found == 1, name
    config.write_text(text, encoding="utf-8")
    return folder


def run(folder, *words):
    """Run nbgrader as a teacher does, in the class's folder and without a network."""
    away = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "all_proxy")}
    kept = {name: value for name, value in os.environ.items() if name not in GRADING}
    return subprocess.run(
        [classroom.nbgrader(), *words], cwd=folder, env=kept | away, capture_output=True, text=True
    )


def scores(folder, stem):
    """Return learner → task → points, by the gradebook; without those who were not graded."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for submission in book.assignment_submissions(stem):
            name = submission.student.id
            if (folder / "autograded" / name / stem).is_dir():
                (notebook,) = submission.notebooks
                grades = {grade.name: grade.score for grade in notebook.grades}
                found[name] = {k.removesuffix("-check"): v for k, v in grades.items()}
    return found


def feedback(folder, stem, learner):
    """Return the words of a learner's feedback, in one line."""
    page = (folder / "feedback" / learner / stem / f"{stem}.html").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


def hints(check):
    """Return patterns for the hints of a check: texts that are yielded beside a condition."""
    tree = ast.parse(check)
    named = {node.targets[0].id: node.value for node in ast.walk(tree)
             if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}  # fmt: skip
    pairs = [node.value for node in ast.walk(tree) if isinstance(node, ast.Yield)]
    texts = [named[x.id] if isinstance(x := pair.elts[1], ast.Name) else x for pair in pairs]
    parts = [[text] if isinstance(text, ast.Constant) else text.values for text in texts]
    return [
        "".join(re.escape(p.value) if isinstance(p, ast.Constant) else ".*?" for p in each)
        for each in parts
    ]


def needed(cells):
    """Return task → names of earlier tasks whose function its own solution calls."""
    defined, found = {}, {}
    for name, (cell, _) in cells.items():
        tree = ast.parse(cell.source)
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        own = {node.id for node in names if isinstance(node.ctx, ast.Store)}  # a variable's name
        used = {node.id for node in names} - own
        found[name] = {task for task, functions in defined.items() if functions & used}
        defined[name] = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return found


NUMBERS = {
    "double": """def conditions():
    yield double(3) == 6, "Twice three is six."
    yield double(0) == 0, "Twice nothing is nothing."
    yield double(-1) == -2, "It may be negative."


tlcourse.check("double", conditions)""",
    "halve": """def conditions():
    yield halve(4) == 2, "Half of four is two."
    yield halve(3) == 1.5, "Half of three has a fraction."


tlcourse.check("halve", conditions)""",
}


@pytest.fixture
def numbers(tmp_path, monkeypatch):
    """Take a small exercise for the course's: it imports no TensorFlow, so its kernel is quick."""
    solution = toy()
    for (_, check), source in zip(exercises.tasks(solution), NUMBERS.values(), strict=True):
        solution.cells[check].source = source
    monkeypatch.setattr(classroom, "SOLUTIONS", tmp_path / "solutions")
    classroom.SOLUTIONS.mkdir()
    for stem in ("98_others", "99_numbers"):
        write(classroom.SOLUTIONS / f"{stem}.ipynb", solution)
    return "99_numbers"


def test_points_of_a_small_exercise(numbers, tmp_path):
    grade(numbers, tmp_path / "class", learners(list(NUMBERS)))


@pytest.mark.parametrize("stem", GRADED)
def test_points_are_given_and_taken_task_by_task_and_feedback_says_why(stem, tmp_path):
    asked = learners(list(solution_cells(stem)))
    if GRADED is LIGHT:  # a minute is enough here
        asked = {learner: asked[learner] for learner in ("all", "general", "mutants-odd")}
    grade(stem, tmp_path / "class", asked)


def grade(stem, folder, asked):
    """Grade what learners answered, as a teacher does; hold points and feedback against it."""
    made(folder, stem)
    cells, worth = (
        solution_cells(stem),
        classroom.points(read(classroom.SOLUTIONS / f"{stem}.ipynb")),
    )
    for learner, kinds in asked.items():
        answers = {task: answer(cells[task][0], kind) for task, kind in kinds.items() if kind}
        submit(folder, stem, learner, answers)
    for words in (["autograde", stem], ["generate_feedback", stem], ["export"]):
        done = run(folder, *words)
        assert done.returncode == 0, done.stderr[-3000:]

    found, before = scores(folder, stem), needed(cells)
    print(stem, found)
    totals = {row["student_id"]: float(row["score"]) for row in csv.DictReader(
        (folder / "grades.csv").open(encoding="utf-8"))}  # fmt: skip
    for learner, kinds in asked.items():
        wrong = {task for task, kind in kinds.items() if kind != "solved"}
        if learner != "untouched":  # what builds on a function that is not there is lost with it
            wrong |= {t for t in cells if before[t] & {w for w in wrong if kinds[w] != "mutant"}}
        expected = {task: 0 if task in wrong else points for task, points in worth.items()}
        assert found[learner] == expected, learner
        assert totals[learner] == sum(expected.values())
        tell_why(feedback(folder, stem, learner), kinds, wrong, cells)


def tell_why(text, kinds, wrong, cells):
    """Hold the words of a feedback against what was answered."""
    for task, (_, check) in cells.items():
        if task not in wrong:
            assert f"✓ {task}: solved" in text, task
        elif kinds[task] is None:
            assert f"AssertionError: {task}: nothing written yet" in text
        elif kinds[task] == "mutant":
            known = "|".join(hints(check.source))
            assert re.search(rf"→ {task}: (?:{known}|\w+Error)", text), task
        else:
            assert re.search(rf"AssertionError: {task}: \S", text), task


STUCK = {
    "a-loop": "while True:\n        pass",
    "b-deaf": "while True:\n        try:\n            while True:\n                pass\n"
    "        except BaseException:\n            continue",
    "c-hog": "kept = []\n    while True:\n        kept.append(bytearray(2**28))",
    "d-exit": "import os\n    os._exit(0)",
}


def test_what_does_not_end_is_ended_and_the_next_submission_is_graded(numbers, tmp_path):
    cells = solution_cells(numbers)
    folder = made(tmp_path / "class", numbers, cell_seconds=8, memory_gib=1, telling_seconds=4)
    solved = {task: answer(cell, "solved") for task, (cell, _) in cells.items()}
    stub = exercises.unsolved(cells["double"][0].source)
    for learner, code in STUCK.items():
        wrong = {"double": stub.replace(exercises.STUB[1], code)}
        submit(folder, numbers, learner, solved | wrong)
    submit(folder, numbers, "e-next", solved)
    done = run(folder, "autograde", numbers)
    found = scores(folder, numbers)
    assert found.get("e-next") == {"double": 1, "halve": 1}, done.stderr[-3000:]
    for learner in ("a-loop", "c-hog"):  # the other task keeps its points
        assert found.get(learner) == {"double": 0, "halve": 1}, done.stderr[-3000:]
    assert set(found) == {"a-loop", "c-hog", "e-next"}
    for learner in ("b-deaf", "d-exit"):  # not graded, and named
        assert f"'{numbers}' for student '{learner}'" in done.stderr
    assert done.returncode != 0


CHEATS = {
    "a-check": "tlcourse.check = lambda *words: None",
    "b-told": "import os\nos.environ.pop('NBGRADER_EXECUTION', None)",
    "c-name": "class tlcourse:\n    check = staticmethod(print)",
}


def test_replacing_the_check_gives_no_points(numbers, tmp_path):
    folder = made(tmp_path / "class", numbers)
    stub = exercises.unsolved(solution_cells(numbers)["double"][0].source)
    for learner, code in CHEATS.items():
        submit(folder, numbers, learner, {"double": f"{stub}\n{code}"})
    done = run(folder, "autograde", numbers)
    assert done.returncode == 0, done.stderr[-3000:]
    totals = {name: sum(points.values()) for name, points in scores(folder, numbers).items()}
    assert totals == dict.fromkeys(CHEATS, 0)


@pytest.mark.parametrize("stem", STEMS)
def test_an_assignment_hides_conditions_and_its_marks_are_nbgraders(stem):
    solution = read(exercises.SOLUTIONS / f"{stem}.ipynb")
    source = classroom.assignment(solution, stem)
    nbformat.validate(source)
    for cell in source.cells:
        mark = cell.metadata.get("nbgrader", {})
        assert set(cell.metadata) <= {"nbgrader"}
        assert cell.cell_type != "code" or {"grade", "grade_id", "locked", "solution"} <= set(mark)
        assert "](../" not in cell.source
        if mark.get("grade"):
            assert (mark["locked"], mark["points"] > 0) == (True, True)
            parts = cell.source.split(classroom.BEGIN)
            assert (len(parts), cell.source.count(classroom.END)) == (3, 2)
            assert "yield" in parts[2].split(classroom.END)[0]
            seen = [part.split(classroom.END)[-1] for part in parts]
            left = "".join(seen)
            assert "yield" in left
            assert "tlcourse.check(" in left
            compile(left, stem, "exec"), compile(cell.source, stem, "exec")
    assert "solutions/" not in source.cells[0].source
    assert [cell.source for cell in source.cells if "BEGIN SOLUTION" in cell.source] == [
        cell.source for cell in solution.cells if "BEGIN SOLUTION" in cell.source
    ]


CONDITIONS = """def conditions():
    yield one, "1"
    yield two, "2"
    # about three
    three = two
    yield three, "3"


tlcourse.check("count", conditions)"""


def test_the_last_third_is_hidden_with_what_it_needs():
    shown = classroom.with_hidden_tests(CONDITIONS).removeprefix(classroom.FRESH)
    lines = shown.splitlines()
    assert lines[3] == "    ### BEGIN HIDDEN TESTS"
    assert lines[4:7] == CONDITIONS.splitlines()[3:6]
    assert lines[7] == "    ### END HIDDEN TESTS"


@pytest.mark.parametrize(
    "code",
    ['tlcourse.check("one", lambda: [(True, "1")])', 'def conditions():\n    yield one, "1"'],
)
def test_a_single_condition_stays_in_sight(code):
    assert classroom.with_hidden_tests(code) == classroom.FRESH + code


def test_a_class_is_made_once_and_only_what_is_missing_is_added(numbers, tmp_path, capsys):
    folder = made(tmp_path / "class", numbers)
    kept = [folder / "source" / numbers / f"{numbers}.ipynb", folder / "README.md"]
    for path in [*kept, folder / "nbgrader_config.py"]:
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*.*") if path.suffix != ".db"}
    classroom.main(str(folder), numbers)
    assert "0 assignments are new" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in before} == before
    classroom.main(str(folder), "")
    assert (folder / "release" / "98_others" / "98_others.ipynb").is_file()
    assert {path: path.read_bytes() for path in before} == before


def test_nothing_that_is_handed_out_holds_a_solution_or_a_hidden_test(numbers, tmp_path):
    folder = made(tmp_path / "class", numbers)
    handed = (folder / "release" / numbers / f"{numbers}.ipynb").read_text(encoding="utf-8")
    for words in ("SOLUTION", "HIDDEN", "importlib", "mutant", "2 * number", "may be negative"):
        assert words not in handed
    assert "write me" in handed


def test_the_teachers_readme_names_points_and_files_that_are_there(tmp_path):
    classroom.settings(tmp_path)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not re.search(r"\{\w+\}", text)
    for stem in STEMS:
        worth = classroom.points(read(exercises.SOLUTIONS / f"{stem}.ipynb"))
        assert re.search(rf"^\| {stem} \| .* \| {sum(worth.values())} \|$", text, re.M)
    assert all(Path(target).is_file() for target in re.findall(r"\]\((/[^)]+)\)", text))


def test_each_refusal_says_what_to_do(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    assert "make class DIR=" in classroom.refusal("", "")
    assert "is a file" in classroom.refusal(str(tmp_path / "mine.txt"), "")
    assert "something else" in classroom.refusal(str(tmp_path), "")
    assert "No exercise begins with '77'" in classroom.refusal(str(tmp_path / "new"), "77")
    assert classroom.refusal(str(tmp_path / "new"), "") is None


def test_a_wrong_limit_ends_the_kernel():
    code = (classroom.KIT / "limits.py").read_text(encoding="utf-8")
    environment = dict(os.environ, TLCOURSE_CLASS_LIMITS="not json")
    done = subprocess.run([sys.executable, "-c", code + "\nprint('went on')"], env=environment,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 1
    assert "went on" not in done.stdout
