"""Stored runs: made by the code on the page, whole, resumable, and read in one line."""

import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest
import typer
from dask import sizeof
from distributed import LocalCluster
from typer.testing import CliRunner

from tlcourse import runtime, trials

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import fingerprints  # noqa: E402
import results as tools  # noqa: E402

import notebooks  # noqa: E402

STUDIES = tools.chosen("")
SOURCE = """
import os
from pathlib import Path

FACTOR = 2


def double(value):
    return FACTOR * value


def measure(arm, seed):
    with open(f"made_{arm}_{seed}", "x"):  # a run that is made twice fails
        pass
    if Path(f"death_{arm}_{seed}").exists():
        os.kill(os.getpid(), 9)
    if Path(f"gate_{arm}_{seed}").exists():  # a pipe: wait until somebody writes to it
        Path(f"gate_{arm}_{seed}").read_bytes()
    return {"accuracy": double(seed)}


EXPERIMENTS = {"only": (measure, [{"arm": a, "seed": s} for a in ("one", "two") for s in range(3)])}
"""
ALL = [(arm, seed) for arm in ("one", "two") for seed in range(3)]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_what_is_stored_was_made_by_the_code_on_the_page(path):
    kept, plan = tools.stored(path), tools.wanted(path, tools.recipe(path))
    assert list(kept) == list(plan), f"run `make studies NB={path.stem[:2]}`"
    for name, (made_by, heads) in plan.items():
        assert kept[name]["recipe"] == made_by, f"{name}: run `make studies`"
        made = [tools.head(run) for run in kept[name]["runs"]]
        assert len(made) == len(heads)
        assert all(each in made for each in heads), f"{name}: run `make studies`"


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


def test_dask_does_not_move_the_seeds_of_a_run(monkeypatch):
    """It samples what it sizes, beside a run: a seed once gave another network each time."""
    monkeypatch.setattr(sizeof, "random", random)
    kept = []
    for own in (False, True):
        if own:
            tools.leave_seeds_alone()
        random.seed(0)
        sizeof.sizeof(list(range(1000)))
        kept.append(random.random() == random.Random(0).random())
    assert kept == [False, True]


