"""The two hub models: whole, the same function as the network, trainable; and real ones."""

import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from tlcourse import data, models, needs

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


def test_a_damaged_model_is_not_loaded(tmp_path, monkeypatch):
    """The lesson's own `checked`, on a copy of which one byte was changed."""
    namespace = {}
    source = next(c.source for c in notebooks.read(LESSON).cells if c.id == "03-checked")
    exec(source, namespace)
    assert namespace["checked"](tools.CLASSIFIER) == str(tools.OUT / tools.CLASSIFIER)
    namespace["HUB"] = shutil.copytree(tools.OUT, tmp_path / "hub")
    path = namespace["HUB"] / tools.CLASSIFIER / "saved_model.pb"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"saved_model\.pb is damaged: run `git checkout"):
        namespace["checked"](tools.CLASSIFIER)
    assert namespace["checked"](tools.FEATURES)  # the other one is whole


def test_the_untrained_control_is_untrained_by_seed():
    import tf_keras

    namespace = {"np": np, "tf_keras": tf_keras}
    source = next(c.source for c in notebooks.read(LESSON).cells if c.id == "03-untrained")
    exec(source.split("\n\n\n")[0], namespace)
    modules = [load(tools.FEATURES) for _ in range(3)]
    for module, seed in zip(modules, (0, 0, 1), strict=True):
        namespace["make_untrained"](module, seed)
    first, same, other = (module.trainable_variables[0].numpy() for module in modules)
    assert np.array_equal(first, same)
    assert not np.allclose(first, other)
    assert not np.allclose(first, load(tools.FEATURES).trainable_variables[0])


def cells(slugs, changes=()):
    """Return the lesson with the named cells only, `changes` made to their sources."""
    notebook = notebooks.read(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell.id.removeprefix("03-") in slugs]
    assert len(notebook.cells) == len(slugs)
    for cell in notebook.cells:
        for old, new in changes:
            cell.source = cell.source.replace(old, new)
    return notebook


def run(notebook, measure):
    """Execute a notebook and a last cell that prints JSON; return that and all text before."""
    notebook.cells.append(nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({measure}))"))
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(notebook, timeout=300, resources=resources).execute()
    text = "\n".join(notebooks.outputs_text(cell) for cell in notebook.cells[:-1])
    return json.loads(notebook.cells[-1].outputs[0].text), text


@pytest.fixture
def real(tmp_path, monkeypatch):
    """The folder of hub-style SavedModels that TLCOURSE_SAVEDMODELS names."""
    folder = Path(os.environ.get("TLCOURSE_SAVEDMODELS", "nowhere"))
    if not folder.is_dir():
        pytest.skip("needs a folder of real SavedModels: set TLCOURSE_SAVEDMODELS")
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    return folder.resolve()


def test_a_real_classifier_runs_through_the_lessons_cells(real, monkeypatch):
    """MobileNet V1 0.25 names the photographs; where labelled ones are at hand, it is measured."""
    handle = next(real.glob("mobilenet*classification"))
    monkeypatch.setenv("TLCOURSE_HUB_CLASSIFIER", str(handle))
    slugs = ["begin", "picture", "checked", "program", "labels", "steps", "handle", "published",
             "published-run"]  # fmt: skip
    labelled = needs.REQUIREMENTS["labelled"]() is None
    measure = "[int(any_classifier.output_shape[-1]), [names[a] for a in answers]"
    if labelled:
        measure += """, float(np.mean(
            any_classifier.predict(np.stack([prepare(photographs.load(path), SIZE)
                                             for path, _ in photographs.labelled()]), verbose=0)
            .argmax(axis=1) == [weights.class_names()[wordnet][0] + len(names) - 1000
                                for _, wordnet in photographs.labelled()]))"""
    measured, text = run(cells(slugs), measure + "]")
    assert "✗" not in text
    assert str(handle) in text  # the choice is told
    assert measured[0] in (1000, 1001)
    if needs.REQUIREMENTS["imagenet"]() is None:
        assert set(measured[1]) & {"tabby", "tiger_cat", "Egyptian_cat", "espresso", "missile"}
    if labelled:
        assert measured[2] > 0.4


def test_a_real_feature_vector_runs_through_the_lessons_cells(real):
    """A top of 20 classes on MobileNet V1 0.25: what is counted, and what one epoch moves."""
    handle = next(real.glob("mobilenet*feature_vector"))
    changes = [
        ('checked("general_feature_vector")', repr(str(handle))),
        ("trainable=trainable, input_shape=(100, 100, 3)",
         "trainable=trainable, input_shape=(224, 224, 3)"),
        ('images, labels = vegetables["image"][few].astype("float32") / 255',
         'images, labels = tf.image.resize(vegetables["image"][few] / 255, (224, 224)).numpy()'),
    ]  # fmt: skip
    slugs = ["begin", "picture", "checked", "program", "labels", "top", "counts", "moves",
             "moves-claims"]  # fmt: skip
    (ways, counts), text = run(cells(slugs, changes), "[ways, counts.to_dict()]")
    assert "✗" not in text
    assert counts["trainable=False"]["trained"] == 256 * 20 + 20
    assert counts["trainable=True"]["trained"] > 200_000
    assert ways["tf_keras, trainable"]["weights moved"]
