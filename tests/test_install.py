"""An installed course brings what lessons need; a folder of the same name hides no package."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOOK = """
import json, tlcourse
from tlcourse import copies, data, models, runtime, trials
for config in data.configs():
    data.check(config)
for name in models.NAMES:
    models.check(name)
beside = copies.refresh(runtime.root() / "notebooks", copies.folder())
print(json.dumps([tlcourse.__file__, str(runtime.root()), str(copies.folder())]))
"""


def python(code, folder, **environment):
    """Run code from a folder, away from this checkout; return what it prints."""
    dropped = ("PYTHONPATH", "TLCOURSE_HOME")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=kept | environment,
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build a wheel from a copy of the course, without a network, and unpack it."""
    copy = tmp_path_factory.mktemp("source") / "course"
    unwanted = shutil.ignore_patterns(
        ".*", "build", "my_course", "__pycache__", "tests", "tools", "docs", "*.part"
    )
    shutil.copytree(ROOT, copy, ignore=unwanted)
    (copy / "notebooks" / ".ipynb_checkpoints").mkdir()
    (copy / "notebooks" / ".ipynb_checkpoints" / "00-checkpoint.ipynb").touch()
    target = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(target)]
    run = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", str(copy), *options], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(target / "site")
    wheel.unlink()
    return target / "site"


def test_an_installed_course_finds_its_data_and_its_lessons(installed, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    out = python(LOOK, tmp_path, PYTHONPATH=str(installed), HOME=str(home))
    loaded, root, folder = json.loads(out)
    assert loaded == str(installed / "tlcourse" / "__init__.py")
    assert root == str(installed / "tlcourse" / "course")
    assert folder == str(home / "my_course")
    for path in (ROOT / "notebooks").rglob("[0-9c]*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            assert (home / "my_course" / path.relative_to(ROOT / "notebooks")).is_file()


def test_the_wheel_holds_every_file_that_lessons_read_and_nothing_hidden(installed):
    course = installed / "tlcourse" / "course"
    for folder in ("tfds", "weights", "results", "hub"):
        for path in (ROOT / "data" / folder).rglob("*"):
            if path.is_file() and path.suffix != ".part" and not path.name.startswith("."):
                assert (course / path.relative_to(ROOT)).is_file(), path.name
    for name in ("catalogue.csv", "keras_table.csv"):
        assert (course / "data" / name).is_file()
    assert not list(course.rglob(".*"))


@pytest.mark.skipif(
    not Path(sys.prefix, ".ready").is_file(), reason="needs the environment of `make env`"
)
def test_the_package_is_found_from_above_a_clone_that_is_named_tlcourse(tmp_path):
    (tmp_path / "tlcourse" / "tlcourse").mkdir(parents=True)  # a folder without __init__.py
    out = python("import tlcourse; print(tlcourse.__version__)", tmp_path)
    assert out.strip()


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_git_for_windows_usual_setting_changes_no_byte(tmp_path):
    course, clone = tmp_path / "course", tmp_path / "clone"
    sums = json.loads((ROOT / "data/tfds/sha256.json").read_text(encoding="utf-8"))
    told = next(name for name in sums if name.endswith(".json"))  # lines of text among the data
    (course / told).parent.mkdir(parents=True)
    shutil.copy(ROOT / "data/tfds" / told, course / told)
    shutil.copy(ROOT / ".gitattributes", course)

    def git(*words):
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        subprocess.run(["git", *who, *words], cwd=course, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "data")
    git("clone", "-q", "-c", "core.autocrlf=true", ".", str(clone))
    assert hashlib.sha256((clone / told).read_bytes()).hexdigest() == sums[told]
