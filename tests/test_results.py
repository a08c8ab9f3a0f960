"""Stored runs: made by the code on the page, whole, resumable, and read in one line."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from tlcourse import trials

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import fingerprints  # noqa: E402
import results as tools  # noqa: E402

import notebooks  # noqa: E402

STUDIES = tools.chosen("")
SOURCE = """
import numpy as np

FACTOR = 2


def double(value):
    return FACTOR * value


def measure(arm, seed):
    with open(f"made_{arm}_{seed}", "x"):  # a run that is made twice fails
        return {"accuracy": double(seed)}


EXPERIMENTS = {"only": (measure, [{"arm": a, "seed": s} for a in ("one", "two") for s in range(3)])}
"""


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_what_is_stored_was_made_by_the_code_on_the_page(path):
    kept, plan = tools.stored(path), tools.wanted(path)
    assert list(kept) == list(plan), f"run `make results NB={path.stem[:2]}`"
    for name, (made_by, heads) in plan.items():
        assert kept[name]["recipe"] == made_by, f"{name}: run `make results`"
        made = [tools.head(run) for run in kept[name]["runs"]]
        assert len(made) == len(heads)
        assert all(each in made for each in heads), f"{name}: run `make results`"


def test_recipes_stand_in_studies_alone():
    """The runs' file has a study's name without its folder: a lesson may have the same."""
    others = [path for path in notebooks.pages() if path not in STUDIES]
    assert [path.stem for path in others if tools.recipe(path)] == []


def test_nb_without_a_study_is_told_which_there_are():
    command = [sys.executable, str(ROOT / "tools" / "results.py"), "99"]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 1
    assert said.stderr.startswith("No study with a recipe begins with '99'; there are: 04_new")
    meant = [path.stem for path in tools.chosen("studies/06")]
    assert meant == [path.stem for path in tools.chosen("06")] == ["06_distinct_domains"]


def test_a_run_names_the_weights_that_it_uses():
    source = 'base = models.pretrained("general")\nx = "fruit"'
    assert set(tools.weights_of({"seed": 0}, source)) == {"general"}
    assert set(tools.weights_of({"arm": "general"}, "")) == {"general"}
    assert tools.weights_of({"arm": "scratch"}, "") == {}


def notebook(folder, source=SOURCE):
    cell = nbformat.v4.new_code_cell(source.strip(), metadata={"tags": ["recipe"]})
    path = folder / "notebooks" / "studies" / "98_test.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nbformat.v4.new_notebook(cells=[cell])), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "new"),
    [
        (("FACTOR = 2", "FACTOR = 3"), True),  # what it uses, two steps away
        (("return FACTOR", "return 1 + FACTOR"), True),
        (("# a run that is made twice fails", "# other words"), False),
        (("range(3)", "range(4)"), False),  # a larger grid only adds runs
    ],
)
def test_a_recipe_is_new_when_what_the_run_uses_has_changed(change, new):
    changed = tools.fingerprint(SOURCE.replace(*change), "measure")
    assert (changed != tools.fingerprint(SOURCE, "measure")) == new


ODD = """
def odd(a, /, b: int = 1, *c, d=None, **e) -> None:
    x = {**a, "k": None}, f"{a}" "b" f"{b!r:>{d}.2f}{b:{d}}", f"", u"kind", a[1:, ...]
    [lambda: (yield)]
    match x:
        case None | {"x": 1, **rest} | [1, *_]:
            return
        case _:
            pass
