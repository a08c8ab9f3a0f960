"""Sets of real photographs: read as the stock call gives them, or told in one sentence."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from tlcourse import data, real

HERE = os.environ.get("TFDS_DATA_DIR")
SIZE = (32, 32)


@pytest.fixture
def datasets():
    from tlcourse.runtime import load_tensorflow

    load_tensorflow()
    import tensorflow_datasets as tfds

    return tfds


@pytest.fixture
def folder(tmp_path, datasets, monkeypatch):
    """An empty folder in the place of `~/tensorflow_datasets`."""
    return in_place(tmp_path / "sets", monkeypatch)


def in_place(folder, monkeypatch):
    import tensorflow_datasets as tfds

    monkeypatch.setattr(tfds.core.constants, "DATA_DIR", str(folder))
    monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    monkeypatch.delenv("TLCOURSE_OFFLINE", raising=False)
    for cached in (real.load, data.parts):
        cached.cache_clear()
    return folder


@pytest.fixture(autouse=True)
def nothing_is_kept():
    yield
    for cached in (real.load, data.parts):
        cached.cache_clear()


def no_network(monkeypatch, tfds):
    monkeypatch.setattr(real.weights, "network_answers", lambda: False)
    monkeypatch.setattr(tfds, "load", lambda *_, **__: pytest.fail("The network was tried."))


def one_sentence(caught):
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert caught.value._render_traceback_() == [f"DataError: {text}"]
    return text


def test_a_missing_set_is_told_at_once_when_downloads_are_forbidden(folder, datasets, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *_, **__: pytest.fail("The network was tried."))
    monkeypatch.setattr(real.weights.socket, "create_connection", pytest.fail)
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    with pytest.raises(real.DataError) as caught:
        data.parts("photographs", "tf_flowers", SIZE)
    assert one_sentence(caught) == (
        "tf_flowers is not in $TFDS_DATA_DIR, and TLCOURSE_OFFLINE forbids downloads: "
        "name a folder that holds it in TFDS_DATA_DIR."
    )


def test_without_a_network_nothing_is_tried_again_and_again(folder, datasets, monkeypatch):
    no_network(monkeypatch, datasets)
    with pytest.raises(real.DataError, match=r"_DATA_DIR, and no network answers: name"):
        real.load("tf_flowers")
    monkeypatch.delenv("TFDS_DATA_DIR")
    with pytest.raises(real.DataError, match="is not in ~/tensorflow_datasets, and no network"):
        real.load("tf_flowers")
    assert not folder.exists()


def test_a_download_that_fails_is_told_and_tried_anew_the_next_time(folder, datasets, monkeypatch):
    tried = []

    def fails(name, **options):
        tried.append((name, options["download"]))
        raise ConnectionError("Max retries exceeded with url: /flower_photos.tgz\nTraceback …")

    monkeypatch.setattr(real.weights, "network_answers", lambda: True)
    monkeypatch.setattr(datasets, "load", fails)
    for _ in range(2):
        with pytest.raises(real.DataError) as caught:
            real.load("tf_flowers")
        assert one_sentence(caught).startswith("tf_flowers could not be had (Max retries exceeded")
    assert tried == [("tf_flowers", True)] * 2


@pytest.mark.parametrize("name", ["tf_flower", "eurosat/rbg", "tf_flowers:9.9.9"])
def test_a_name_that_there_is_not_is_told(folder, name):
    with pytest.raises(real.DataError, match=f"There is no set of photographs {name}") as caught:
        real.load(name)
    one_sentence(caught)


def test_a_set_of_texts_is_no_set_of_photographs(folder):
    with pytest.raises(real.DataError, match="no pictures with labels; it has text, label"):
        real.load("imdb_reviews")


def test_an_empty_folder_of_a_set_is_told(folder):
    (folder / "tf_flowers" / "3.0.1").mkdir(parents=True)
    with pytest.raises(real.DataError, match=r"in \$TFDS_DATA_DIR is incomplete") as caught:
        real.load("tf_flowers")
    assert "remove its folder there" in one_sentence(caught)


@pytest.fixture
def shelf(folder):
    """A prepared set with a test, but no validation, in the place of one of real photographs."""
    shutil.copytree(
        data.tfds_folder() / "tabletop" / "fruit_shelf", folder / "tabletop" / "fruit_shelf"
    )
    return folder / "tabletop" / "fruit_shelf"


NAME = "tabletop/fruit_shelf"


def damage(path, content):
    path.write_bytes(content(path.read_bytes()))


@pytest.mark.parametrize(
    "content",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[: len(whole) // 2] + b"\0" + whole[len(whole) // 2 + 1 :],
    ],
    ids=["cut off", "one byte"],
)
def test_damaged_records_are_told(shelf, content):
    (shard,) = shelf.rglob("*train.tfrecord*")
    damage(shard, content)
    with pytest.raises(real.DataError, match=r"in \$TFDS_DATA_DIR is incomplete or dam") as caught:
        data.parts("photographs", NAME, SIZE)
    one_sentence(caught)


def test_missing_records_are_told(shelf):
    (shard,) = shelf.rglob("*test.tfrecord*")
    shard.unlink()
    with pytest.raises(real.DataError, match=r"in \$TFDS_DATA_DIR is incomplete or damaged"):
        data.parts("photographs", NAME, SIZE)


def test_records_are_checked_while_a_folder_is_written_too(shelf, tmp_path):
    (shard,) = shelf.rglob("*train.tfrecord*")
    damage(shard, lambda whole: whole[: len(whole) // 2])
    place = tmp_path / "work"
    place.mkdir()
    with pytest.raises(real.DataError, match="incomplete or damaged"):
        data.folder("photographs", NAME, per_class=1000, place=place)
    assert list(place.iterdir()) == []


def rows(images):
    return {image.tobytes() for image in images}


def test_what_a_set_lacks_is_dealt_from_its_training_pictures(shelf):
    parts = data.parts("photographs", NAME, (100, 100))
    assert set(parts) == {"train", "validation", "test"}
    known = data.arrays("fruit_shelf", "train")
    assert rows(parts["test"][0]) == rows(data.arrays("fruit_shelf", "test")["image"])
    assert rows(parts["train"][0]) | rows(parts["validation"][0]) == rows(known["image"])
    counts = np.bincount(known["label"])
    assert np.bincount(parts["validation"][1]).tolist() == [(n + 1) // 5 for n in counts]


def only_training(monkeypatch):
    splits, info = real.load(NAME)
    monkeypatch.setattr(real, "load", lambda _: ({"train": splits["train"]}, info))


def test_of_one_split_three_are_made(shelf, monkeypatch):
    only_training(monkeypatch)
    parts = real.parts(NAME, data._square(SIZE))
    total = len(data.arrays("fruit_shelf", "train")["label"])
    sizes = {part: len(labels) for part, (_, labels) in parts.items()}
    assert sum(sizes.values()) == total
    assert sizes["validation"] == pytest.approx(total / 5, abs=10)
    assert sizes["test"] == pytest.approx(total / 5, abs=10)
    again = real.parts(NAME, data._square(SIZE))
    assert all(np.array_equal(parts[part][0], again[part][0]) for part in parts)


def test_a_folder_of_pictures_holds_none_of_the_dealt_test(shelf, monkeypatch):
    only_training(monkeypatch)
    parts = real.parts(NAME, data._square((100, 100)))
    found = rows(image for image, _ in real.originals(NAME))
    assert not found & rows(parts["test"][0])
    assert found == rows(parts["train"][0]) | rows(parts["validation"][0])


def test_a_class_of_one_or_two_pictures_is_for_training():
    assert [real.part(n, {"train": 0}) for n in range(6)] == [
        "train", "train", "train", "validation", "test", "train",
    ]  # fmt: skip
    assert real.part(3, {"train": 0, "validation": 0}) == "train"
    assert real.part(4, {"train": 0, "validation": 0}) == "test"


def test_no_more_is_read_than_the_bound(shelf, monkeypatch):
    monkeypatch.setattr(real, "MOST", 50)
    parts = data.parts("photographs", NAME, SIZE)
    assert sum(len(parts[part][1]) for part in ("train", "validation")) == 50
    assert len(parts["test"][1]) == 50


# From here on with real sets, where the environment names a folder that holds them.
SETS = ("tf_flowers", "eurosat/rgb", "cifar10", "mnist", "oxford_iiit_pet", "beans")


@pytest.fixture
def lying_there(request, datasets, monkeypatch):
    def look(name):
        if not HERE:
            pytest.skip("TFDS_DATA_DIR does not name a folder with real photographs")
        if not (datasets.builder(name).data_path).exists():
            pytest.skip(f"{name} is not in TFDS_DATA_DIR")
        monkeypatch.setattr(real, "MOST", 600)
        monkeypatch.setattr(datasets.core.download.DownloadManager, "download", pytest.fail)
        return name

    return look


@pytest.mark.parametrize("name", SETS)
def test_real_sets_have_three_parts_of_different_pictures(lying_there, name):
    parts = data.parts("photographs", lying_there(name), (48, 40))
    seen = []
    for images, labels in parts.values():
        assert images.dtype == np.uint8
        assert images.shape[1:] == (48, 40, 3)
        assert labels.dtype == np.int64
        assert len(images) == len(labels) > 0
        assert images.max() > 200
        seen.append(rows(images))
    assert len(data.class_names("photographs", name)) > max(labels.max() for _, labels in
                                                          parts.values())  # fmt: skip
    twice = sum(map(len, seen)) - len(set().union(*seen))
    assert twice <= (name in ("cifar10", "mnist")) * 1  # small pictures: two may be alike


def test_a_picture_is_cropped_and_never_stretched(lying_there, datasets):
    lying_there("tf_flowers")
    import keras

    first = next(iter(real.load("tf_flowers")[0]["train"]))["image"].numpy()
    wanted = keras.preprocessing.image.smart_resize(first, (48, 40))
    found = data.parts("photographs", "tf_flowers", (48, 40))["train"][0][0]
    assert np.abs(found - wanted).max() < 2


def test_a_real_folder_is_read_by_keras(lying_there, tmp_path):
    lying_there("tf_flowers")
    import keras

    place = data.folder("photographs", "tf_flowers", per_class=5, place=tmp_path)
    train = keras.utils.image_dataset_from_directory(place, image_size=SIZE, verbose=False)
    assert train.class_names == sorted(data.class_names("photographs", "tf_flowers"))
    assert len(train.file_paths) == 5 * len(train.class_names)


OFFLINE = """
import time
from tlcourse import data
start = time.perf_counter()
try:
    data.parts("photographs", "tf_flowers", (32, 32))
except data.DataError as error:
    print(error)
print(time.perf_counter() - start < 30)
"""


def test_outside_of_a_test_it_answers_at_once_too(tmp_path):
    """Nothing is stood in for: an empty folder, and no downloads."""
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE], capture_output=True, text=True, timeout=120, check=True,
        env={**os.environ, "TFDS_DATA_DIR": str(tmp_path), "TLCOURSE_OFFLINE": "1"},
    )  # fmt: skip
    assert run.stdout.splitlines()[0].startswith("tf_flowers is not in $TFDS_DATA_DIR, and TL")
    assert run.stdout.splitlines()[1] == "True"
