"""The learner's copies: emptied, refreshed while untouched, never written over, linked."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tlcourse import cli, copies, weights

ROOT = Path(__file__).parents[1]


def notebook(source, *, output="42"):
    """Return a notebook of one cell, in the form that the course's tools write."""
    shown = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    cell = {"cell_type": "code", "id": "00-a", "metadata": {"tags": ["x"]}, "source": source}
    cell |= {"outputs": shown, "execution_count": 1}
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def put(path, *arguments, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*arguments, **options)), encoding="utf-8")


def source(path):
    return "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])


@pytest.fixture
def course(tmp_path):
    """Return a small course's notebooks and the place of its copies."""
    folder = tmp_path / "course" / "notebooks"
    for name in ("00_start_here", "exercises/00_start_here", "studies/04_a", "claims"):
        put(folder / f"{name}.ipynb", "first")
    return folder, tmp_path / "course" / "my_course"


def test_lessons_and_exercises_lose_their_outputs_and_keep_their_cells(course):
    notebooks, mine = course
    assert copies.refresh(notebooks, mine) == {}
    for name in ("00_start_here.ipynb", "exercises/00_start_here.ipynb"):
        (cell,) = json.loads((mine / name).read_text(encoding="utf-8"))["cells"]
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
        assert (cell["id"], cell["metadata"], cell["source"]) == ("00-a", {"tags": ["x"]}, "first")
    for name in ("studies/04_a.ipynb", "claims.ipynb"):
        assert (mine / name).read_bytes() == (notebooks / name).read_bytes()


def test_untouched_copies_are_refreshed_and_left_alone_when_nothing_is_new(course):
    notebooks, mine = course
    copies.refresh(notebooks, mine)
    put(notebooks / "00_start_here.ipynb", "second")
    before = (mine / "claims.ipynb").stat().st_mtime_ns
    assert copies.refresh(notebooks, mine) == {}
    assert source(mine / "00_start_here.ipynb") == "second"
    assert (mine / "claims.ipynb").stat().st_mtime_ns == before
    assert not list(mine.rglob("*.part"))


def test_a_copy_that_was_only_opened_counts_as_untouched(course):
    notebooks, mine = course
    copies.refresh(notebooks, mine)
    for name in ("00_start_here.ipynb", "studies/04_a.ipynb"):
        opened = json.loads((mine / name).read_text(encoding="utf-8"))
        opened["metadata"]["kernelspec"] = {"name": "python3"}
        cell = opened["cells"][0]
        cell |= {"source": ["fir", "st"], "metadata": {"scrolled": True}}
        for output in cell["outputs"]:
            output["text"] = ["4", "2"]
        (mine / name).write_text(json.dumps(opened), encoding="utf-8")
        put(notebooks / name, "second")
    assert copies.refresh(notebooks, mine) == {}
    assert source(mine / "studies/04_a.ipynb") == source(mine / "00_start_here.ipynb") == "second"


@pytest.mark.parametrize("change", [{"source": "mine"}, {"source": "first", "output": "a run"}])
def test_what_a_learner_changed_stays_and_the_new_one_comes_beside_it_once(course, change):
    notebooks, mine = course
    copies.refresh(notebooks, mine)
    put(mine / "00_start_here.ipynb", **change)
    kept = (mine / "00_start_here.ipynb").read_bytes()
    assert copies.refresh(notebooks, mine) == {}  # nothing is new yet
    put(notebooks / "00_start_here.ipynb", "second")
    name, new = "00_start_here.ipynb", "00_start_here.new.ipynb"
    assert copies.refresh(notebooks, mine) == {name: new}
    assert (mine / name).read_bytes() == kept
    assert source(mine / new) == "second"
    (mine / new).unlink()  # not wanted
    assert copies.refresh(notebooks, mine) == {}
    assert not (mine / new).exists()


def test_the_new_one_is_itself_never_written_over(course):
    notebooks, mine = course
    copies.refresh(notebooks, mine)
    name = "00_start_here.ipynb"
    put(mine / name, "mine")
    put(notebooks / name, "second")
    copies.refresh(notebooks, mine)
    put(notebooks / name, "third")
    assert copies.refresh(notebooks, mine) == {name: "00_start_here.new.ipynb"}  # was untouched
    put(mine / "00_start_here.new.ipynb", "mine too")
    put(notebooks / name, "fourth")
    assert copies.refresh(notebooks, mine) == {name: "00_start_here.new2.ipynb"}
    found = [source(mine / f"00_start_here{end}.ipynb") for end in ("", ".new", ".new2")]
    assert found == ["mine", "mine too", "fourth"]
    (mine / "00_start_here.new2.ipynb").replace(mine / name)  # the learner takes the new one
    put(notebooks / name, "fifth")
    assert copies.refresh(notebooks, mine) == {}
    assert source(mine / name) == "fifth"


