"""Killed, cut off or without room at each write: the same command goes on, and nothing is lost."""

import errno
import hashlib
import json
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import pytest

from tlcourse import weights

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def address(tmp_path):
    """Serve small stand-ins for Keras's files; return where."""
    folder = tmp_path / "published"
    folder.mkdir()
    for name in (weights.BASE, weights.CLASSIFIER):
        with h5py.File(folder / name, "w") as file:
            file["kernel"] = [1.0] * 5000
    index = {str(n): [f"n{n:08}", f"class_{n}"] for n in range(1000)}
    (folder / weights.CLASS_INDEX).write_text(json.dumps(index))
    sha256 = hashlib.sha256((folder / weights.CLASSIFIER).read_bytes()).hexdigest()
    md5 = hashlib.md5((folder / weights.CLASS_INDEX).read_bytes()).hexdigest()
    about = [{weights.BASE: 1, weights.CLASSIFIER: 1}, {weights.CLASSIFIER: sha256}, md5]
    (folder / "about.json").write_text(json.dumps(about))
    handler = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def moments(job, fault, folder, *address):
    """Return how many moments a job had, all well survived."""
    command = [sys.executable, str(ROOT / "tests" / "moments.py"), job, fault, str(folder)]
    run = subprocess.run([*command, *address], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["wrong"] == []
    return told["moments"]


@pytest.mark.parametrize(
    ("job", "least"), [("copies", 15), ("claims", 10), ("study", 20), ("page", 3), ("run", 6)]
)
def test_killed_before_any_write_it_goes_on_and_nothing_is_lost(job, least, tmp_path):
    assert moments(job, "kill", tmp_path / "here") >= least


def test_killed_before_any_write_a_fetch_goes_on(address, tmp_path):
    assert moments("fetch", "kill", tmp_path / "here", address) >= 10


@pytest.mark.parametrize("job", ["copies", "claims", "study", "page"])
def test_killed_in_the_middle_of_a_file_no_half_of_it_is_taken_for_whole(job, tmp_path):
    assert moments(job, "cut", tmp_path / "here") >= 4


@pytest.mark.parametrize(
    ("job", "fault", "least"),
    [
        ("copies", "ENOSPC", 15),
        ("copies", "EROFS", 15),
        ("claims", "ENOSPC", 10),
        ("study", "ENOSPC", 20),
        ("page", "EDQUOT", 3),
        ("run", "ENOSPC", 6),
    ],
)
def test_without_room_or_right_at_any_write_it_is_one_sentence(job, fault, least, tmp_path):
    assert hasattr(errno, fault)
    assert moments(job, fault, tmp_path / "here") >= least


def test_without_room_at_any_write_a_fetch_is_one_sentence(address, tmp_path):
    assert moments("fetch", "ENOSPC", tmp_path / "here", address) >= 10
