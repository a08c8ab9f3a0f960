"""What a machine may be like: odd homes, odd languages, no rights; a lesson goes on everywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config.loader import KVArgParseConfigLoader

from tlcourse import cli, copies, runtime

ROOT = Path(__file__).parents[1]
HOMES = ["two words", "Zoë's home", 'the "best"', "日本", "a%20b#c?d", "$HOME", "~", "back\\slash"]


@pytest.fixture(params=HOMES)
def odd(request, tmp_path, monkeypatch):
    """A home with an odd name, and a course that cannot be written."""
    home = tmp_path / request.param
    home.mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "file" / "build"))
    for name in ("TLCOURSE_HOME", "KERAS_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the cache has another place")
def test_in_an_odd_home_everything_has_its_place(odd, monkeypatch):
    assert runtime.build_folder() == odd / ".cache" / "tlcourse"
    assert runtime.keras_home() == odd / ".keras"
    assert runtime.short(odd / "my_course") == "~/my_course"
    monkeypatch.setattr(copies, "root", lambda: odd / "course")
    assert copies.folder() == odd / "my_course"
    monkeypatch.setenv("TLCOURSE_HOME", "~/else")
    assert copies.folder() == odd / "else"


def test_an_odd_home_reaches_jupyterlab_as_it_is(odd):
    options = [each for each in cli.lab_options(odd / "my_course") if ".root_dir" in each]
    read = KVArgParseConfigLoader(classes=[ServerApp]).load_config(options)
    assert str(read.ServerApp.root_dir) == str(odd)


SAYS = """
from tlcourse import claims, copies
claims.claim("It reads ✓ and ü.", True)
print(copies.fingerprint("ü".encode())[:4])
"""


@pytest.mark.parametrize("language", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {}])
def test_in_every_language_claims_are_shown_and_stored(language, tmp_path):
    known = {name: text for name, text in os.environ.items() if name[:3] not in ("LC_", "LAN")}
    environment = known | {"TLCOURSE_BUILD": str(tmp_path), "PYTHONPATH": str(ROOT)} | language
    run = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, env=environment)
    assert run.returncode == 0, run.stderr
    assert run.stdout.decode().splitlines()[0] == "✓ It reads ✓ and ü."
    assert "It reads ✓ and ü." in (tmp_path / "claims.json").read_text(encoding="utf-8")


def locked(*folders):
    """Return a stand-in for `os.access` that grants no writing below these folders."""
    asked = os.access

    def access(path, mode):
        below = any(Path(path).is_relative_to(folder) for folder in folders)
        return asked(path, mode) and not (mode & os.W_OK and below)

    return access


@pytest.mark.parametrize("cause", ["no right", "read-only"])
def test_where_neither_course_nor_home_can_be_written_a_new_folder_is_used(
    tmp_path, monkeypatch, cause
):
    course, home, temporary = (tmp_path / name for name in ("course", "home", "tmp"))
    for folder in (course, home, temporary):
        folder.mkdir()
    make = Path.mkdir

    def mkdir(path, *arguments, **options):
        if not path.is_relative_to(temporary):
            number = 13 if cause == "no right" else 30
            raise OSError(number, os.strerror(number))
        make(path, *arguments, **options)

    monkeypatch.setenv("HOME", str(home))
    for name in ("TLCOURSE_BUILD", "KERAS_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(runtime, "root", lambda: course)
    monkeypatch.setattr(runtime.tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(os, "access", locked(course, home))
    monkeypatch.setattr(Path, "mkdir", mkdir)
    runtime._last_resort.cache_clear()
    try:
        assert runtime.build_folder().parent == temporary
        assert runtime.keras_home().is_relative_to(temporary)
        assert list(home.iterdir()) == list(course.iterdir()) == []
    finally:
        runtime._last_resort.cache_clear()
