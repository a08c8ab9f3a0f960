"""`%%needs` skips a cell by name, or lets it run as it stands."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tlcourse import needs

CELL = "%%needs labelled: the cat's classes\nx = 1\nx + 1\n"


@pytest.fixture
def missing(monkeypatch):
    monkeypatch.setitem(needs.REQUIREMENTS, "labelled", lambda: "It needs weights.")


@pytest.fixture
def there(monkeypatch):
    monkeypatch.setitem(needs.REQUIREMENTS, "labelled", lambda: None)


def test_a_skipped_cell_prints_its_name_and_runs_nothing(missing):
    (line,) = needs.transform(CELL.splitlines(keepends=True))
    assert line == 'print("Skipped: the cat\'s classes. It needs weights.")\n'


def test_a_cell_whose_need_is_met_runs_as_it_stands(there):
    assert needs.transform(CELL.splitlines(keepends=True)) == ["x = 1\n", "x + 1\n"]
    assert needs.skip_reason(CELL) is None


@pytest.mark.parametrize("source", ["", "\n", "x = 1", "# %%needs labelled: no"])
def test_other_cells_are_left_alone(source, missing):
    lines = source.splitlines(keepends=True)
    assert needs.transform(lines) == lines
    assert needs.skip_reason(source) is None


def test_an_unknown_need_is_an_error():
    with pytest.raises(ValueError, match="knows labelled, not 'label'"):
        needs.skip_reason("%%needs label: a slip\n1")


def test_labelled_photographs_are_no_use_without_weights(monkeypatch):
    monkeypatch.setattr(needs.weights, "missing", lambda: "It needs weights.")
    assert needs.REQUIREMENTS["labelled"]() == "It needs weights."


def test_ipython_runs_or_skips(monkeypatch, capsys):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    needs.install()
    needs.install()
    assert shell.input_transformers_cleanup.count(needs.transform) == 1
    monkeypatch.setitem(needs.REQUIREMENTS, "labelled", lambda: "It needs weights.")
    assert shell.run_cell(CELL).success
    assert "Skipped: the cat's classes. It needs weights." in capsys.readouterr().out
    assert "x" not in shell.user_ns
    monkeypatch.setitem(needs.REQUIREMENTS, "labelled", lambda: None)
    assert shell.run_cell(CELL).result == 2