"""  # code whose `ast.dump` differs from version to version
ODD_HASH = "d22f7a25be710a30"  # of 3.11's `ast.dump`


def interpreters():
    """Return the commands of the Pythons on this machine that the course allows, one a version."""
    named = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13)]
    named += sorted(Path.home().glob(".pyenv/versions/3.1[123].*/bin/python"))
    ask = ["-I", "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
    found = {}
    for each in [sys.executable, *filter(None, named)]:
        answer = subprocess.run([each, *ask], capture_output=True, text=True).stdout.strip()
        found.setdefault(answer, str(each))
    return found


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_python_gives_the_stored_hashes(version):
    if version not in (there := interpreters()):
        pytest.skip(f"there is no Python {version} here")
    code = (
        "import ast, json, sys\nimport fingerprints as f\n"
        "print(json.dumps([[f.fingerprint(text, name) for name in f.definitions(text)]"
        " for text in json.load(sys.stdin)]))"
    )
    sources = json.dumps([ODD, *map(tools.recipe, STUDIES)])
    out = subprocess.run(
        [there[version], "-c", code], cwd=ROOT / "tools", input=sources,
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    odd, *hashes = json.loads(out)
    assert odd == [ODD_HASH]
    for path, computed in zip(STUDIES, hashes, strict=True):
        assert {entry["recipe"] for entry in tools.stored(path).values()} <= set(computed)


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="compares with 3.11's own text")
def test_the_text_that_is_hashed_is_that_of_ast_dump():
    for source in [ODD, SOURCE, *map(tools.recipe, STUDIES)]:
        for node in ast.parse(source).body:
            assert fingerprints.dump(node) == ast.dump(node)


def run(folder):
    """Make the runs of the test notebook in a process of its own, as `make results` does."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'tools')!r})\n"
        "from pathlib import Path\nimport results\n"
        f"folder = Path({str(folder)!r})\n"
        "results.STUDIES = folder / 'notebooks' / 'studies'\n"
        "results.RESULTS = folder / 'results'\n"
        "results.BUILD = folder / 'build'\n"
        "results.os.cpu_count = lambda: 1  # one worker: TensorFlow is loaded twice, not thrice\n"
        "if __name__ == '__main__':\n    results.main('98')\n"
    )
    (folder / "run.py").write_text(code, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "run.py"], cwd=folder, capture_output=True, text=True, timeout=300
    )


def test_a_stopped_run_goes_on_and_makes_nothing_twice(tmp_path):
    path = notebook(tmp_path)
    (tmp_path / "made_two_1").touch()  # the run two, 1 fails, as if the machine had gone down
    assert run(tmp_path).returncode != 0
    kept = json.loads((tmp_path / "results" / f"{path.stem}.json").read_text(encoding="utf-8"))
    before = kept["only"]["runs"]
    assert 0 < len(before) < 6
    for each in tmp_path.glob("made_*"):
        label = each.name.split("_")
        if {"arm": label[1], "seed": int(label[2])} not in [done["settings"] for done in before]:
            each.unlink()
    finished = run(tmp_path)
    assert finished.returncode == 0, finished.stderr
    kept = json.loads((tmp_path / "results" / f"{path.stem}.json").read_text(encoding="utf-8"))
    assert len(kept["only"]["runs"]) == 6
    assert [done for done in kept["only"]["runs"] if done in before] == before


def test_stored_runs_come_as_a_table(tmp_path, monkeypatch):
    monkeypatch.setattr(trials, "root", lambda: tmp_path)
    (tmp_path / "data" / "results").mkdir(parents=True)
    monkeypatch.setattr(tools, "RESULTS", tmp_path / "data" / "results")
    runs = [
        {
            "settings": {"arm": "a", "seed": s},
            "weights": {},
            "result": {"accuracy": s / 4},
            "seconds": 1.0,
        }
        for s in (2, 0, 1)
    ]
    tools.write(Path("98_test.ipynb"), {"only": {"recipe": "x", "runs": runs}})
    table = trials.stored("98_test", "only")
    assert list(table.accuracy) == [0, 0.25, 0.5]
    assert set(table.columns) == {"arm", "seed", "accuracy", "seconds"}
    with pytest.raises(FileNotFoundError, match="make results NB=98"):
        trials.stored("98_test", "other")


def test_the_next_interval_holds_further_runs_as_often_as_it_says():
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(2000):
        low, high = trials.next_interval(rng.normal(size=5), count=3, level=0.95)
        inside += low < rng.normal(size=3).mean() < high
    assert 0.93 < inside / 2000 < 0.97


def test_the_next_interval_needs_two_runs():
    with pytest.raises(ValueError, match="two"):
        trials.next_interval([0.5])
