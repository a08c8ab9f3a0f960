"""What the course ships is whole, or one sentence says how to have it again."""

import json
import random
import shutil
import sys
from contextlib import suppress
from types import SimpleNamespace

import pytest

from tlcourse import copies, data, evidence, models, savedmodels, shipped, trials

ODD = [
    b"", b"{", b"null", b"7", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000, b"9" * 5000,
    b'{"claims": 3, "only": [], "classes": {}, "file": 1, "sha256": null}', b"\x00" * 50,
    b'{"claims": [{"lesson": "studies/98", "sentence": 1}], "only": {"runs": 5}}',
    b'{"claims": [{"lesson": "studies/98"}], "only": {"runs": [{"settings": 1}]}}',
]  # fmt: skip


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of which one may break the tables; each is read from there."""
    for folder in ("tfds", "hub", "weights", "results"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    for module in (data, evidence, models, savedmodels, trials):
        monkeypatch.setattr(module, "root", lambda: tmp_path)
    models.card.cache_clear()
    yield tmp_path / "data"
    models.card.cache_clear()


READERS = {
    "tfds/sha256.json": (data.DataError, data.configs),
    "hub/sha256.json": (
        savedmodels.SavedModelError, lambda: savedmodels.checked("fruit_classification")
    ),
    "weights/general.json": (models.ModelError, lambda: models.check("general")),
    "results/98_test.json": (trials.ResultsError, lambda: trials.stored("98_test", "only")),
    "results/claims.json": (evidence.EvidenceError, lambda: evidence.find("studies/98", "A")),
}  # fmt: skip


def told(name):
    error, read = READERS[name]
    models.card.cache_clear()
    with pytest.raises(error) as caught:
        read()
    text = str(caught.value)
    assert "\n" not in text
    assert caught.value._render_traceback_() == [f"{error.__name__}: {text}"]
    return text


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd[:24]))
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_table_is_told_in_one_sentence(course, name, odd):
    (course / name).write_bytes(odd)
    text = told(name) if not (name.startswith("tfds") and odd.startswith(b'{"')) else ""
    if odd[:2] != b'{"':
        folder = name.split("/")[0]
        way_out = f"run `git checkout -- data/{folder}`, or unpack the course anew."
        assert text == f"data/{name} is damaged: {way_out}"


@pytest.mark.parametrize("name", READERS)
def test_a_folder_in_its_place_counts_as_missing(course, name):
    (course / name).mkdir()
    assert f"data/{name} is missing: run `git checkout" in told(name)


@pytest.mark.parametrize("name", READERS)
def test_tables_that_are_damaged_at_random_give_sentences(course, name):
    """A seeded fuzzer: pieces of a whole table, cut, doubled, swapped and changed."""
    whole = json.dumps({
        "claims": [{"lesson": "studies/98", "sentence": "A", "cell": "c", "profile": "offline",
                    "value": 1, "threshold": 0, "interval": [0, 2]}],
        "only": {"runs": [{"settings": {"seed": 1}, "result": {"accuracy": 1}, "seconds": 2}]},
        "classes": ["a"], "file": "x.h5", "sha256": "0" * 64,
        "fruit_classification/saved_model.pb": "0" * 64, "tabletop/fruit/1.0.0/x": "0" * 64,
    }).encode()  # fmt: skip
    error, read = READERS[name]
    draw = random.Random(0)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            place, end = sorted(draw.choices(range(len(damaged) + 1), k=2))
            end = min(end, place + 20)
            pieces = [b"", damaged[place:end] * 2, draw.randbytes(2), b"null", b"[", b'"', b"{}"]
            damaged[place:end] = draw.choice(pieces)
        (course / name).write_bytes(damaged)
        models.card.cache_clear()
        with suppress(error):  # anything else would be a raw traceback
            read()


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "x").touch()
    monkeypatch.setattr("pathlib.Path.read_bytes", forbidden)
    with pytest.raises(LookupError, match=r"data/hub/x is damaged: run `git checkout -- data/hub`"):
        shipped.check(tmp_path / "x", "data/hub/x", "0", LookupError)


@pytest.fixture
def tfds(course, monkeypatch):
    """A course with tabletop's fruits, and TensorFlow Datasets pretended: it returns the folder."""
    folder = course / "tfds" / "tabletop" / "fruit" / "1.0.0"
    folder.mkdir(parents=True)
    (folder / "dataset_info.json").write_bytes(b"{}")
    sums = {"tabletop/fruit/1.0.0/dataset_info.json": shipped.hashlib.sha256(b"{}").hexdigest()}
    (course / "tfds" / "sha256.json").write_text(json.dumps(sums), encoding="utf-8")
    monkeypatch.setattr(data, "load_tensorflow", lambda: None)
    pretended = SimpleNamespace(builder_from_directory=lambda folder: folder)
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", pretended)
    return folder


def test_what_file_managers_and_jupyter_lay_beside_the_pictures_is_overlooked(tfds):
    for place in (tfds, tfds.parent, tfds.parents[1], tfds.parents[2]):
        (place / ".DS_Store").touch()
        (place / ".ipynb_checkpoints").mkdir()
        (place / ".ipynb_checkpoints" / "dataset_info.json").touch()
        (place / "Thumbs.db").touch()
    assert data._builder.__wrapped__("fruit") == tfds
    assert data.configs() == ["fruit"]


def test_a_missing_set_of_pictures_is_told(tfds):
    shutil.rmtree(tfds)
    with pytest.raises(data.DataError, match=r"fruit/1.0.0/dataset_info.json is missing: run `git"):
        data._builder.__wrapped__("fruit")
    with pytest.raises(data.DataError, match="There is no tabletop/apple; there are: fruit"):
        data._builder.__wrapped__("apple")


def test_a_feature_without_names_is_told_with_those_that_have_some(monkeypatch):
    features = {"label": SimpleNamespace(names=["apple"]), "image": SimpleNamespace()}
    info = SimpleNamespace(features=features)
    monkeypatch.setattr(data, "_builder", lambda config: SimpleNamespace(info=info))
    assert data.names("fruit") == ["apple"]
    for feature in ("colour", "image"):
        with pytest.raises(data.DataError) as caught:
            data.names("fruit", feature)
        assert str(caught.value) == f"tabletop/fruit names no {feature!r}, only label."


def test_odd_notebooks_have_a_fingerprint():
    """A seeded fuzzer over what a learner's editor may have left."""
    cell = {"cell_type": "code", "source": ["a", "b"], "outputs": [], "metadata": {}, "id": "x"}
    whole = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    draw = random.Random(0)
    assert copies.fingerprint(b"[" * 100_000)
    for _ in range(300):
        damaged = bytearray(whole.encode())
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(len(damaged))
            pieces = [b"", draw.randbytes(2), b"null", b"[", b'"', b"{}", b"3"]
            damaged[place : place + draw.randint(0, 9)] = draw.choice(pieces)
        assert len(copies.fingerprint(bytes(damaged))) == 64
