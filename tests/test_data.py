"""Tabletop as it is shipped: whole, readable by anyone, and honest about its splits."""

import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image

from tlcourse import data

ROOT = Path(__file__).parents[1]
SUMS = json.loads((data.tfds_folder() / "sha256.json").read_text(encoding="utf-8"))
CONFIGS = sorted({name.split("/")[1] for name in SUMS})
CLASSIFIED = [config for config in CONFIGS if config != "house"]
# Two pictures nearer than this (of 256 bits) would be one picture drawn twice.
NEAR = 20

sys.path.insert(0, str(ROOT / "data"))
from tabletop import domains  # noqa: E402


def test_every_configuration_that_is_promised_is_there():
    assert set(CONFIGS) == set(domains.CONFIGS) - {"curio"}


@pytest.mark.parametrize("config", CONFIGS)
def test_the_sums_hold(config):
    data.check(config)


@pytest.mark.parametrize("config", CONFIGS)
def test_no_file_stands_beside_the_sums(config):
    folder = data.tfds_folder()
    paths = (folder / "tabletop" / config).rglob("*")
    assert {path.relative_to(folder).as_posix() for path in paths if path.is_file()} <= set(SUMS)


def test_all_of_it_stays_below_60_mb():
    files = [data.tfds_folder() / name for name in SUMS]
    assert sum(path.stat().st_size for path in files) < 60e6


@pytest.mark.parametrize("config", CONFIGS)
def test_counts_are_the_recipes(config):
    counts = {split: count for split, count in domains.CONFIGS[config]["counts"].items() if count}
    classes = domains.CONFIGS[config]["classes"]
    for split, count in counts.items():
        arrays = data.arrays(config, split)
        assert arrays["image"].shape == (count * len(classes), 100, 100, 3)
        assert arrays["image"].dtype == np.uint8
        if config in CLASSIFIED:
            assert np.bincount(arrays["label"]).tolist() == [count] * len(classes)
            assert data.names(config) == list(classes)


@pytest.mark.parametrize("config", CONFIGS)
def test_the_box_is_the_masks_extent(config):
    arrays = data.arrays(config, "test")
    for mask, box in zip(arrays["mask"][..., 0], arrays["box"], strict=True):
        rows, columns = np.nonzero((mask > 0) & (mask != 200))
        extent = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        assert np.allclose(np.array(extent) / 100, box, atol=1e-6)


@pytest.mark.parametrize("config", CONFIGS)
def test_nothing_is_nearly_invisible_or_all_there_is(config):
    for split in data._builder(config).info.splits:
        mask = data.arrays(config, split)["mask"]
        share = ((mask > 0) & (mask != 200)).mean((1, 2, 3))
        assert share.min() > 0.004
        assert share.max() < 0.95


@pytest.mark.parametrize("config", CONFIGS)
def test_no_picture_stands_in_two_splits(config):
    """No exact and no near duplicate, by perceptual hash (imagehash.phash of 256 bits)."""
    hashes, exact = {}, {}
    for split in data._builder(config).info.splits:
        images = data.arrays(config, split)["image"]
        found = [
            imagehash.phash(Image.fromarray(image), hash_size=16).hash.ravel() for image in images
        ]
        hashes[split] = np.array(found, dtype="float32")
        exact[split] = {image.tobytes() for image in images}
    for one in hashes:
        for other in hashes:
            if one < other:
                assert not exact[one] & exact[other]
                a, b = hashes[one], hashes[other]
                distances = a.sum(1)[:, None] + b.sum(1)[None] - 2 * a @ b.T
                assert distances.min() > NEAR


def test_the_duplicate_test_finds_a_picture_saved_twice(tmp_path):
    """The control: the same picture, compressed harder and a little brighter, counts as near."""
    image = Image.fromarray(data.arrays("fruit", "test")["image"][0])
    image.point(lambda value: min(255, round(1.05 * value))).save(
        tmp_path / "again.jpg", quality=60
    )
    first, second = image, Image.open(tmp_path / "again.jpg")
    assert imagehash.phash(first, 16) - imagehash.phash(second, 16) <= NEAR


