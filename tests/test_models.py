"""The course's network and its weights."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tlcourse import data, models

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def untrained():
    import keras

    keras.utils.set_random_seed(0)
    return models.residual_network(20)


def test_four_groups_of_blocks_each_ending_in_an_add(untrained):
    adds = [layer.name for layer in untrained.layers if type(layer).__name__ == "Add"]
    assert adds == [f"group{g}_block{b}_add" for g in (1, 2, 3, 4) for b in (1, 2)]


def test_the_last_map_is_4_by_4_and_the_network_small(untrained):
    assert untrained.get_layer("pool").input.shape == (None, 4, 4, 160)
    assert untrained.count_params() <= 1_300_000


def test_batchnorm_warms_up_within_a_short_training(untrained):
    momenta = {la.momentum for la in untrained.layers if type(la).__name__ == "BatchNormalization"}
    assert momenta == {0.9}


def test_without_classes_the_map_is_the_output():
    assert models.residual_network().output.shape == (None, 4, 4, 160)


def test_preprocessing_has_one_range_for_arrays_and_tensors():
    import tensorflow as tf

    pixels = np.array([0, 255], "uint8")
    assert models.preprocess(pixels).tolist() == [-1, 1]
    assert models.preprocess(pixels).dtype == np.float32
    assert models.preprocess(tf.constant(pixels)).numpy().tolist() == [-1, 1]


@pytest.mark.parametrize("name", models.NAMES)
def test_the_weights_are_those_of_the_card_and_trained(name, untrained):
    network = models.pretrained(name, include_top=True)
    assert network.output.shape == (None, len(models.card(name)["classes"]))
    assert all(np.isfinite(value).all() for value in network.get_weights())
    base = models.pretrained(name)
    assert base.output.shape == (None, 4, 4, 160)
    kernel = base.get_layer("group4_block2_2_conv").get_weights()[0]
    assert np.array_equal(kernel, network.get_layer("group4_block2_2_conv").get_weights()[0])
    assert not np.allclose(kernel, untrained.get_layer("group4_block2_2_conv").get_weights()[0])


def test_the_fruit_network_names_what_it_has_never_seen():
    network = models.pretrained("fruit", include_top=True)
    test, names = data.arrays("fruit", "test"), data.names("fruit")
    assert models.card("fruit")["classes"] == names
    found = network.predict(models.preprocess(test["image"]), verbose=0).argmax(axis=1)
    right = np.mean(found == test["label"])
    assert abs(right - models.card("fruit")["test_accuracy"]) < 0.01


@pytest.fixture
def copied(tmp_path, monkeypatch):
    shutil.copytree(models.weights_folder(), tmp_path / "weights")
    monkeypatch.setattr(models, "weights_folder", lambda: tmp_path / "weights")
    models.card.cache_clear()
    yield tmp_path / "weights"
    models.card.cache_clear()


def test_damaged_weights_give_one_sentence_with_the_way_out(copied):
    path = copied / "general.weights.h5"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(models.ModelError, match=r"damaged: run `git checkout -- data/weights`"):
        models.pretrained("general")


def test_missing_weights_and_cards_give_one_sentence(copied):
    (copied / "general.weights.h5").unlink()
    with pytest.raises(models.ModelError, match=r"general.weights.h5 is missing: run `git"):
        models.pretrained("general")
    (copied / "fruit.json").unlink()
    with pytest.raises(models.ModelError, match=r"fruit.json is missing: run `git"):
        models.pretrained("fruit")


def test_the_general_features_beat_the_untrained_ones(untrained):
    """The bar of the card in small: vegetables, 25 images a class, one seed, at least 10 points."""
    sys.path.insert(0, str(ROOT / "tools"))
    import bars
    import keras

    train, test = data.arrays("vegetable", "train"), data.arrays("vegetable", "test")
    some = bars.subset(train["label"], 25, 0)
    scores = {}
    bare = keras.Model(untrained.input, untrained.get_layer("pool").input)
    for name, base in {"general": models.pretrained("general"), "untrained": bare}.items():
        scores[name] = bars.probe(
            bars.pooled(base, train["image"][some]), train["label"][some],
            bars.pooled(base, test["image"]), test["label"],
        )  # fmt: skip
    assert scores["general"] - scores["untrained"] > 0.1


def test_the_cards_tell_data_recipe_and_accuracy():
    for name in models.NAMES:
        about = json.loads((ROOT / "data" / "weights" / f"{name}.json").read_text(encoding="utf-8"))
        for key in ("sha256", "images", "recipe", "test_accuracy", "parameters", "classes"):
            assert about[key], (name, key)
