"""The course's network and its weights."""

import inspect
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


def test_it_is_called_as_keras_applications_are():
    import keras

    ours = inspect.signature(models.TabletopResNet).parameters
    theirs = inspect.signature(keras.applications.MobileNetV2).parameters
    assert set(ours) <= set(theirs)
    for name in ("include_top", "input_shape", "pooling"):
        assert ours[name].default == theirs[name].default
    assert models.TabletopResNet().output.shape == (None, 100)  # the classifier, as with theirs
    assert models.TabletopResNet(weights=None).output.shape == (None, 1000)


@pytest.fixture(scope="module")
def some():
    return models.preprocess(data.arrays("vegetable", "test")["image"][:3])


@pytest.mark.parametrize("name", models.NAMES)
@pytest.mark.parametrize("include_top", [True, False])
def test_its_answers_are_those_of_the_course_network(some, name, include_top):
    one = models.TabletopResNet(weights=name, include_top=include_top)
    other = models.pretrained(name, include_top=include_top)
    assert one.output.shape == other.output.shape
    assert np.array_equal(one.predict(some, verbose=0), other.predict(some, verbose=0))


def test_pooling_takes_the_mean_or_the_largest_of_the_map(some):
    whole = models.TabletopResNet(include_top=False).predict(some, verbose=0)
    for pooling, reduced in {"avg": whole.mean((1, 2)), "max": whole.max((1, 2))}.items():
        base = models.TabletopResNet(include_top=False, pooling=pooling)
        assert base.output.shape == (None, 160)
        assert np.allclose(base.predict(some, verbose=0), reduced, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "side"),
    [((64, 64, 3), 2), ((224, 160, 3), 7), ((33, 33, 3), 2), ((None, None, 3), None)],
)
def test_other_sizes_take_the_same_weights(shape, side):
    base = models.TabletopResNet(include_top=False, input_shape=shape)
    assert base.input.shape == (None, *shape)
    assert base.output.shape[1] == side
    top = models.TabletopResNet(weights="fruit", input_shape=shape)
    assert top.output.shape == (None, 20)
    kernels = [each.get_layer("group4_block2_2_conv").kernel for each in (base, top)]
    for kernel, name in zip(kernels, ("general", "fruit"), strict=True):
        known = models.pretrained(name).get_layer("group4_block2_2_conv").kernel
        assert np.array_equal(kernel.numpy(), known.numpy())


def test_untrained_it_takes_any_number_of_classes_and_another_draw_each_time():
    one, other = (models.TabletopResNet(weights=None, classes=7) for _ in range(2))
    assert one.output.shape == (None, 7)
    assert not np.array_equal(one.get_weights()[0], other.get_weights()[0])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"weights": "imagenet"}, "general, fruit or None, not 'imagenet'"),
        ({"pooling": "mean", "include_top": False}, "avg, max or None, not 'mean'"),
        ({"weights": "fruit", "classes": 3}, "'fruit' have 20 classes: leave classes out"),
    ],
)
def test_arguments_that_do_not_fit_are_answered(arguments, said):
    with pytest.raises(ValueError, match=said):
        models.TabletopResNet(**arguments)


def test_without_the_top_the_number_of_classes_does_not_matter():
    """As in keras.applications."""
    base = models.TabletopResNet(weights="fruit", include_top=False, classes=3)
    assert base.output.shape == (None, 4, 4, 160)


def test_it_can_be_frozen_copied_and_has_a_name_of_its_own():
    import keras

    base = models.TabletopResNet(include_top=False)
    base.trainable = False
    assert base.trainable_weights == []
    assert base.name == "tabletop_resnet"
    assert keras.models.clone_model(base).count_params() == base.count_params()


def test_preprocess_input_takes_arrays_and_tensors():
    import tensorflow as tf

    pixels = np.array([[[0, 127.5, 255]]], "float32")
    assert models.preprocess_input(pixels.astype("uint8"))[0, 0, 2] == 1
    assert models.preprocess_input(tf.constant(pixels)).numpy().tolist() == [[[-1, 0, 1]]]
    assert pixels.tolist() == [[[0, 127.5, 255]]]
    assert models.preprocess_input(pixels) is pixels  # in place, as the docstring warns
    assert pixels.tolist() == [[[-1, 0, 1]]]


def test_preprocess_input_agrees_with_preprocess(some):
    pictures = data.arrays("vegetable", "test")["image"][:3]
    assert np.allclose(models.preprocess_input(pictures.copy()), some, atol=1e-6)


def test_preprocess_input_stays_in_a_model_that_is_saved_and_loaded_safely(tmp_path):
    import keras

    pictures = keras.Input((100, 100, 3))
    base = models.TabletopResNet(include_top=False, pooling="avg")
    outputs = keras.layers.Dense(4)(base(models.preprocess_input(pictures), training=False))
    model = keras.Model(pictures, outputs)
    model.save(tmp_path / "whole.keras")
    again = keras.models.load_model(tmp_path / "whole.keras", safe_mode=True)
    some = data.arrays("vegetable", "test")["image"][:3].astype("float32")
    assert np.array_equal(model.predict(some, verbose=0), again.predict(some, verbose=0))


def test_decode_predictions_names_the_likeliest_first():
    import tensorflow as tf

    probabilities = np.zeros((2, 20), "float32")
    probabilities[0, [3, 7]] = 0.75, 0.25
    probabilities[1, 19] = 1
    names = models.card("fruit")["classes"]
    for given in (probabilities, tf.constant(probabilities)):
        first, second = models.decode_predictions(given, top=2, weights="fruit")
        assert first == [("fruit003", names[3], 0.75), ("fruit007", names[7], 0.25)]
        assert second[0][1] == names[19]
    assert len(models.decode_predictions(probabilities, weights="fruit")[0]) == 5


@pytest.mark.parametrize("shape", [(20,), (1, 99), (1, 4, 4, 160)])
def test_decode_predictions_wants_probabilities_of_these_weights(shape):
    with pytest.raises(ValueError, match=r"shape \(n, 20\), not \("):
        models.decode_predictions(np.zeros(shape), weights="fruit")


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
        models.TabletopResNet(include_top=False)
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


def test_a_name_that_the_course_does_not_know_is_told_what_there_is():
    with pytest.raises(models.ModelError, match="no weights 'mobilenet'; it has: general, fruit"):
        models.pretrained("mobilenet")
