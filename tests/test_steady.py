"""`make steady`: what stands in its record, and when it ends."""

import sys
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import steady  # noqa: E402


def line(failed=""):
    return dict.fromkeys(steady.FIELDS, "1") | {"failed": failed}


@pytest.fixture
def record(tmp_path, monkeypatch):
    """A record of its own, and processes that only seem busy; returns the record's path."""
    monkeypatch.setattr(steady, "RECORD", tmp_path / "steady.csv")
    monkeypatch.setattr(steady, "spin", int)
    return tmp_path / "steady.csv"


def test_it_goes_on_until_so_many_in_a_row_have_passed(record, monkeypatch):
    monkeypatch.setattr(steady, "one_run", line)
    steady.main(runs=2)
    assert steady.lines() == [line(), line()]
    steady.main(runs=3)
    assert len(steady.lines()) == 3


def test_a_failure_ends_it_and_the_count_begins_anew(record, monkeypatch):
    outcomes = iter([line(), line("05_x.ipynb:Cell 3"), line(), line()])
    monkeypatch.setattr(steady, "one_run", lambda: next(outcomes))
    with pytest.raises((SystemExit, typer.Exit)):
        steady.main(runs=2)
    assert steady.in_a_row(steady.lines()) == 0
    steady.main(runs=2)
    assert [each["failed"] for each in steady.lines()] == ["", "05_x.ipynb:Cell 3", "", ""]


@pytest.mark.parametrize("status", [2, 3, -9])
def test_a_run_that_was_stopped_is_not_written_down(record, monkeypatch, status):
    """Interrupted pytest leaves a report of the cells that had passed."""

    def run(command, **_):
        report = next(word for word in command if word.startswith("--junitxml="))
        Path(report.partition("=")[2]).write_text("<testsuites/>", encoding="utf-8")
        return steady.subprocess.CompletedProcess(command, status)

    monkeypatch.setattr(steady.subprocess, "run", run)
    with pytest.raises((SystemExit, typer.Exit)):
        steady.main(runs=1)
    assert not record.exists()


def test_a_busy_process_ends_with_its_parent():
    steady.spin(parent=-1)  # nobody's child: returns at once


def test_a_cell_that_fails_is_named(record, monkeypatch):
    def run(command, **_):
        if "--nbval" in command:
            report = next(word for word in command if word.startswith("--junitxml="))
            Path(report.partition("=")[2]).write_text(
                '<testsuites><testsuite><testcase classname="notebooks/05_x.ipynb" name="Cell 1"/>'
                '<testcase classname="notebooks/05_x.ipynb" name="Cell 3"><failure/></testcase>'
                "</testsuite></testsuites>",
                encoding="utf-8",
            )
        return steady.subprocess.CompletedProcess(command, 1, stdout="abc\n")

    monkeypatch.setattr(steady.subprocess, "run", run)
    found = steady.one_run()
    assert (found["passed"], found["failed"], found["commit"]) == (
        "1",
        "notebooks/05_x.ipynb:Cell 3",
        "abc",
    )
