"""What a machine may be like: odd homes, odd languages, no rights; a lesson goes on everywhere."""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import h5py
import pytest
import requests
from jupyter_server.serverapp import ServerApp
from traitlets.config.loader import KVArgParseConfigLoader

from tlcourse import claims, cli, copies, doctor, runtime, weights

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


def tlcourse(*words, env, cwd=ROOT):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "tlcourse", *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=55)


def bare(**wanted):
    """Return an environment without home, user and language, and what is wanted."""
    dropped = ("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME", "KERAS_HOME", "TLCOURSE_HOME", "LANG")
    kept = {
        name: text
        for name, text in os.environ.items()
        if name not in dropped and not name.startswith("LC_")
    }
    return kept | {"PYTHONPATH": str(ROOT)} | {name: str(text) for name, text in wanted.items()}


def small_course(folder):
    """Lay a course of three notebooks."""
    for name in ("pyproject.toml", "tlcourse/x"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for name in ("00_start_here", "solutions/01_prebuilt_models", "solutions/05_similar_domains"):
        (folder / "notebooks" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder / "notebooks" / f"{name}.ipynb")
    return folder


@pytest.mark.parametrize(
    ("name", "language"),
    [("two words", {"LANG": "C"}), ("Zoë's home", {"LC_ALL": "POSIX"}), ('the "best"', {})],
)
def test_copies_come_into_an_odd_home_in_every_language(tmp_path, name, language):
    home, course = tmp_path / name, small_course(tmp_path / "course")
    home.mkdir()
    env = bare(HOME=home, TLCOURSE_HOME=home / "my_course", **language)
    for _ in range(2):
        run = tlcourse("copy", env=env, cwd=course)
        assert run.returncode == 0, run.stderr
        assert run.stdout.decode().endswith("~/my_course; work there.\n")
    assert (home / "my_course" / "00_start_here.ipynb").is_file()


@pytest.fixture
def shared_course():
    """A small course that all may read and none but root may write, in a folder for all."""
    folder = Path(tempfile.mkdtemp(prefix="tlcourse-shared-"))
    folder.chmod(0o755)
    small_course(folder / "course")
    (folder / "course").chmod(0o755)
    for path in (folder / "course").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield folder
    shutil.rmtree(folder)


TWO = """
import os, sys
user, home = int(sys.argv[1]), sys.argv[2]
import IPython.display, nbformat, platformdirs, filelock, typer  # while it may
from tlcourse import claims, cli, copies, runtime
os.setgroups([]); os.setgid(user); os.setuid(user)
os.environ["HOME"] = home
target = cli.copy()
claims.claim("It goes on.", True)
print(target, runtime.build_folder(), runtime.keras_home(), sep="\\n")
"""


@pytest.mark.skipif(getattr(os, "geteuid", int)() != 0, reason="needs root, to be two other users")
def test_two_users_of_one_course_have_each_their_own_and_cannot_open_the_others(shared_course):
    """Neither has an entry in passwd."""
    places = {}
    for user in (64_001, 64_002):
        home = shared_course / str(user)
        home.mkdir(mode=0o755)
        os.chown(home, user, user)
        run = subprocess.run(
            [sys.executable, "-c", TWO, str(user), str(home)],
            cwd=shared_course / "course", env=bare(), capture_output=True, text=True, timeout=55,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        places[user] = [Path(line) for line in run.stdout.splitlines()[-3:]]
        assert places[user][0] == home / "my_course"
        assert all(place.is_relative_to(home) for place in places[user])
        assert (places[user][0] / "00_start_here.ipynb").is_file()
        assert (places[user][1] / "claims.json").stat().st_uid == user
        assert stat.S_IMODE(places[user][1].stat().st_mode) == 0o700
    assert not set(places[64_001]) & set(places[64_002])
    assert sorted(path.name for path in (shared_course / "course").iterdir()) == [
        "notebooks", "pyproject.toml", "tlcourse",
    ]  # fmt: skip


@pytest.fixture
def small_disk(tmp_path):
    """Return how to have a real disk of some kilobytes; it needs the right to mount one."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(kilobytes):
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(place)]
        if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("needs the right to mount a small disk")
        return place

    yield mount
    subprocess.run(["umount", str(place)], capture_output=True)


@pytest.mark.parametrize("kilobytes", [4, 60, 300])
def test_on_a_disk_that_is_really_full_copies_are_one_sentence_and_whole(
    small_disk, tmp_path, kilobytes
):
    disk, course = small_disk(kilobytes), small_course(tmp_path / "course")
    shutil.copy(ROOT / "notebooks" / "01_prebuilt_models.ipynb", course / "notebooks")
    shutil.copytree(ROOT / "notebooks" / "studies", course / "notebooks" / "studies")
    env = bare(HOME=disk, TLCOURSE_HOME=disk / "my_course")
    run = tlcourse("copy", env=env, cwd=course)
    assert run.returncode == 1
    assert run.stderr.decode().splitlines() == [
        "~/my_course cannot be written: No space left on device.",
        "Name another folder: TLCOURSE_HOME=… make lab",
    ]
    there = [path for path in disk.rglob("*.ipynb") if not path.name.startswith(".")]
    assert bool(there) == (kilobytes > 4)
    assert not list(disk.rglob("*.part"))
    for path in there:
        json.loads(path.read_text(encoding="utf-8"))
    subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
    assert tlcourse("copy", env=env, cwd=course).returncode == 0
    assert len(list((disk / "my_course" / "studies").iterdir())) > 10


def test_on_a_disk_that_is_really_full_a_claim_is_shown_and_the_older_ones_stay(
    small_disk, monkeypatch, capsys
):
    disk = small_disk(64)
    monkeypatch.setenv("TLCOURSE_BUILD", str(disk))
    claims.claim("An older one.", True)
    (disk / "ballast").write_bytes(b"x" * (60 * 1024 - 8192))

    def many():
        for number in range(400):
            claims.claim(f"{number}: {'x' * 200}", True)

    with pytest.warns(UserWarning, match="shown, but not stored in build: No space left on device"):
        many()
    stored = json.loads((disk / "claims.json").read_text(encoding="utf-8"))
    assert stored[0]["sentence"] == "An older one."
    assert "399: x" in capsys.readouterr().out


def test_nothing_that_is_kept_asks_the_clock():
    """A clock that is set back can then make nothing old, new or missing."""
    for path in [*(ROOT / "tlcourse").glob("*.py"), ROOT / "tools" / "results.py"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\btime\.time\(|datetime|st_mtime\b|getmtime", text), path.name


def test_weights_that_were_written_before_a_clock_was_set_back_are_looked_at_anew(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(weights, "ARRAYS", {weights.BASE: 1})
    path = tmp_path / weights.BASE
    with h5py.File(path, "w") as file:
        file["kernel"] = [1.0]
    assert weights._usable(path)
    path.write_bytes(b"cut off")
    os.utime(path, (0, 0))
    assert not weights._usable(path)


def test_two_gibibytes_are_told_to_be_too_few_and_what_to_do(monkeypatch, capsys):
    free = SimpleNamespace(available=2 * 2**30)
    monkeypatch.setattr(doctor.psutil, "virtual_memory", lambda: free)
    assert not doctor.report({"Memory": doctor.memory})
    assert capsys.readouterr().out == (
        "✗ Memory       2.0 GiB free\n"
        "  → close other programs or notebooks (Kernel → Shut Down)\n"
        "To be mended first: Memory.\n"
    )


CGROUP = Path("/sys/fs/cgroup/memory")
FITS = """
import resource, sys
import tlcourse
lesson = tlcourse.begin("01_prebuilt_models")
import keras
train, _, _ = lesson.pictures(tabletop="fruit", photographs="tf_flowers", per_class=5)
base = lesson.network(include_top=False, weights=lesson.weights, input_shape=lesson.image_shape)
base.trainable = False
inputs = keras.Input(shape=lesson.image_shape)
x = keras.layers.GlobalAveragePooling2D()(base(lesson.preprocess_input(inputs), training=False))
model = keras.Model(inputs, keras.layers.Dense(20, activation="softmax")(x))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train, epochs=1, verbose=0)
"""


@pytest.fixture
def two_gibibytes():
    """Return a group of processes that has two gibibytes of memory, where root may make one."""
    group = CGROUP / f"tlcourse-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(2 * 2**30))
    except OSError:
        pytest.skip("needs the right to make a group with less memory (cgroup, version 1)")
    yield group
    group.rmdir()


def test_a_frozen_base_and_a_new_top_fit_into_two_gibibytes(two_gibibytes, tmp_path):
    env = bare(
        HOME=tmp_path, TLCOURSE_BUILD=tmp_path, TLCOURSE_OFFLINE=1, TLCOURSE_PROFILE="offline"
    )
    run = subprocess.run(
        ["sh", "-c", f'echo $$ > {two_gibibytes}/cgroup.procs; exec "$0" -c "$1"',
         sys.executable, FITS],
        cwd=ROOT, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert int((two_gibibytes / "memory.max_usage_in_bytes").read_text()) < 1.5 * 2**30


class Dripping(BaseHTTPRequestHandler):
    """A server that sends a file in drops, and never ends where the path says so."""

    def do_GET(self):
        self.send_response(200)
        content = self.server.content
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        half = len(content) // 2
        for place in range(0, half, 200):
            self.wfile.write(content[place : place + 200])
            self.wfile.flush()
            self.server.dripped.set()
        if self.server.gate.wait(50):
            self.wfile.write(content[half // 200 * 200 + 200 * bool(half % 200) :])

    def log_message(self, *_):
        pass


@pytest.fixture
def dripping(tmp_path, monkeypatch):
    """A server of the base's stand-in, that waits in the middle of it until its gate opens."""
    with h5py.File(tmp_path / "base.h5", "w") as file:
        file["kernel"] = [1.0] * 2000
    monkeypatch.setattr(weights, "ARRAYS", {weights.BASE: 1})
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Dripping) as server:
        server.content = (tmp_path / "base.h5").read_bytes()
        server.gate, server.dripped = threading.Event(), threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.address = f"http://127.0.0.1:{server.server_port}/"
        yield server
        server.gate.set()
        server.shutdown()