def test_stock_tfds_reads_it_without_the_course(tmp_path):
    """In an empty folder, with nothing of the course on the path and no network in use."""
    code = (
        "import sys, tensorflow_datasets as tfds\n"
        "data = tfds.load('tabletop/fruit', split='test', data_dir=sys.argv[1], download=False)\n"
        "one = next(iter(data)); print(len(data), one['image'].shape)\n"
        "assert 'tlcourse' not in sys.modules and 'tabletop' not in sys.modules\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    run = subprocess.run(
        [sys.executable, "-I", "-c", code, str(data.tfds_folder())],
        cwd=tmp_path, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    count = 20 * domains.FULL["test"]
    assert run.stdout.split("\n")[0] == f"{count} (100, 100, 3)"


def copy_of_house(tmp_path):
    folder = tmp_path / "tfds"
    shutil.copytree(data.tfds_folder() / "tabletop" / "house", folder / "tabletop" / "house")
    shutil.copy(data.tfds_folder() / "sha256.json", folder)
    (shard,) = (folder / "tabletop" / "house").rglob("*test.tfrecord*")
    return folder, shard


def test_a_damaged_shard_gives_one_sentence_with_the_way_out(tmp_path):
    folder, shard = copy_of_house(tmp_path)
    data.check("house", folder)
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    with pytest.raises(data.DataError, match=r"is damaged: run `git checkout -- data/tfds`"):
        data.check("house", folder)


def test_a_missing_shard_gives_one_sentence_with_the_way_out(tmp_path):
    folder, shard = copy_of_house(tmp_path)
    shard.unlink()
    with pytest.raises(data.DataError, match=r"is missing: run `git checkout -- data/tfds`"):
        data.check("house", folder)


def test_missing_sums_give_one_sentence(tmp_path):
    with pytest.raises(data.DataError, match=r"sha256.json is missing: run"):
        data.check("house", tmp_path)


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(data.DataError, match="There is no tabletop/furniture; there are: fruit"):
        data.tabletop("furniture")
    with pytest.raises(data.DataError, match="no split 'validation': train, test"):
        data.tabletop("fruit_shelf", "validation")


def test_the_order_is_the_same_every_time():
    first, again = (
        [one["file"] for one in data.tabletop("house", "test").take(20).as_numpy_iterator()]
        for _ in range(2)
    )
    assert first == again
    assert len(set(first)) == 20


def test_arrays_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        data.arrays("house", "test")["image"][0] = 0


def test_lights_and_surfaces_have_one_numbering():
    for one, other in pairwise(CONFIGS):
        assert data.names(one, "light") == data.names(other, "light")


@pytest.mark.parametrize("config", ["fruit", "vegetable", "vehicle", "noodle"])
def test_the_class_says_nothing_about_light_and_table(config):
    """Chi-squared tests of independence over all pictures; what the scene shares, no class owns."""
    from scipy.stats import chi2_contingency

    splits = [data.arrays(config, split) for split in ("train", "validation", "test")]
    label = np.concatenate([one["label"] for one in splits])
    for feature in ("light", "surface"):
        values = np.concatenate([one[feature] for one in splits])
        table = np.array(
            [[(values[label == k] == v).sum() for v in np.unique(values)] for k in np.unique(label)]
        )
        assert chi2_contingency(table).pvalue > 1e-4


def test_the_price_of_a_house_is_what_its_front_says():
    """A regression on the front's own features explains most of the price, the noise the rest."""
    house = data.arrays("house", "train")
    features = np.stack([house[name] for name in ("storeys", "width", "windows", "condition")], 1)
    target = np.log(house["price"])
    design = np.c_[np.ones(len(target)), features, np.log(features[:, 0] * features[:, 1])]
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    assert 1 - rest.var() / target.var() > 0.5
    assert house["price"].max() / house["price"].min() > 4


def test_the_card_tells_the_sum_of_every_shard():
    card = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    shards = {name: value for name, value in SUMS.items() if ".tfrecord" in name}
    assert len(shards) >= 2 * len(CONFIGS)
    assert [name for name, value in shards.items() if value not in card] == []


def test_the_card_tells_the_counts():
    card = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for config in CONFIGS:
        counts = [str(domains.CONFIGS[config]["counts"].get(split, 0)) for split in domains.SPLITS]
        row = next(line for line in card.splitlines() if line.startswith(f"| `{config}` |"))
        assert " / ".join(counts) in row, config


def test_the_pictures_of_its_own_size_are_left_as_they_are():
    images, labels = data.parts("tabletop", "fruit", (100, 100))["test"]
    assert np.array_equal(images, data.arrays("fruit", "test")["image"])
    assert np.array_equal(labels, data.arrays("fruit", "test")["label"])


def test_another_size_is_a_fresh_copy_of_all_pictures():
    parts = data.parts("tabletop", "fruit", (96, 96))
    for part, (images, labels) in parts.items():
        known = data.arrays("fruit", part)
        assert images.shape == (len(known["label"]), 96, 96, 3)
        assert images.dtype == np.uint8
        assert np.array_equal(labels, known["label"])
        assert abs(images.mean() - known["image"].mean()) < 2


def test_few_pictures_are_chosen_by_the_seed_from_each_class():
    labels = np.repeat([4, 7, 9], [30, 30, 3])
    images = np.arange(63)
    some, theirs = data.few(images, labels, per_class=5, seed=0)
    assert np.bincount(theirs)[[4, 7, 9]].tolist() == [5, 5, 3]  # of three, three
    assert np.array_equal(labels[some], theirs)
    assert len(set(some)) == 13
    again, _ = data.few(images, labels, per_class=5, seed=0)
    other, _ = data.few(images, labels, per_class=5, seed=1)
    assert np.array_equal(some, again)
    assert not np.array_equal(some, other)
    assert data.few(images, labels, per_class=None)[0] is images


def test_more_pictures_a_class_contain_the_fewer_ones():
    """So that a learning curve adds pictures, and does not deal anew."""
    labels = np.repeat([0, 1], 100)
    chosen = [set(data.few(np.arange(200), labels, per_class=n, seed=2)[0]) for n in (5, 10, 50)]
    assert chosen[0] < chosen[1] < chosen[2]


def test_class_names_are_written_with_spaces():
    assert data.class_names("tabletop", "fruit") == [
        name.replace("_", " ") for name in data.names("fruit")
    ]


def folder(place, **options):
    return data.folder("tabletop", "fruit", per_class=3, place=place, **options)


def test_a_folder_is_read_by_keras(tmp_path):
    import keras

    train = keras.utils.image_dataset_from_directory(
        folder(tmp_path), image_size=(100, 100), verbose=False
    )
    assert train.class_names == sorted(data.class_names("tabletop", "fruit"))
    assert len(train.file_paths) == 3 * len(train.class_names)
    assert {Path(path).name for path in train.file_paths} == {"0001.jpg", "0002.jpg", "0003.jpg"}


def test_its_pictures_are_those_of_the_classes(tmp_path):
    place = folder(tmp_path)
    known = data.arrays("fruit", "train")
    for number, name in enumerate(data.class_names("tabletop", "fruit")):
        first = np.array(Image.open(place / name / "0001.jpg")).astype(int)
        wanted = known["image"][known["label"] == number][0]
        assert np.abs(first - wanted).mean() < 6  # saved as JPEG


def test_a_folder_is_written_once_and_stays_as_the_learner_leaves_it(tmp_path, monkeypatch):
    place = folder(tmp_path)
    (place / "apple" / "mine.txt").parent.mkdir(exist_ok=True)
    (place / "apple" / "mine.txt").write_text("a note")
    monkeypatch.setattr(data, "_originals", lambda *_: pytest.fail("It was written again."))
    assert folder(tmp_path) == place
    assert (place / "apple" / "mine.txt").read_text() == "a note"
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


def test_another_number_a_class_is_another_folder(tmp_path):
    assert folder(tmp_path) != data.folder("tabletop", "fruit", per_class=2, place=tmp_path)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interrupted_folder_leaves_nothing_half_and_is_written_the_next_time(
    tmp_path, monkeypatch, error
):
    originals = data._originals

    def breaks(*names):
        for number, pair in enumerate(originals(*names)):
            if number == 40:
                raise error
            yield pair

    with monkeypatch.context() as broken:
        broken.setattr(data, "_originals", breaks)
        with pytest.raises(type(error)):
            folder(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(list(folder(tmp_path).rglob("*.jpg"))) == 60


def test_another_notebook_that_was_quicker_wins(tmp_path, monkeypatch):
    originals = data._originals

    def slow(*names):
        yield from originals(*names)
        (tmp_path / "fruit_3" / "apple").mkdir(parents=True)

    monkeypatch.setattr(data, "_originals", slow)
    assert folder(tmp_path) == tmp_path / "fruit_3"
    assert [path.name for path in tmp_path.rglob("*")] == ["fruit_3", "apple"]


def test_names_with_a_slash_do_not_leave_the_folder(tmp_path, monkeypatch):
    names = ["../../sweet/sour cherry"] + [f"kind {n}" for n in range(19)]
    monkeypatch.setattr(data, "class_names", lambda *_: names)
    place = data.folder("tabletop", "fruit", per_class=1, place=tmp_path)
    assert len(list(place.glob("*/0001.jpg"))) == 20
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


def test_a_sets_name_with_a_slash_is_one_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "_originals", lambda *_: [(np.zeros((8, 8, 3), "uint8"), 0)])
    monkeypatch.setattr(data, "class_names", lambda *_: ["forest"])
    place = data.folder("photographs", "eurosat/rgb", per_class=1, place=tmp_path)
    assert place == tmp_path / "eurosat_rgb_1"
