"""The two hub models: whole, the same function as the network, trainable; and real ones."""

import json
import os
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from tlcourse import data, models, needs, photographs, weights

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import hub as tools  # noqa: E402

import notebooks  # noqa: E402

LESSON = ROOT / "notebooks" / "03_tf_hub.ipynb"


def load(name):
    import tensorflow_hub

    return tensorflow_hub.load(str(tools.OUT / name))


@pytest.fixture(scope="module")
def photos():
    return data.arrays("fruit", "test")["image"][:24]


def test_the_table_of_sums_names_every_file_and_is_true():
    assert json.loads((tools.OUT / "sha256.json").read_text(encoding="utf-8")) == tools.sums()
    assert len(tools.sums()) == 7


@pytest.mark.parametrize("name", [tools.CLASSIFIER, tools.FEATURES])
def test_each_model_is_small_and_holds_no_paths(name):
    files = [path for path in (tools.OUT / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 6e6
    graph = (tools.OUT / name / "saved_model.pb").read_bytes()
    assert b"site-packages" not in graph
    assert str(ROOT).encode() not in graph


def test_the_classifier_computes_what_the_network_computes(photos):
    network = models.pretrained("fruit", include_top=True)
    probabilities = network.predict(models.preprocess(photos), verbose=0)
    logits = load(tools.CLASSIFIER)(photos.astype("float32") / 255).numpy()
    softmax = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax /= softmax.sum(axis=1, keepdims=True)
    assert np.allclose(softmax, probabilities, atol=1e-3)


def test_the_feature_vector_is_the_pooled_map_of_the_general_base(photos):
    map_ = models.pretrained("general").predict(models.preprocess(photos), verbose=0)
    features = load(tools.FEATURES)(photos.astype("float32") / 255).numpy()
    assert features.shape == (len(photos), 160)
    assert np.allclose(features, map_.mean((1, 2)), atol=1e-3)


def test_the_labels_are_the_classes_of_the_weights():
    labels = (tools.OUT / "labels.txt").read_text(encoding="utf-8").splitlines()
    assert labels == models.card("fruit")["classes"] == data.names("fruit")


@pytest.mark.parametrize("name", [tools.CLASSIFIER, tools.FEATURES])
def test_each_has_the_reusable_interface(name, photos):
    import tensorflow as tf

    model = load(name)
    assert len(model.variables) > len(model.trainable_variables) > 0
    assert len(model.regularization_losses) == 0
    few = photos[:4].astype("float32") / 255
    (served,) = model.signatures["serving_default"](tf.constant(few)).values()
    assert np.allclose(served, model(few), atol=1e-5)


def test_called_for_training_batchnorm_follows_the_batch(photos):
    model, few = load(tools.FEATURES), photos[:4].astype("float32") / 255
    averages = [v for v in model.variables if "moving" in v.name]
    assert len(averages) == len(model.variables) - len(model.trainable_variables)
    before = [v.numpy() for v in averages]
    model(few)
    assert all(np.array_equal(v, old) for v, old in zip(averages, before, strict=True))
    model(few, training=True)
    assert not any(np.array_equal(v, old) for v, old in zip(averages, before, strict=True))


@pytest.fixture
def real(tmp_path, monkeypatch):
    """The folder of hub-style SavedModels that TLCOURSE_SAVEDMODELS names."""
    folder = Path(os.environ.get("TLCOURSE_SAVEDMODELS", "nowhere"))
    if not folder.is_dir():
        pytest.skip("needs a folder of real SavedModels: set TLCOURSE_SAVEDMODELS")
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    return folder.resolve()


def test_a_real_classifier_names_photographs_in_the_lessons_six_steps(real):
    """MobileNet V1 0.25; where labelled photographs are at hand, it is measured on them."""
    if reason := needs.REQUIREMENTS["labelled"]():
        pytest.skip(reason)
    import tensorflow as tf
    import tensorflow_hub

    module = tensorflow_hub.load(str(next(real.glob("mobilenet*classification"))))
    files = photographs.labelled()
    pictures = [tf.image.resize(photographs.load(path), (224, 224)) / 255 for path, _ in files]
    scores = np.concatenate([module(np.stack([picture])) for picture in pictures])
    background = scores.shape[1] - 1000
    assert background in (0, 1)
    targets = np.array([weights.class_names()[wordnet][0] for _, wordnet in files])
    assert np.mean(scores.argmax(axis=1) == targets + background) > 0.4


def test_a_real_feature_vector_runs_through_the_lessons_cells(real, monkeypatch):
    """MobileNet V1 0.25, 224 px: features of all pictures, and a top that learns from them."""
    monkeypatch.setenv("TLCOURSE_HUB", str(next(real.glob("mobilenet*feature_vector"))))
    slugs = ["begin", "pictures", "load", "features", "top"]
    notebook = notebooks.read(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell.id.removeprefix("03-") in slugs]
    assert len(notebook.cells) == len(slugs)
    measure = "[size, *x_test.shape, top_run.history['val_accuracy'][-1]]"
    notebook.cells.append(nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({measure}))"))
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(notebook, timeout=300, resources=resources).execute()
    size, _, width, accuracy = json.loads(notebook.cells[-1].outputs[0].text)
    assert (size, width) == (224, 256)
    assert accuracy > 0.25  # 20 vegetables: guessing gives 0.05
