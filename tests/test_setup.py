"""`make lab`'s set-up: killed, without a network, under odd names: the same command goes on.

Python is pretended: each command that the Makefile gives it leaves a mark in the environment.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs make")
PRETENDED = r"""#!/bin/sh
number=$(($(wc -l < "$COURSE/steps") + 1))
echo "$(basename "$0") $*" >> "$COURSE/steps"
[ "$number.before" = "$MOMENT" ] && kill -9 0
if [ "$1 $2" = "-m venv" ]; then
    rm -rf .venv; mkdir -p .venv/bin
    for name in python jupyter tlcourse; do cp "$0" .venv/bin/$name; done
elif [ "$1 $2" = "-m pip" ] && [ -n "$PIP" ] && [ "$*" != "${*#*hashes}" ]; then
    shift 2; "$PIP" -m pip "$@" --target .venv/there || exit 1
fi
mkdir -p .venv; echo "$*" > ".venv/mark $number"
[ "$number.after" = "$MOMENT" ] && kill -9 0
exit 0
"""


@pytest.fixture
def course(tmp_path):
    """Return a course that is a Makefile alone, and a Python that pretends."""
    return laid(tmp_path / "course")


def laid(folder):
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements.lock", "pyproject.toml", "setup.py"):
        (folder / name).touch()
    (folder / "python").write_text(PRETENDED)
    (folder / "python").chmod(0o755)
    return folder


def make(course, target="copies", **environment):
    """Run make in a session of its own; return the run and the steps that it took."""
    (course / "steps").write_text("")
    run = subprocess.run(
        ["make", f"PYTHON={course / 'python'}" if " " not in str(course) else "PYTHON=./python",
         target],
        cwd=course, env={**os.environ, "COURSE": str(course), **environment},
        capture_output=True, text=True, start_new_session=True,
    )  # fmt: skip
    return run, (course / "steps").read_text().splitlines()


STEPS = 10  # commands of the set-up, and the one that copies


def test_the_set_up_takes_its_steps_once(course):
    run, steps = make(course)
    assert run.returncode == 0, run.stderr
    assert len(steps) == STEPS
    assert steps[0].startswith("python -m venv --clear")
    assert steps[-1] == "tlcourse copy"
    assert make(course)[1] == ["tlcourse copy"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_at_any_step_the_same_command_makes_all_of_it(course, step, when):
    run, steps = make(course, MOMENT=f"{step}.{when}")
    assert run.returncode == -signal.SIGKILL
    assert len(steps) == step
    ready = course / ".venv" / ".ready"
    assert ready.exists() == (step == STEPS)  # nothing half-made counts as made
    (course / ".venv").mkdir(exist_ok=True)
    (course / ".venv" / "half").touch()
    run, again = make(course)
    assert run.returncode == 0, run.stderr
    assert len(again) == (1 if step == STEPS else STEPS)
    assert (course / ".venv" / "half").exists() == (step == STEPS)
    assert ready.exists()
    assert make(course)[1] == ["tlcourse copy"]


@pytest.mark.parametrize(
    "name", ["two words", "Zoë's course", 'the "best"', "日本", "a#b", "$HOME"]
)
def test_a_course_in_an_odd_folder_is_set_up(tmp_path, name):
    course = laid(tmp_path / name)
    (course / "steps").write_text("")
    for taken in (STEPS, 1):
        run = subprocess.run(
            ["make", "PYTHON=./python", "copies"], cwd=course,
            env={**os.environ, "COURSE": str(course), "LC_ALL": "C"}, capture_output=True,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        assert len((course / "steps").read_text().splitlines()) == taken
        (course / "steps").write_text("")


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_with_the_clock_set_back_the_environment_is_not_made_again_and_again(course, name):
    """The course was unpacked by a clock that was a day ahead, or it is a day behind now."""
    later = time.time() + 86_400
    os.utime(course / name, (later, later))
    assert len(make(course)[1]) == STEPS
    assert make(course)[1] == ["tlcourse copy"]
    os.utime(course / name, (later + 1, later + 1))  # a newer course
    assert len(make(course)[1]) == STEPS


class Refusing(BaseHTTPRequestHandler):
    """A proxy or an index that answers 502 to all."""

    def do_GET(self):
        self.send_error(502)

    def log_message(self, *_):
        pass


SAID = (
    "The packages could not be installed; the lines above tell why (no matching distribution: also "
    "where no index answers). Mend network, disk space or rights, and run the same command again."
)


@pytest.mark.parametrize("fault", ["no route", "502", "wrong hash", "full disk"])
def test_where_packages_cannot_be_had_one_sentence_says_so_and_the_next_try_begins_anew(
    course, fault, tmp_path
):
    (course / "requirements.lock").write_text(f"some-thing==1.0 --hash=sha256:{'0' * 64}\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = 9 if fault == "no route" else server.server_port
        asked = {"PIP": sys.executable, "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
        asked |= {"PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple", "PIP_TIMEOUT": "5"}
        asked |= {"no_proxy": "127.0.0.1"}
        if fault == "wrong hash":
            wheel(tmp_path / "wheels")
            asked |= {"PIP_FIND_LINKS": str(tmp_path / "wheels"), "PIP_NO_INDEX": "1"}
        if fault == "full disk":
            (course / "full").write_text('#!/bin/sh\necho "No space left on device"; exit 1\n')
            (course / "full").chmod(0o755)
            asked["PIP"] = str(course / "full")
        run, steps = make(course, **asked)
        server.shutdown()
    assert run.returncode == 2
    assert SAID in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    why = {"wrong hash": "DO NOT MATCH", "full disk": "No space left"}
    assert why.get(fault, "No matching distribution") in run.stdout + run.stderr
    assert len(steps) == 2
    assert not (course / ".venv" / ".ready").exists()
    run, steps = make(course)
    assert (run.returncode, len(steps)) == (0, STEPS)


def wheel(folder):
    """Write a package that installs nothing."""
    import zipfile

    folder.mkdir()
    about = {
        "METADATA": "Metadata-Version: 2.1\nName: some-thing\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / "some_thing-1.0-py3-none-any.whl", "w") as archive:
        for name, text in about.items():
            archive.writestr(f"some_thing-1.0.dist-info/{name}", text)


@pytest.mark.skipif(
    getattr(os, "geteuid", int)() == 0 or not hasattr(os, "geteuid"), reason="root may write all"
)
def test_a_folder_that_may_not_be_written_is_told(course):
    course.chmod(0o555)
    run, _ = make(course)
    course.chmod(0o755)
    assert run.returncode != 0
