"""`make pack`: an archive from which `make lab` sets up where no network is."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import pack  # noqa: E402

ARCHIVE = os.environ.get("TLCOURSE_PACK")  # takes minutes and gigabytes, so it is asked for


def planned(folder):
    """Return what `make env` would do in a folder."""
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements.lock", "pyproject.toml", "setup.py"):
        (folder / name).touch()
    run = subprocess.run(["make", "-n", "env"], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make_takes_what_was_packed_and_nothing_else(tmp_path):
    assert "--require-hashes -r requirements.lock" in planned(tmp_path)
    (tmp_path / "packed" / "wheels").mkdir(parents=True)
    (tmp_path / "packed" / "wheels" / "requirements.lock").touch()
    assert "--require-hashes -r packed/wheels/requirements.lock" in planned(tmp_path)


@pytest.mark.parametrize("damaged", [False, True])
def test_pip_installs_what_the_packs_lock_names_and_checks_it(damaged, tmp_path):
    wheels = tmp_path / pack.WHEELS
    wheels.mkdir(parents=True)
    wheel, lock = wheels / "some_thing-1.0-py3-none-any.whl", wheels / "requirements.lock"
    about = {
        "METADATA": "Metadata-Version: 2.1\nName: some-thing\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("some_thing.py", "")
        for name, text in about.items():
            archive.writestr(f"some_thing-1.0.dist-info/{name}", text)
    lock.write_text(pack.lock_of(wheels), encoding="utf-8")
    if damaged:
        wheel.write_bytes(wheel.read_bytes() + b"x")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes"]
    no_network = os.environ | {"HTTPS_PROXY": "http://127.0.0.1:9", "PIP_RETRIES": "0"}
    run = subprocess.run(
        [*pip, "--target", "there", "-r", str(lock)],
        cwd=tmp_path, env=no_network, capture_output=True, text=True,
    )  # fmt: skip
    assert (run.returncode == 0) != damaged, run.stderr
    assert (tmp_path / "there" / "some_thing.py").is_file() != damaged


def test_an_archive_has_course_wheels_and_weights(tmp_path):
    wheels, models = tmp_path / "wheels", tmp_path / "models"
    for folder, names in ((wheels, ["requirements.lock"]), (models, pack.WEIGHTS)):
        folder.mkdir()
        for name in names:
            (folder / name).write_text(name, encoding="utf-8")
    pack.write(tmp_path / "pack.tar", [ROOT / "Makefile"], wheels, models)
    with tarfile.open(tmp_path / "pack.tar") as tar:
        names = set(tar.getnames())
    packed = {f"tlcourse/packed/keras/models/{name}" for name in pack.WEIGHTS}
    assert names == {"tlcourse/Makefile", "tlcourse/packed/wheels/requirements.lock"} | packed
    assert not (tmp_path / "pack.part").exists()


LOOK = """
import socket
from tlcourse import runtime, weights
assert weights.status("base").here and weights.status("classifier").here
assert weights.fetch().here
try:
    socket.create_connection(("192.0.2.1", 443), timeout=5)
except OSError as error:
    print("no network:", error)
"""


@pytest.mark.skipif(not ARCHIVE, reason="needs the archive of `make pack` in TLCOURSE_PACK")
@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare")
def test_a_course_is_set_up_without_a_network(tmp_path):
    with tarfile.open(ARCHIVE) as tar:
        tar.extractall(tmp_path, filter="data")
    course = tmp_path / "tlcourse"
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SHELL") if name in os.environ}
    alone = kept | {"HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    make = ["unshare", "--map-root-user", "--net", "make"]
    run = subprocess.run([*make, "copies"], cwd=course, env=alone, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (course / "my_course" / "00_start_here.ipynb").is_file()
    (course / "look.py").write_text(LOOK, encoding="utf-8")
    look = "include Makefile\nlook: ; $(BIN)/python look.py\n"
    (course / "look.mk").write_text(look, encoding="utf-8")
    run = subprocess.run(
        [*make, "-f", "look.mk", "look"], cwd=course, env=alone, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "no network: [Errno 101]" in run.stdout  # not even a route