def test_a_server_that_drips_is_waited_for_and_its_file_is_whole(dripping, tmp_path):
    dripping.gate.set()
    weights._retrieve(dripping.address + weights.BASE, None, weights.BASE)
    path = tmp_path / "keras" / "models" / weights.BASE
    assert path.read_bytes() == dripping.content


DRIPS = """
import signal, sys
from tlcourse import weights
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs behind an `&` ignores it
weights.ARRAYS = {weights.BASE: 1}
try:
    weights._retrieve(sys.argv[1] + weights.BASE, None, weights.BASE)
except KeyboardInterrupt:
    print("ended by Ctrl-C")
"""


def test_a_server_that_drips_can_be_left_by_ctrl_c_and_nothing_stays(dripping, tmp_path):
    env = bare(HOME=tmp_path, KERAS_HOME=tmp_path / "keras")
    run = subprocess.Popen(
        [sys.executable, "-c", DRIPS, dripping.address],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert dripping.dripped.wait(50)
    run.send_signal(signal.SIGINT)
    out, said = run.communicate(timeout=50)
    assert out == "ended by Ctrl-C\n", said
    assert list((tmp_path / "keras" / "models").iterdir()) == []


def test_a_clock_that_is_wrong_for_https_is_told(monkeypatch, tmp_path):
    """Certificates are not valid yet, or no longer."""
    why = "certificate verify failed: certificate is not yet valid"

    def refuse(*_, **__):
        raise requests.exceptions.SSLError(why)

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(weights, "network_answers", lambda: True)
    monkeypatch.setattr(requests, "get", refuse)
    with pytest.raises(weights.WeightsError, match=why) as caught:
        weights.fetch()
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "models").iterdir()) == []