def test_two_writes_at_once_leave_one_whole_file(tmp_path, monkeypatch):
    target, replace = tmp_path / "runs.json", Path.replace

    def overtaken(partial, to):
        monkeypatch.setattr(Path, "replace", replace)
        tools.put(target, b"second")
        return replace(partial, to)

    monkeypatch.setattr(Path, "replace", overtaken)
    tools.put(target, b"first")
    monkeypatch.setattr(Path, "replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tools.put(target, b"third")
    assert target.read_text(encoding="utf-8") == "first"
    assert list(tmp_path.iterdir()) == [target]  # and nothing beside it


@pytest.fixture
def course(tmp_path):
    """A course of one study and the tools, in which TensorFlow is only pretended."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "pretended").mkdir()
    for name in ("keras", "tensorflow"):
        text = "import sys\nfrom unittest import mock\n\nsys.modules[__name__] = mock.MagicMock()\n"
        (tmp_path / "pretended" / f"{name}.py").write_text(text, encoding="utf-8")
    notebook(tmp_path)
    return tmp_path


@pytest.fixture
def start(course):
    """Start `make studies` in a process of its own, which ends with the test at the latest."""
    begun = []

    def begin(**environment):
        paths = os.pathsep.join([str(course / "pretended"), str(ROOT)])
        runner = subprocess.Popen(
            [sys.executable, "tools/results.py", "98"],
            cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": paths, **environment},
        )  # fmt: skip
        begun.append(runner)
        return runner

    yield begin
    for runner in begun:
        runner.kill()
        runner.communicate()


def outcome(runner):
    """Return a runner's exit status and the lines that it told; its bars stay in `runner.bars`."""
    _, said = runner.communicate(timeout=120)
    lines = [line for line in re.split(r"[\r\n]+", said) if line]
    runner.bars = [line for line in lines if re.search(r"it/s\]|s/it\]", line)]
    return runner.returncode, [line for line in lines if line not in runner.bars]


def made(course):
    """Return (arm, seed) of each stored run of the test's study."""
    kept = json.loads((course / "data/results/98_test.json").read_text(encoding="utf-8"))
    return [tuple(run["settings"].values()) for run in kept["only"]["runs"]]


def test_a_run_that_fails_or_kills_its_worker_is_lost_alone_and_made_next_time(course, start):
    (course / "death_one_1").touch()
    (course / "made_two_1").touch()
    status, told = outcome(start())
    assert status == 1
    assert len(told) == 3
    killed, failed = sorted(told[:2])
    assert killed.startswith("98_test, only, {'arm': 'one', 'seed': 1}: its worker was killed")
    assert failed.startswith("98_test, only, {'arm': 'two', 'seed': 1}: FileExistsError: ")
    assert told[2] == "98_test: 2 runs failed; the finished ones are stored."
    assert made(course) == [each for each in ALL if each[1] != 1]
    for name in ("death_one_1", "made_one_1", "made_two_1"):
        (course / name).unlink()
    assert outcome(start()) == (0, [])
    assert made(course) == ALL


def reached(gate, runner):
    """Wait until a run reads from a gate; return the gate, opened for writing."""
    while runner.poll() is None:
        try:
            return os.open(gate, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.05)
    raise AssertionError(runner.communicate())


def test_a_killed_runner_takes_its_workers_along_and_the_next_one_goes_on(course, start):
    gates = [course / "gate_one_1", course / "gate_one_2"]
    for gate in gates:
        os.mkfifo(gate)
    runner = start()
    held = [reached(gate, runner) for gate in gates]
    family = [psutil.Process(runner.pid), *psutil.Process(runner.pid).children(recursive=True)]
    assert len(family) >= 3  # itself and two workers, both in the middle of a run
    runner.kill()
    runner.wait()
    assert psutil.wait_procs(family, timeout=30)[1] == []
    assert made(course) == [("one", 0)]
    for gate, end in zip(gates, held, strict=True):
        os.close(end)
        gate.unlink()
        (course / gate.name.replace("gate", "made")).unlink()
    assert outcome(start()) == (0, [])
    assert made(course) == ALL


def test_a_second_runner_says_that_another_is_at_work(course, start):
    os.mkfifo(course / "gate_two_2")
    first = start()
    gate = reached(course / "gate_two_2", first)
    told = "98_test: another runner is at work on it; let it finish or stop it."
    assert outcome(start()) == (1, [told])
    os.close(gate)
    assert outcome(first) == (0, [])
    assert "| 6/6 [" in first.bars[-1]
    assert made(course) == ALL


def test_a_cluster_makes_the_runs_where_dask_is_told_of_one(course, start):
    """Here the worker has TensorFlow, and is another process than the runner's."""
    body = "from tensorflow.config import threading as set_to"
    result = '{"process": os.getpid(), "threads": set_to.get_intra_op_parallelism_threads()}'
    source = SOURCE.replace("with open", f"{body}\n    return {result}\n    with open")
    notebook(course, source.replace("range(3)", "range(1)"))
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(**options) as cluster:
        assert outcome(start(DASK_SCHEDULER_ADDRESS=cluster.scheduler_address)) == (0, [])
        (process,) = {nanny.pid for nanny in cluster.workers.values()}
    kept = json.loads((course / "data/results/98_test.json").read_text(encoding="utf-8"))
    results = [run["result"] for run in kept["only"]["runs"]]
    assert results == [{"process": process, "threads": 1}] * 2


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Return a function that makes the runs of a recipe here, without Dask."""
    monkeypatch.setattr(runtime, "load_tensorflow", lambda: None)
    monkeypatch.setattr(tools, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(tools, "BUILD", tmp_path / "build")

    def make(source, drop=False, fails=()):
        def at_once(path, source, tasks, workers):
            for name, about in tasks:
                future = Future()
                if about["settings"]["seed"] in fails:
                    future.set_exception(ValueError("no"))
                else:
                    future.set_result({**about, "result": {"accuracy": 1}, "seconds": 0.1})
                yield name, about, future

        monkeypatch.setattr(tools, "finished", at_once)
        told = tools.study(notebook(tmp_path, source), drop, workers=1)
        return told, tools.stored(Path("98_test.ipynb"))

    return make


CHANGED = SOURCE.replace("FACTOR = 2", "FACTOR = 3")


def test_older_runs_stay_until_the_newer_ones_are_whole(study, tmp_path):
    _, before = study(SOURCE)
    told, kept = study(CHANGED, fails=[1])
    assert len(told) == 3  # two failed runs, and how many they are
    assert kept == before
    told, kept = study(CHANGED, fails=[0, 2])  # these are made already
    assert told == []
    assert kept["only"]["recipe"] != before["only"]["recipe"]
    assert len(kept["only"]["runs"]) == 6
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["98_test.json"]


def test_older_runs_are_dropped_at_once_if_that_is_asked_for(study):
    study(SOURCE)
    _, kept = study(CHANGED, fails=[1], drop=True)
    assert [run["settings"]["seed"] for run in kept["only"]["runs"]] == [0, 2, 0, 2]


@pytest.mark.parametrize("source", [SOURCE, CHANGED])
def test_runs_that_the_page_no_longer_asks_for_go_only_if_that_is_asked_for(study, source):
    _, before = study(SOURCE)
    smaller = source.replace("range(3)", "range(2)")
    told, kept = study(smaller)
    way_out = "`make studies NB=98_test DROP=1` drops them"
    assert told == [f"98_test: the page no longer asks for 2 stored runs; {way_out}."]
    assert kept == before
    told, kept = study(smaller, drop=True, fails=[0, 1])  # nothing is left to be made
    assert told == []
    assert [run["settings"]["seed"] for run in kept["only"]["runs"]] == [0, 1, 0, 1]


@pytest.mark.parametrize(("answer", "left"), [("y\n", 2), ("n\n", 6), ("", 6)])
def test_before_stored_runs_are_dropped_it_is_asked(study, tmp_path, monkeypatch, answer, left):
    _, before = study(SOURCE)
    notebook(tmp_path, SOURCE.replace("range(3)", "range(1)"))
    path = tmp_path / "notebooks" / "studies" / "98_test.ipynb"
    monkeypatch.setattr(tools, "STUDIES", path.parent)
    app = typer.Typer()
    app.command()(tools.main)
    done = CliRunner().invoke(app, ["98", "--drop"], input=answer)
    assert "98_test: drop the stored runs 4 of 'only'? [y/N]" in done.output
    assert len(tools.stored(path)["only"]["runs"]) == left
    assert (tools.stored(path) == before) == (left == 6)
    assert done.exit_code == (0 if left == 2 else 1)


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make_results_is_make_studies():
    calls = [
        subprocess.run(
            ["make", "-n", "--no-print-directory", name, "NB=05", "DROP=1"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        for name in ("studies", "results")
    ]
    assert calls[0] == calls[1]
    assert calls[0][-1].endswith("/python tools/results.py 05 --drop")


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
    with pytest.raises(FileNotFoundError, match="make studies NB=98"):
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
