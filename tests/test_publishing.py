"""What hosts run: files that name the Pythons and the lock of pyproject.toml, and Colab's cell."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
sys.path.insert(0, str(ROOT / "tools"))
import colab  # noqa: E402

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FILES = [".binder/postBuild", ".binder/runtime.txt", "Dockerfile"]
FILES += [path.relative_to(ROOT).as_posix() for path in WORKFLOWS]


def pythons():
    """Return the Pythons that pyproject.toml allows, as 3.12."""
    low, high = re.findall(r"3\.(\d+)", PROJECT["requires-python"])
    return [f"3.{minor}" for minor in range(int(low), int(high))]


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_each_names_a_python_that_the_course_has(name):
    named = re.findall(r"(?<![\d.])3\.\d+(?![\d.])", text_of(name))
    assert set(named) <= set(pythons())
    assert named or name == ".binder/postBuild"


def test_the_matrix_is_three_systems_by_all_pythons():
    workflow = yaml.safe_load(text_of(".github/workflows/test.yml"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == pythons()
    assert [name.partition("-")[0] for name in matrix["system"]] == ["ubuntu", "macos", "windows"]


def makefile_commands():
    return " ".join(text_of("Makefile").replace("\\\n", " ").split())


@pytest.mark.parametrize("name", [".binder/postBuild", ".github/workflows/test.yml"])
def test_what_installs_without_make_takes_the_lock_as_make_does(name):
    lines = [line for line in text_of(name).splitlines() if " -m pip install" in line]
    assert len(lines) == 2
    for options in ("--no-deps --require-hashes -r requirements.lock",
                    "--no-deps --no-build-isolation --editable ."):  # fmt: skip
        assert any(line.endswith(options) for line in lines)
        assert options.split(" -r ")[0] in makefile_commands()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_uses_commands_that_are_there(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    rules = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.M))
    for job in workflow["jobs"].values():
        assert job["runs-on"]
        for step in job["steps"]:
            for call in re.findall(r"\bmake ((?:[^\s&]+ ?)+)", step.get("run", "")):
                targets = [word for word in call.split() if "=" not in word and word != "test"]
                assert set(targets) <= rules


def test_the_container_copies_what_its_environment_needs():
    text = text_of("Dockerfile")
    before = text.partition("RUN make env")[0]
    for name in ("Makefile", "pyproject.toml", "setup.py", "requirements.lock", "README.md"):
        assert name in before, name
    assert not re.search(r"--\S*(token|password)", text)
    left_out = set(text_of(".dockerignore").split())
    assert {".venv", ".git", "my_course", "build"} <= left_out


def test_the_workspace_is_made_from_the_container():
    text = re.sub(r"^//.*", "", text_of(".devcontainer/devcontainer.json"), flags=re.M)
    told = json.loads(text)
    assert (ROOT / ".devcontainer" / told["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert f"useradd --create-home {told['remoteUser']}" in text_of("Dockerfile")


@pytest.mark.parametrize("name", [*FILES[2:], FILES[0], ".devcontainer/devcontainer.json"])
def test_each_says_what_was_not_tried(name):
    assert re.search(r"not (been )?tried yet", text_of(name), re.I)


def test_colab_gets_every_package_that_lessons_need():
    at_home = {"jupyterlab", "nbval", "pytest", "setuptools", "tensorflow"}  # or Colab's own
    needed = {re.split("[<>=]", each)[0].replace("_", "-") for each in PROJECT["dependencies"]}
    assert set(colab.NEEDED) == needed - at_home


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="needs git")
def test_colabs_cell_fetches_the_course_and_stands_beside_the_lesson(tmp_path):
    path = ROOT / "notebooks" / "00_start_here.ipynb"
    course = tmp_path / "course"
    place = path.relative_to(ROOT)
    made = colab.copy(path, place, ROOT.resolve().as_uri(), course=str(course))
    notebook = nbformat.reads(made, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert [cell.id for cell in notebook.cells][1:] == [
        cell.id for cell in nbformat.read(path, as_version=4).cells
    ]
    look = "\nimport tlcourse; print(tlcourse.__file__, os.getcwd(), sep='\\n')"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(
        [sys.executable, "-c", notebook.cells[0].source + look],
        cwd=tmp_path, env=kept, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [
        str(course / "tlcourse" / "__init__.py"), str(course / "notebooks"),
    ]  # fmt: skip
