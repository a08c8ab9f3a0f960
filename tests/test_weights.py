"""Weights are whole, the right ones, or said to be missing; a broken download leaves nothing."""

import errno
import hashlib
import json
import os
import random
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import pooch
import pytest
from typer.testing import CliRunner

from tlcourse import runtime, weights
from tlcourse.cli import app

BASE, CLASSIFIER, CLASS_INDEX = weights.BASE, weights.CLASSIFIER, weights.CLASS_INDEX
ALL = [BASE, CLASSIFIER, CLASS_INDEX]


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    home = tmp_path / "keras"
    (home / "models").mkdir(parents=True)
    monkeypatch.setenv("KERAS_HOME", str(home))
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    return home / "models"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Small stand-ins for the files; the classifier's and the index's hashes count as published."""
    folder = tmp_path / "published"
    folder.mkdir()
    for name in (BASE, CLASSIFIER):
        with h5py.File(folder / name, "w") as file:
            file["kernel"] = [1.0] * 5000
    index = {str(n): [f"n{n:08}", f"class_{n}"] for n in range(1000)}
    (folder / CLASS_INDEX).write_text(json.dumps(index))
    monkeypatch.setattr(weights, "ARRAYS", {BASE: 1, CLASSIFIER: 1})
    sha256 = hashlib.sha256((folder / CLASSIFIER).read_bytes()).hexdigest()
    monkeypatch.setattr(weights, "SHA256", {CLASSIFIER: sha256})
    md5 = hashlib.md5((folder / CLASS_INDEX).read_bytes()).hexdigest()
    monkeypatch.setattr(weights, "CLASS_INDEX_MD5", md5)
    return folder


class Handler(SimpleHTTPRequestHandler):
    """Serve a folder; write down what is asked for, and send files in `cut` and `gates` by half."""

    def __init__(self, *args, asked, cut, **options):
        self.asked, self.cut = asked, cut
        super().__init__(*args, **options)

    def do_GET(self):
        name = Path(self.path).name
        self.asked.append(name)
        if name not in self.cut and name not in self.server.gates:
            return super().do_GET()
        content = (Path(self.directory) / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        if name in self.server.gates:  # until the gate opens, no more comes
            self.wfile.flush()
            self.server.reached.set()
            self.server.gates[name].wait(50)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(published, monkeypatch):
    asked, cut = [], set()
    handler = partial(Handler, directory=published, asked=asked, cut=cut)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(weights, "PLACE", address)
        monkeypatch.setattr(weights, "CLASS_INDEX_URL", address + CLASS_INDEX)
        monkeypatch.setattr(weights, "network_answers", lambda: True)
        server.folder, server.asked, server.cut = published, asked, cut
        server.gates, server.reached = {}, threading.Event()
        yield server
        server.shutdown()


def put(keras_home, published, *names):
    for name in names:
        (keras_home / name).write_bytes((published / name).read_bytes())


def lying_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("what", ["base", "classifier"])
def test_nothing_there(keras_home, what):
    assert not weights.status(what).here
    assert weights.status(what).sentence.endswith(
        ".h5 is not in $KERAS_HOME/models; run `make fetch` where there is a network."
    )
    assert "make fetch" in weights.missing()


def test_offline_fetch_tells_what_to_copy_and_where(keras_home, published):
    with pytest.raises(weights.WeightsError, match=rf"copy {BASE}, {CLASSIFIER}, .*KERAS_HOME/mo"):
        weights.fetch()
    put(keras_home, published, BASE)
    with pytest.raises(weights.WeightsError, match=rf"copy {CLASSIFIER}, {CLASS_INDEX} from"):
        weights.fetch()


def test_each_file_has_its_own_status(keras_home, published):
    put(keras_home, published, BASE)
    assert weights.status("base").here
    assert not weights.status("classifier").here
    assert f"{CLASSIFIER} is not in" in weights.missing()


@pytest.mark.parametrize(("what", "name"), [("base", BASE), ("classifier", CLASSIFIER)])
def test_a_file_cut_off_is_not_taken_for_whole(keras_home, published, what, name):
    put(keras_home, published, name, CLASS_INDEX)
    assert weights.status(what).here
    whole = (keras_home / name).read_bytes()
    (keras_home / name).write_bytes(whole[: len(whole) // 2])
    assert not weights.status(what).here
    assert f"{name} in $KERAS_HOME/models is cut off or damaged" in weights.status(what).sentence


def test_files_that_are_damaged_at_random_never_stop_a_lesson(keras_home, published):
    """A seeded fuzzer: bytes changed, and cut; h5py raises many kinds of errors on them."""
    whole, draw = (published / BASE).read_bytes(), random.Random(0)
    for _ in range(200):
        content = bytearray(whole)
        for _ in range(draw.randint(1, 30)):
            content[draw.randrange(2500)] = draw.randrange(256)
        (keras_home / BASE).write_bytes(content[: draw.choice([None, draw.randrange(len(whole))])])
        weights._is_whole.cache_clear()
        assert weights.status("base").sentence


@pytest.mark.parametrize("error", [KeyError, ValueError, UnicodeDecodeError, OSError, MemoryError])
def test_whatever_h5py_raises_the_file_is_damaged(keras_home, published, monkeypatch, error):
    def fails(*_):
        raise error(*(("utf-8", b"", 0, 1, "no") if error is UnicodeDecodeError else ["no"]))

    put(keras_home, published, BASE)
    weights._is_whole.cache_clear()
    monkeypatch.setattr(h5py.File, "visititems", fails)
    assert "cut off or damaged" in weights.status("base").sentence


def test_an_array_that_says_it_is_larger_than_its_file_is_not_read(keras_home, published):
    with h5py.File(keras_home / BASE, "w") as file:
        file.create_dataset("kernel", shape=(10**9,), chunks=(100,), dtype="float32")  # 4 GB of 0
    assert "damaged" in weights.status("base").sentence


def test_weights_that_are_not_numbers_are_damaged(keras_home, published):
    with h5py.File(keras_home / BASE, "w") as file:
        file["kernel"] = [1.0, float("nan")]
    assert "damaged" in weights.status("base").sentence


@pytest.mark.parametrize(("what", "name"), [("base", BASE), ("classifier", CLASSIFIER)])
def test_another_models_weights_are_damaged_for_this_one(
    keras_home, published, monkeypatch, what, name
):
    put(keras_home, published, name, CLASS_INDEX)
    monkeypatch.setattr(weights, "ARRAYS", {BASE: 260, CLASSIFIER: 262})
    assert not weights.status(what).here


def test_the_base_is_taken_when_whole_though_no_hash_of_it_is_published(keras_home, published):
    put(keras_home, published, BASE)
    found = weights.status("base")
    assert found.here
    assert found.sentence.endswith(
        "found in $KERAS_HOME/models (whole; no published hash to compare it with)"
    )


def test_another_size_of_the_base_can_be_asked_for(keras_home, published):
    name = weights.NO_TOP.format(alpha=1.0, side=128)
    assert weights.status(name).sentence == (
        f"{name} is not in $KERAS_HOME/models; where there is a network, Keras fetches it."
    )
    (keras_home / name).write_bytes((published / BASE).read_bytes())
    assert weights.status(name).here


def test_class_names_must_be_keras_own(keras_home, published):
    put(keras_home, published, CLASSIFIER)
    assert "class names are not in" in weights.status().sentence
    (keras_home / CLASS_INDEX).write_text("{}")
    assert "class names in $KERAS_HOME/models are damaged" in weights.status().sentence


def test_another_file_than_the_published_is_told(keras_home, published, monkeypatch):
    put(keras_home, published, CLASSIFIER, CLASS_INDEX)
    assert "(the file that Keras publishes)" in weights.status().sentence
    monkeypatch.setattr(weights, "SHA256", {CLASSIFIER: "0" * 64})
    assert weights.status().here
    assert "(not the file that Keras publishes)" in weights.status().sentence


def test_class_names_are_numbered(keras_home, published):
    put(keras_home, published, CLASS_INDEX)
    assert weights.class_names()["n00000007"] == (7, "class_7")


def test_fetch_downloads_all_and_says_nothing_of_this_machine(keras_home, server, capfd):
    assert weights.fetch().here
    assert lying_in(keras_home) == sorted(ALL)
    assert sorted(server.asked) == sorted(ALL)
    said = "".join(capfd.readouterr())
    assert str(keras_home) not in said
    assert "hash" not in said


@pytest.mark.parametrize("name", ALL)
def test_fetch_downloads_what_is_missing_alone(keras_home, server, name):
    put(keras_home, server.folder, *set(ALL) - {name})
    assert weights.fetch().here
    assert server.asked == [name]


def test_fetch_leaves_whole_files_alone(keras_home, server):
    put(keras_home, server.folder, *ALL)
    assert weights.fetch().here
    assert server.asked == []


@pytest.mark.parametrize("name", [BASE, CLASSIFIER])
def test_fetch_replaces_a_file_that_was_cut_off(keras_home, server, name):
    put(keras_home, server.folder, *ALL)
    (keras_home / name).write_bytes(b"\x89HDF half")
    assert weights.fetch().here
    assert weights.status("base").here
    assert server.asked == [name]


def test_a_download_with_the_wrong_hash_leaves_nothing(keras_home, server, monkeypatch):
    put(keras_home, server.folder, BASE)
    monkeypatch.setattr(weights, "SHA256", {CLASSIFIER: "0" * 64})
    with pytest.raises(weights.WeightsError, match="nothing was left half-written"):
        weights.fetch()
    assert lying_in(keras_home) == [BASE]


@pytest.mark.parametrize("name", ALL)
def test_a_download_that_breaks_off_leaves_nothing_of_that_file(keras_home, server, name):
    server.cut.add(name)
    with pytest.raises(weights.WeightsError, match=f"{name} could not be downloaded"):
        weights.fetch()
    assert lying_in(keras_home) == sorted(ALL[: ALL.index(name)])


def test_a_page_in_place_of_the_base_is_refused(keras_home, server):
    """As a hotel's network sends its own page with the answer that all is well."""
    (server.folder / BASE).write_text("<html>Please log in</html>")
    with pytest.raises(weights.WeightsError, match="cut off or no such weights"):
        weights.fetch()
    assert lying_in(keras_home) == []


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(28, "No space left on device"), weights.WeightsError),
        (PermissionError(13, "Permission denied"), weights.WeightsError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_full_disk_or_an_interruption_leaves_nothing(
    keras_home, server, monkeypatch, error, raised
):
    def half(self, url, output_file, *_, **__):
        Path(output_file).write_bytes(b"half")
        raise error

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", half)
    with pytest.raises(raised) as caught:
        weights.fetch()
    assert lying_in(keras_home) == []
    if raised is weights.WeightsError:
        assert error.strerror in str(caught.value)
        assert "\n" not in str(caught.value)


def told_in_one_sentence():
    with pytest.raises(weights.WeightsError, match="could not be downloaded") as caught:
        weights.fetch()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("check network and disk space and run it again.")
    return str(caught.value)


def test_without_a_route_it_is_told(keras_home, server, monkeypatch):
    monkeypatch.setattr(weights, "PLACE", "http://127.0.0.1:9/")
    told_in_one_sentence()
    assert lying_in(keras_home) == []


class Refusing(SimpleHTTPRequestHandler):
    """A proxy that answers 502 to all."""

    def do_GET(self):
        self.send_error(502)

    def log_message(self, *_):
        pass


def test_a_proxy_that_answers_502_is_told(keras_home, server, monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(weights, "PLACE", "http://weights.example/")
        assert "502" in told_in_one_sentence()
        proxy.shutdown()
    assert lying_in(keras_home) == []


def test_a_server_that_falls_silent_in_the_middle_is_told(keras_home, server, monkeypatch):
    """The course waits 30 seconds for more; here it is less than one."""
    server.gates[BASE] = threading.Event()
    waited, patient = [], pooch.HTTPDownloader

    def impatient(*, timeout, **options):
        waited.append(timeout)
        return patient(timeout=0.3, **options)

    monkeypatch.setattr(pooch, "HTTPDownloader", impatient)
    told_in_one_sentence()
    server.gates[BASE].set()
    assert waited == [30]
    assert lying_in(keras_home) == []


@pytest.mark.parametrize(
    "write", ["pathlib.Path.mkdir", "tempfile.mkdtemp", "pathlib.Path.replace"]
)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_full_or_locked_disk_at_each_write_is_told(
    keras_home, server, monkeypatch, write, number
):
    def fails(*_, **__):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(write, fails)
        assert os.strerror(number) in told_in_one_sentence()
    assert lying_in(keras_home) == []
    assert weights.fetch().here


KILLED = """
import sys
from tlcourse import weights
weights.PLACE, weights.CLASS_INDEX_URL = sys.argv[1], sys.argv[1] + weights.CLASS_INDEX
weights.network_answers = lambda: True
weights.fetch()
"""


def test_killed_in_the_middle_of_a_fetch_the_same_command_goes_through(keras_home, server):
    server.gates[BASE] = threading.Event()
    run = subprocess.Popen([sys.executable, "-c", KILLED, weights.PLACE], stderr=subprocess.DEVNULL)
    assert server.reached.wait(50)
    run.kill()
    run.wait()
    server.gates.pop(BASE).set()
    assert not weights.status("base").here
    assert weights.fetch().here
    assert [name for name in lying_in(keras_home) if not name.startswith("tmp")] == sorted(ALL)


def test_a_missing_server_file_leaves_nothing(keras_home, server):
    (server.folder / BASE).unlink()
    with pytest.raises(weights.WeightsError, match="could not be downloaded"):
        weights.fetch()
    assert lying_in(keras_home) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path, server, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(weights.WeightsError, match="could not be downloaded"):
        weights.fetch()


def test_the_network_is_not_asked_when_told_so(monkeypatch, keras_home):
    monkeypatch.setattr(weights.socket, "create_connection", pytest.fail)
    assert not weights.network_answers()
    with pytest.raises(weights.WeightsError, match="TLCOURSE_OFFLINE forbids"):
        weights.fetch()


def test_behind_a_proxy_the_download_is_tried(monkeypatch):
    monkeypatch.delenv("TLCOURSE_OFFLINE", raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert weights.network_answers()


def test_the_command_exits_with_1_and_one_sentence(keras_home):
    result = CliRunner().invoke(app, ["fetch"])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "Traceback" not in result.output


@pytest.fixture
def read_only(keras_home, published, monkeypatch):
    """A Keras folder as a class shares it: all may read it, none may write."""
    put(keras_home, published, BASE, CLASS_INDEX)
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path) != keras_home.parent and real(path, mode)
    )
    return keras_home


def test_a_read_only_home_is_used_through_a_folder_of_ones_own(read_only):
    assert weights.status("base").here
    assert not weights.models_folder().is_relative_to(read_only)
    assert (weights.models_folder() / BASE).resolve() == (read_only / BASE).resolve()
    assert "$KERAS_HOME/models" in weights.status("base").sentence


def test_what_a_read_only_home_lacks_comes_into_ones_own(read_only, server):
    assert weights.fetch().here
    assert server.asked == [CLASSIFIER]
    assert lying_in(read_only) == sorted([BASE, CLASS_INDEX])
    assert lying_in(weights.models_folder()) == sorted(ALL)


def test_a_damaged_file_of_a_read_only_home_is_replaced_in_ones_own(read_only, server):
    (read_only / BASE).write_bytes(b"\x89HDF half")
    assert weights.fetch().here
    assert weights.status("base").here
    assert (read_only / BASE).read_bytes() == b"\x89HDF half"


def test_without_the_right_to_link_the_files_are_copied_whole(read_only, monkeypatch):
    def forbidden(*_):
        raise OSError("a privilege is not held")

    monkeypatch.setattr(Path, "symlink_to", forbidden)
    assert weights.status("base").here
    assert lying_in(weights.models_folder()) == sorted([BASE, CLASS_INDEX])
    assert not (weights.models_folder() / BASE).is_symlink()


def test_a_relative_home_counts_from_the_course(monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "some/where")
    assert weights.models_folder() == runtime.root() / "some" / "where" / "models"


def test_names_and_places_are_those_of_keras():
    """What is fetched must be what Keras would fetch; this tells when Keras changes it."""
    from keras.src.applications import imagenet_utils, mobilenet_v2

    assert weights.PLACE == mobilenet_v2.BASE_WEIGHT_PATH
    assert weights.CLASS_INDEX_URL == imagenet_utils.CLASS_INDEX_PATH


@pytest.mark.parametrize(
    ("name", "options"),
    [
        (BASE, {"alpha": 0.35, "input_shape": (96, 96, 3), "include_top": False}),
        (CLASSIFIER, {}),
        (weights.NO_TOP.format(alpha=1.0, side=128),
         {"alpha": 1.0, "input_shape": (128, 128, 3), "include_top": False}),
    ],
)  # fmt: skip
def test_the_files_are_those_that_keras_asks_for(monkeypatch, name, options):
    from keras.src.applications import mobilenet_v2

    class Asked(Exception):
        pass

    def ask(file, url, **_):
        raise Asked(file, url)

    monkeypatch.setattr(mobilenet_v2.file_utils, "get_file", ask)
    with pytest.raises(Asked) as asked:
        mobilenet_v2.MobileNetV2(**options)
    assert asked.value.args == (name, weights.PLACE + name)


@pytest.mark.parametrize(("name", "count"), weights.ARRAYS.items())
def test_the_numbers_of_arrays_are_the_networks(name, count):
    import keras

    alpha = 0.35 if name == BASE else 1.0
    network = keras.applications.MobileNetV2(
        weights=None, alpha=alpha, include_top=name == CLASSIFIER, input_shape=(96, 96, 3)
    )
    assert len(network.get_weights()) == count
