"""`make test-all` and `make canary`: what they ask for, and what they say."""

import importlib.metadata
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
import typer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import canary  # noqa: E402
import matrix  # noqa: E402

import notebooks as pages  # noqa: E402


def test_this_python_is_found():
    found = matrix.interpreters()
    assert list(found) == ["3.11", "3.12", "3.13"]
    assert found[f"{sys.version_info.major}.{sys.version_info.minor}"]


def test_each_part_is_run_with_one_worker_and_with_two(monkeypatch):
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)
    names = [name for _, name, *_ in matrix.runs()]
    assert names[:3] == ["lock and house", "tests, 1 at once", "tests, 2 at once"]
    assert [re.sub(r"lessons, | at once", "", name) for name in names[3:]] == [
        "imagenet, 1", "imagenet, 2", "offline, 1", "offline, 2",
        "photographs, 1", "photographs, 2",
    ]  # fmt: skip
    skipped = [name for _, name, _, _, why_not in matrix.runs() if why_not]
    assert skipped == ["lessons, photographs, 1 at once", "lessons, photographs, 2 at once"]


def pretend(monkeypatch, folder, ends=0):
    """Let no run be real; return the words of each pytest that was asked for."""
    asked = []

    def run(command, **options):
        if "stdout" in options:
            asked.append(command[4:])
            options["stdout"].write(b"...\n3 passed, 1 skipped in 2 s\n")
        return SimpleNamespace(returncode=ends if "pytest" in command else 0)

    monkeypatch.setattr(matrix, "BUILD", folder)
    monkeypatch.setattr(matrix, "ROOT", folder)
    monkeypatch.setattr(matrix, "version", lambda: "a commit")
    monkeypatch.setattr(matrix, "interpreters", lambda: {"3.11": "a", "3.12": None, "3.13": None})
    monkeypatch.setattr(matrix.subprocess, "run", run)
    return asked


def run_all(**chosen):
    words = {"parts": "style", "pythons": "3.11 3.12", "profiles": "offline", "workers": "2"}
    with pytest.raises(typer.Exit) as ended:
        matrix.main(**words | chosen)
    return ended.value.exit_code


@pytest.mark.parametrize("ends", [0, 1])
def test_one_table_tells_how_each_ended(monkeypatch, tmp_path, capsys, ends):
    pretend(monkeypatch, tmp_path, ends)
    assert run_all() == ends
    mark = "✗" if ends else "✓"
    assert capsys.readouterr().out.splitlines()[2] == (
        f"| lock and house | {mark} 3 passed, 1 skipped (0 min) | not here | not run |"
    )


def test_a_part_alone_is_run_and_the_rest_goes_on_where_it_stopped(monkeypatch, tmp_path):
    asked = pretend(monkeypatch, tmp_path)
    assert run_all(parts="tests") == 0
    assert asked == [["-n", "2", "tests"]]
    assert run_all(parts="tests", workers="1 2") == 0
    assert asked[1:] == [["-n", "1", "tests"]]
    monkeypatch.setattr(matrix, "version", lambda: "another commit")
    assert run_all(parts="tests") == 0
    assert len(asked) == 3


def test_of_files_that_differ_from_their_commit_nothing_is_kept(monkeypatch, tmp_path):
    asked = pretend(monkeypatch, tmp_path)
    monkeypatch.setattr(matrix, "version", lambda: "a commit-dirty")
    assert run_all() == run_all() == 0
    assert len(asked) == 2


def test_what_failed_is_run_again(monkeypatch, tmp_path):
    pretend(monkeypatch, tmp_path, ends=1)
    assert run_all() == 1
    asked = pretend(monkeypatch, tmp_path)
    assert run_all() == 0
    assert len(asked) == 1


def test_the_canary_asks_for_no_upper_bound_but_that_of_setuptools():
    asked = canary.wanted()
    assert "jupyterlab>=4.4" in asked
    assert "tensorflow>=2.21" in asked
    assert [each for each in asked if "<" in each] == ["setuptools>=77,<82"]


def test_the_canary_asks_for_what_is_pinned():
    asked = canary.wanted("tensorflow==2.20.* tf-keras==2.20.*")
    assert {"tensorflow==2.20.*", "tf-keras==2.20.*", "jupyterlab>=4.4"} <= set(asked)
    assert len(asked) == len(canary.wanted())


def test_the_canary_compares_with_the_lock_of_this_python():
    known = canary.locked()
    assert set(known) == set(canary.WATCHED)
    assert known["numpy"] == importlib.metadata.version("numpy")


def test_the_canary_bounds_above_or_below():
    assert canary.bound("keras", "3.15.1", "3.20.0") == "keras<3.20.0"
    assert canary.bound("keras", "3.15.1", "3.9.0") == "keras>=3.15.1"


def test_the_canarys_page_names_lesson_cell_and_bound(tmp_path):
    path = pages.pages()[1]
    suite = ElementTree.Element("testsuite")
    for number, words in ((0, None), (1, "Cell execution caused an exception\n\nNo")):
        case = ElementTree.SubElement(suite, "testcase", name=f"Cell {number}")
        if words:
            ElementTree.SubElement(case, "failure").text = words
    ElementTree.ElementTree(suite).write(tmp_path / "report.xml")
    said = canary.first_difference(tmp_path / "report.xml", path)
    second = [cell.id for cell in pages.read(path).cells if cell.cell_type == "code"][1]
    assert said == f"{second}: Cell execution caused an exception / No"
    assert canary.first_difference(tmp_path / "none.xml", path) == "it did not run"
    text = canary.page({"keras": "4.0", "numpy": "2"}, {"keras": "3.15", "numpy": "2"},
                       {"01_prebuilt_models": said}, 2)  # fmt: skip
    assert "1 of 2 notebooks hold." in text
    assert f"- **01_prebuilt_models** breaks. {second}: " in text
    assert text.endswith("Bounds that hold, one of them or more: `keras<4.0`.\n")
    whole = canary.page({"keras": "3.15"}, {"keras": "3.15"}, {}, 2)
    assert "2 of 2 notebooks hold.\n\nNo bound is needed" in whole


def test_the_canary_knows_what_the_lock_names():
    assert canary.locked().keys() == set(canary.WATCHED)
