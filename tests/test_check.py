"""`make check` tells points and hints without a grader, and one sentence for what is missing."""

import sys
from pathlib import Path

import pytest
import typer

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import check
import exercises
from test_exercises import toy

from notebooks import read, write
from tlcourse.checks import NOTHING_YET

NAME = "99_numbers.ipynb"


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Return the path of a learner's copy of a small exercise that imports no TensorFlow."""
    for name in ("solutions", "exercises", "home/exercises"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(check, "SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr(check, "EXERCISES", tmp_path / "exercises")
    monkeypatch.setenv("TLCOURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TLCOURSE_GRADE", "1")  # `check` takes it away again
    write(tmp_path / "solutions" / NAME, toy())
    made = exercises.exercise(toy(), "99_numbers")
    for path in (tmp_path / "exercises" / NAME, tmp_path / "home/exercises" / NAME):
        write(path, made)
    return tmp_path / "home/exercises" / NAME


def rewritten(path, **sources):
    """Give cells of a copy, by their nbgrader name with _ for -, another text; None removes one."""
    notebook = read(path)
    for name, source in sources.items():
        cell = check.marked(notebook)[name.replace("_", "-")]
        if source is None:
            notebook.cells.remove(cell)
        else:
            cell.source = source
    write(path, notebook)


def test_points_and_hints_of_a_copy_whose_check_was_changed(mine, capsys):
    rewritten(mine, double="def double(number):\n    return 2 * number", halve_check="print('✓')")
    check.main("99")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{NAME}, as it was saved last")
    assert lines[1:] == [
        "  ✓ double  1 of 1",
        "  → halve   0 of 1  nothing written yet: replace the line with raise NotImplementedError.",
        "1 of 2 points",
    ]


def test_each_way_in_which_a_task_ends_has_its_words(mine):
    rewritten(mine, double="def double(number):\n    return number", halve_check=None)
    told = check.results("99_numbers", mine)
    assert told[0] == ("double", 1, "No.")
    assert told[1][2].startswith("the cell of its check is missing")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("while True: pass", [check.SLOW, NOTHING_YET]),
        ("import os; os._exit(0)", [check.ENDED, check.ENDED]),
    ],
)
def test_a_cell_that_does_not_end_and_a_kernel_that_does_are_told(mine, monkeypatch, code, words):
    monkeypatch.setattr(check, "SECONDS", 5)
    rewritten(mine, double=f"def double(number):\n    {code}")
    assert [missing for _, _, missing in check.results("99_numbers", mine)] == words


def test_without_a_copy_the_courses_own_is_taken_and_that_is_said(mine, capsys):
    mine.unlink()
    check.main("99")
    said = capsys.readouterr().out
    assert "You have no copy yet" in said
    assert said.endswith("0 of 2 points\n")


def test_a_damaged_copy_is_told(mine, capsys):
    mine.write_text("{", encoding="utf-8")
    with pytest.raises(typer.Exit):
        check.main("99")
    assert f"{NAME} is damaged: take {NAME} again." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", "make check NB=00"), ("x", "There is no exercise 'x'"), ("0", "Name one.")],
)
def test_what_is_missing_is_said_in_one_sentence(prefix, words, capsys):
    with pytest.raises(typer.Exit):
        check.main(prefix)
    assert words in capsys.readouterr().err
