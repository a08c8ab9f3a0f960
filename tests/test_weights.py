"""Weights are whole, the right ones, or said to be missing; a broken download leaves nothing."""

import hashlib
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import pytest
from typer.testing import CliRunner

from tlcourse import weights
from tlcourse.cli import app


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    home = tmp_path / "keras"
    (home / "models").mkdir(parents=True)
    monkeypatch.setenv("KERAS_HOME", str(home))
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    monkeypatch.setattr(weights, "_settled", None)
    return home / "models"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Small stand-ins for the two files, whose hashes count as the published ones."""
    folder = tmp_path / "published"
    folder.mkdir()
    with h5py.File(folder / weights.WEIGHTS, "w") as file:
        file["kernel"] = [1.0] * 5000
    monkeypatch.setattr(weights, "ARRAYS", 1)
    index = {str(n): [f"n{n:08}", f"class_{n}"] for n in range(1000)}
    (folder / weights.CLASS_INDEX).write_text(json.dumps(index))
    data = {name: (folder / name).read_bytes() for name in (weights.WEIGHTS, weights.CLASS_INDEX)}
    sha256 = hashlib.sha256(data[weights.WEIGHTS]).hexdigest()
    monkeypatch.setattr(weights, "WEIGHTS_SHA256", sha256)
    md5 = hashlib.md5(data[weights.CLASS_INDEX]).hexdigest()
    monkeypatch.setattr(weights, "CLASS_INDEX_MD5", md5)
    return folder


@pytest.fixture
def server(published, monkeypatch):
    handler = partial(SimpleHTTPRequestHandler, directory=published)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(weights, "BASE", address)
        monkeypatch.setattr(weights, "CLASS_INDEX_URL", address + weights.CLASS_INDEX)
        monkeypatch.setattr(weights, "network_answers", lambda: True)
        yield published
        server.shutdown()


def put(keras_home, published, *names):
    for name in names:
        (keras_home / name).write_bytes((published / name).read_bytes())


def test_nothing_there(keras_home):
    assert not weights.status().here
    assert "make fetch" in weights.missing()


def test_offline_fetch_tells_what_to_copy_and_where(keras_home):
    with pytest.raises(weights.WeightsError, match=r"copy mobilenet_v2.*KERAS_HOME/models"):
        weights.fetch()
    assert not weights.obtain().here
    assert "copy" in weights.obtain().sentence


def test_a_file_cut_off_is_not_taken_for_whole(keras_home, published):
    put(keras_home, published, weights.WEIGHTS, weights.CLASS_INDEX)
    assert weights.status().here
    whole = (keras_home / weights.WEIGHTS).read_bytes()
    (keras_home / weights.WEIGHTS).write_bytes(whole[: len(whole) // 2])
    assert "cut off" in weights.status().sentence


def test_weights_that_are_not_numbers_are_damaged(keras_home, published):
    put(keras_home, published, weights.CLASS_INDEX)
    with h5py.File(keras_home / weights.WEIGHTS, "w") as file:
        file["kernel"] = [1.0, float("nan")]
    assert "damaged" in weights.status().sentence


def test_another_models_weights_are_damaged_for_this_one(keras_home, published, monkeypatch):
    put(keras_home, published, weights.WEIGHTS, weights.CLASS_INDEX)
    monkeypatch.setattr(weights, "ARRAYS", 262)
    assert not weights.status().here


def test_weights_that_come_while_a_lesson_runs_wait_for_a_restart(keras_home, published):
    weights.settle(weights.status())
    assert not weights.obtain().here
    put(keras_home, published, weights.WEIGHTS, weights.CLASS_INDEX)
    assert "Restart Kernel" in weights.missing()
    assert not weights.obtain().here
    weights.settle(weights.status())  # what `begin` does
    assert weights.missing() is None
    assert weights.obtain().here


@pytest.fixture
def read_only(keras_home, tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "READ_ONLY_FALLBACK", tmp_path / "fallback")
    monkeypatch.setattr(weights.os, "access", lambda path, mode: Path(path) != keras_home.parent)
    return tmp_path / "fallback" / "models"


def test_a_read_only_home_is_copied_to_where_keras_looks(keras_home, published, read_only):
    put(keras_home, published, weights.WEIGHTS, weights.CLASS_INDEX)
    assert not weights.status().here
    assert weights.obtain().here
    assert sorted(path.name for path in read_only.iterdir()) == sorted(
        [weights.WEIGHTS, weights.CLASS_INDEX]
    )


def test_a_full_disk_is_told_in_one_sentence(keras_home, published, read_only, monkeypatch):
    put(keras_home, published, weights.WEIGHTS, weights.CLASS_INDEX)

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights.shutil, "copyfile", full)
    assert weights.obtain().sentence.endswith("cannot be written (No space left on device).")
    assert not any(read_only.iterdir())


def test_a_relative_home_counts_from_the_course(monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "some/where")
    assert weights.keras_home() == weights.root() / "some" / "where"


def test_class_names_must_be_keras_own(keras_home, published):
    put(keras_home, published, weights.WEIGHTS)
    assert "class names are not in" in weights.status().sentence
    (keras_home / weights.CLASS_INDEX).write_text("{}")
    assert "class names in $KERAS_HOME/models are damaged" in weights.status().sentence


def test_another_file_than_the_published_is_told(keras_home, published, monkeypatch):
    put(keras_home, published, weights.WEIGHTS, weights.CLASS_INDEX)
    assert "(the file that Keras publishes)" in weights.status().sentence
    monkeypatch.setattr(weights, "WEIGHTS_SHA256", "0" * 64)
    assert weights.status().here
    assert "(not the file that Keras publishes)" in weights.status().sentence


def test_class_names_are_numbered(keras_home, published):
    put(keras_home, published, weights.CLASS_INDEX)
    assert weights.class_names()["n00000007"] == (7, "class_7")


def test_fetch_downloads_what_is_missing(keras_home, server):
    assert weights.fetch().here
    assert sorted(path.name for path in keras_home.iterdir()) == sorted(
        [weights.WEIGHTS, weights.CLASS_INDEX]
    )


def test_fetch_replaces_a_file_that_was_cut_off(keras_home, server):
    (keras_home / weights.WEIGHTS).write_bytes(b"\x89HDF half")
    assert weights.fetch().here


def test_a_download_with_the_wrong_hash_leaves_nothing(keras_home, server, monkeypatch):
    monkeypatch.setattr(weights, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(weights.WeightsError, match="nothing was left half-written"):
        weights.fetch()
    assert list(keras_home.iterdir()) == []


def test_a_missing_server_file_leaves_nothing(keras_home, server):
    (server / weights.WEIGHTS).unlink()
    with pytest.raises(weights.WeightsError, match="could not be downloaded"):
        weights.fetch()
    assert list(keras_home.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path, server, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(weights.WeightsError, match="could not be downloaded"):
        weights.fetch()


def test_the_network_is_not_asked_when_told_so(monkeypatch, keras_home):
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
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


def test_names_and_places_are_those_of_keras():
    """What is fetched must be what Keras would fetch; this tells when Keras changes it."""
    from keras.src.applications import imagenet_utils, mobilenet_v2

    assert weights.BASE == mobilenet_v2.BASE_WEIGHT_PATH
    assert weights.CLASS_INDEX_URL == imagenet_utils.CLASS_INDEX_PATH