@pytest.mark.parametrize("damage", [b"", b"[1]", b'{"claims.ipynb": 1}', b"\xff", None])
def test_without_its_record_nothing_is_written_over(course, damage):
    notebooks, mine = course
    copies.refresh(notebooks, mine)
    put(mine / "00_start_here.ipynb", "mine")
    put(notebooks / "00_start_here.ipynb", "second")
    record = mine / copies.RECORD
    record.unlink() if damage is None else record.write_bytes(damage)
    assert list(copies.refresh(notebooks, mine)) == ["00_start_here.ipynb"]
    assert source(mine / "00_start_here.ipynb") == "mine"


def test_a_damaged_or_deleted_copy(course):
    notebooks, mine = course
    copies.refresh(notebooks, mine)
    (mine / "claims.ipynb").write_bytes(b'{"cells": ["x"]}')
    (mine / "studies/04_a.ipynb").unlink()
    assert copies.refresh(notebooks, mine) == {}
    assert (mine / "claims.ipynb").read_bytes() == b'{"cells": ["x"]}'
    assert source(mine / "studies/04_a.ipynb") == "first"


def test_where_the_copies_belong(tmp_path, monkeypatch):
    monkeypatch.delenv("TLCOURSE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setattr(copies, "root", lambda: ROOT)
    assert copies.folder() == ROOT / "my_course"
    monkeypatch.setattr(copies.os, "access", lambda path, mode: False)  # a class shares it
    assert copies.folder() == tmp_path / "me" / "my_course"
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setattr(copies, "root", lambda: tmp_path)  # installed: no pyproject.toml there
    monkeypatch.delenv("TLCOURSE_HOME", raising=False)
    assert copies.folder() == tmp_path / "me" / "my_course"
    monkeypatch.setenv("TLCOURSE_HOME", "~/else")
    assert copies.folder() == tmp_path / "me" / "else"


LINK = re.compile(r"(?:\]\(|href=\\?[\"'])(?!https?:|#|mailto:)([^)\"'\\#?{\s]+\.ipynb)")


def test_every_link_between_the_courses_notebooks_leads_somewhere_in_the_copies(tmp_path):
    copies.refresh(ROOT / "notebooks", tmp_path)
    dead = [
        f"{path.relative_to(tmp_path)} → {target}"
        for path in sorted(tmp_path.rglob("*.ipynb"))
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).is_file()
    ]
    assert dead == []


@pytest.fixture
def command(course, monkeypatch):
    """Run `tlcourse …` in the small course; return what it does."""
    notebooks, _ = course
    (notebooks.parent / "pyproject.toml").touch()
    (notebooks.parent / "tlcourse").mkdir()
    monkeypatch.chdir(notebooks.parent)
    monkeypatch.delenv("TLCOURSE_HOME", raising=False)
    return lambda *words: CliRunner().invoke(cli.app, words)


def test_the_command_says_in_one_sentence_what_is_new(command, course):
    notebooks, mine = course
    result = command("copy")
    assert (result.exit_code, result.output) == (
        0, "Your copies of the lessons are in my_course; work there.\n",
    )  # fmt: skip
    put(mine / "00_start_here.ipynb", "mine")
    put(notebooks / "00_start_here.ipynb", "second")
    assert command("copy").output.splitlines()[1:] == [
        "New since your copy, which stays as you left it: "
        "00_start_here.ipynb (the new one is 00_start_here.new.ipynb)."
    ]


def test_a_place_that_cannot_be_written_is_told(command, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TLCOURSE_HOME", str(tmp_path / "file" / "my_course"))
    result = command("copy")
    assert result.exit_code == 1
    assert "cannot be written" in result.output
    assert "TLCOURSE_HOME=" in result.output


def test_the_lab_opens_on_the_copies_and_passes_options_on(command, course, monkeypatch):
    from jupyterlab.labapp import LabApp

    def missing():
        raise weights.WeightsError("No network.")

    begun = []
    monkeypatch.setattr(weights, "fetch", missing)
    monkeypatch.setattr(LabApp, "launch_instance", lambda options: begun.extend(options))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    result = command("lab", "--no-browser", "--ServerApp.port=0")
    assert result.exit_code == 0, result.output
    assert "ImageNet's weights were not fetched (No network.)" in result.output
    assert begun[-2:] == ["--no-browser", "--ServerApp.port=0"]
    assert f"--ServerApp.root_dir={course[1].parent}" in begun
    assert "--LabApp.default_url=/lab/tree/my_course/00_start_here.ipynb" in begun
    assert (course[1] / "00_start_here.ipynb").is_file()


def test_a_shared_course_stays_as_it_is(course, monkeypatch, tmp_path):
    notebooks, _ = course
    monkeypatch.setenv("TLCOURSE_HOME", str(tmp_path / "home" / "my_course"))
    before = sorted(str(path) for path in notebooks.parent.rglob("*"))
    shutil.copytree(notebooks, tmp_path / "as_it_was")
    copies.refresh(notebooks, copies.folder())
    assert sorted(str(path) for path in notebooks.parent.rglob("*")) == before
    for path in notebooks.rglob("*.ipynb"):
        same = tmp_path / "as_it_was" / path.relative_to(notebooks)
        assert path.read_bytes() == same.read_bytes()
