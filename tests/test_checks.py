"""Checks hint in one sentence, never stop a learner, and refuse points where points are given."""

import numpy as np
import pytest

import tlcourse
from tlcourse import checks


@pytest.fixture(autouse=True)
def a_learner(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("TLCOURSE_GRADE", raising=False)


def said(capsys, conditions):
    given = tlcourse.check("freeze", conditions)
    assert given is None  # a number would count as part of a point for nbgrader
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "conditions",
    [[(True, "no")], lambda: [(np.True_, "no"), (1, "no")], lambda: iter([(True, "no")])],
)
def test_what_holds_is_solved(conditions, capsys):
    assert said(capsys, conditions) == "✓ freeze: solved\n"


def test_the_first_condition_that_does_not_hold_gives_its_hint(capsys):
    pairs = [(True, "no"), (np.False_, "The base is open."), (False, "Later.")]
    assert said(capsys, pairs) == "→ freeze: The base is open.\n"
    assert said(capsys, lambda: pairs) == "→ freeze: The base is open.\n"


def test_a_function_that_yields_is_stopped_there(capsys):
    def conditions():
        yield False, "Return a model."
        raise ValueError("never reached")

    assert said(capsys, conditions) == "→ freeze: Return a model.\n"


def test_an_unwritten_function_is_told(capsys):
    def freeze():
        raise NotImplementedError("write me")

    assert said(capsys, lambda: [(freeze(), "no")]) == f"→ freeze: {checks.NOTHING_YET}\n"


def test_a_missing_name_sends_back_to_the_cells_above(capsys):
    words = said(capsys, lambda: [(unfrozen, "no")])  # noqa: F821
    assert "name 'unfrozen' is not defined: run the cells above" in words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("\nShapes differ.\nAs…"), "→ freeze: ValueError: Shapes differ (call"),
        (AttributeError(), "→ freeze: AttributeError (call"),
        (AssertionError("no"), "→ freeze: AssertionError: no (call"),
    ],
)
def test_other_errors_become_one_line(error, words, capsys):
    def conditions():
        raise error

    line = said(capsys, conditions)
    assert line.startswith(words)
    assert line.count("\n") == 1


@pytest.mark.parametrize("broken", [[True], [(np.array([True, False]), "no")], None])
def test_a_broken_check_is_no_solution(broken, capsys):
    assert said(capsys, broken).startswith("→ freeze: ")


@pytest.mark.parametrize(
    "setting",
    ["TLCOURSE_GRADE=1", "NBGRADER_EXECUTION=autograde", "NBGRADER_EXECUTION=validate"],
)
def test_where_points_are_given_a_failed_check_raises(setting, monkeypatch, capsys):
    monkeypatch.setenv(*setting.split("="))
    with pytest.raises(AssertionError, match=r"freeze: The base is open\."):
        tlcourse.check("freeze", [(False, "The base is open.")])
    assert said(capsys, [(True, "no")]).endswith("✓ freeze: solved\n")
