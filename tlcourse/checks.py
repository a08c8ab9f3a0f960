"""Checks of exercises: they hint while you write, and give or refuse points under nbgrader."""

import os
from collections.abc import Callable, Iterable

NOTHING_YET = "nothing written yet: replace the line with raise NotImplementedError."


def check(task: str, conditions: Callable[[], Iterable] | Iterable) -> None:
    """Print `✓ task: solved`, or `→ task: hint` for the first condition that does not hold.

    Parameters
    ----------
    task : the task's name, as `"freeze"`.
    conditions : pairs (condition, hint), or a function without arguments that returns or yields
        them. What goes wrong in that function is told as a hint too; one that yields is stopped at
        the first condition that does not hold, so that later ones may build on earlier ones.

    Raises AssertionError with the hint where points are given: when nbgrader executes the notebook
    (https://nbgrader.readthedocs.io) or `TLCOURSE_GRADE` is 1. Otherwise it raises nothing.
    """
    hint = _first_hint(conditions)
    print(f"✓ {task}: solved" if hint is None else f"→ {task}: {hint}")
    if hint is not None and _points_are_given():
        raise AssertionError(f"{task}: {hint}")


def _first_hint(conditions) -> str | None:
    try:
        for condition, hint in conditions() if callable(conditions) else conditions:
            if not condition:
                return hint
    except NotImplementedError:
        return NOTHING_YET
    except NameError as error:
        return f"{_words(error)}: run the cells above, from the first one."
    except Exception as error:
        return f"{_words(error)} (call your function in a new cell to see where)."
    return None


def _words(error: Exception) -> str:
    """Return an error's kind and the first line of its message, without a full stop."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join([type(error).__name__, *lines[:1]]).rstrip(".:")


def _points_are_given() -> bool:
    """nbgrader sets NBGRADER_EXECUTION to `autograde` or `validate` while it runs a notebook."""
    return bool(os.environ.get("NBGRADER_EXECUTION")) or os.environ.get("TLCOURSE_GRADE") == "1"
