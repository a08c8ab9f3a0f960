"""Every declared mutant applies exactly once, and what it says of its lesson is so."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import mutants as tools  # noqa: E402

import notebooks as pages  # noqa: E402

TABLE = tools.declared()
ALL = [(number, mutant) for number, mutants in TABLE.items() for mutant in mutants]


@pytest.mark.parametrize(("number", "mutant"), ALL, ids=lambda x: x if isinstance(x, str) else "")
def test_each_mutant_applies_exactly_once(number, mutant):
    assert set(mutant) <= {"kind", "cell", "old", "new", "until", "only"}
    assert mutant["kind"] in tools.KINDS
    notebook = pages.read(tools.lesson(number))
    before = {cell.id: cell.source for cell in notebook.cells}
    changed = tools.change(notebook, number, mutant)
    assert [c.id for c in notebook.cells if c.source != before[c.id]] == [changed]
    tools.cut(notebook, number, mutant)
    kept = [cell.id for cell in notebook.cells]
    assert changed in kept
    if "only" in mutant:
        assert kept == tools.ids(number, mutant["only"])
    if "until" in mutant:
        assert kept[-1] == f"{number}-{mutant['until']}"


@pytest.mark.parametrize(("number", "mutant"), ALL, ids=lambda x: x if isinstance(x, str) else "")
def test_each_mutants_run_ends_with_something_that_is_compared(number, mutant):
    notebook = pages.read(tools.lesson(number))
    tools.cut(notebook, number, mutant)
    last = notebook.cells[-1]
    if mutant["kind"] == "words":
        (last,) = [c for c in notebook.cells if c.id == f"{number}-{mutant['cell']}"]
        said = str(last.outputs)
        assert mutant["old"].strip('"') in said
    assert "nbval-ignore-output" not in last.metadata.get("tags", [])
    assert last.outputs


def lessons():
    return [path for path in pages.pages() if pages.is_lesson(path)]


@pytest.mark.parametrize("path", lessons(), ids=pages.key)
def test_every_lesson_has_three_mutants_or_more(path):
    number = path.stem[:2]
    if number in ("00",):
        pytest.skip("the first lesson claims nothing that could be broken so")
    mutants = TABLE.get(number, [])
    assert len(mutants) >= 3
    assert len({mutant["kind"] for mutant in mutants}) >= 3


def test_a_mutant_that_does_not_apply_is_told():
    notebook = pages.read(tools.lesson("01"))
    slip = {"cell": "data", "old": "base.trainable = Fals", "new": ""}
    assert tools.change(notebook, "01", slip) == "01-data"
    with pytest.raises(ValueError, match="stands there 0 times"):
        tools.change(notebook, "01", slip)
