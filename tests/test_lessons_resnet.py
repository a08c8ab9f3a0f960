"""Each lesson's model can be built on ResNet50: what the lessons say of "at home" is true.

The cells that a lesson's model needs carry the tag "model"; they are run in order on a stand-in
for `lesson` whose network is `keras.applications.ResNet50` without weights, at 64 pixels.
"""

import functools
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

import tlcourse
from tlcourse import runtime

NOTEBOOKS = runtime.root() / "notebooks"
SIDE, NAMES = 64, ["carrot", "leek", "radish", "swede", "yam"]
BUILD_A_BASE = ("00", "01")  # lesson 02 takes a whole network, 03 a hub model
CLASSIFY = ("04", "05", "06")  # their models name pictures


def lessons():
    found = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    return [path for path in found if path.stem[:2] in BUILD_A_BASE + CLASSIFY]


def tagged(path):
    cells = nbformat.read(path, as_version=4).cells
    return [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and "model" in cell.metadata.get("tags", [])
    ]


@pytest.fixture(scope="module")
def stand_in():
    tf = runtime.load_tensorflow()
    import keras

    def pictures(**_):
        images = np.random.default_rng(0).uniform(0, 255, (10, SIDE, SIDE, 3)).astype("float32")
        labels = np.arange(10, dtype="int64") % len(NAMES)
        made = tf.data.Dataset.from_tensor_slices((images, labels)).batch(5)
        made.class_names = NAMES
        return made, made, made

    def network(*, weights=None, alpha=None, **options):
        return keras.applications.ResNet50(weights=None, **options)

    silent = dict.fromkeys(("guess", "reveal", "evidence"), lambda *_, **__: None)
    return SimpleNamespace(
        name="ResNet50", profile="imagenet", weights="imagenet", network=network,
        image_size=(SIDE, SIDE), image_shape=(SIDE, SIDE, 3), pictures=pictures,
        preprocess_input=keras.applications.resnet50.preprocess_input,
        decode_predictions=functools.partial(keras.applications.resnet50.decode_predictions),
        **silent,
    )  # fmt: skip


@pytest.fixture
def built(stand_in, monkeypatch):
    """Return a function that runs a lesson's tagged cells and returns the names they make."""
    import keras

    monkeypatch.setattr(tlcourse, "begin", lambda *_, **__: stand_in)
    train, validation, test = stand_in.pictures()
    known = {
        "lesson": stand_in, "tlcourse": tlcourse, "keras": keras, "np": np, "class_names": NAMES,
        "names": NAMES, "classes": len(NAMES), "train": train, "validation": validation,
        "test": test,
    }  # fmt: skip

    def run(path):
        sources = tagged(path)
        assert sources, f'{path.stem} has no cells with the tag "model"'
        space = dict(known)
        for source in sources:
            exec(compile(source, path.name, "exec"), space)
        return space

    return run


def resnets(model):
    """Return whether ResNet50 is the model, or in it."""
    return model.name == "resnet50" or any(
        layer.name == "resnet50" for layer in getattr(model, "layers", [])
    )


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_lessons_model_stands_on_resnet50_as_well(built, path):
    import keras

    made = [each for each in built(path).values() if isinstance(each, keras.Model)]
    on_it = [model for model in made if model.built and resnets(model)]
    assert on_it, "no model of the tagged cells holds the network"
    for model in on_it:
        assert model.input_shape == (None, SIDE, SIDE, 3)
        answers = model.predict(np.full((2, SIDE, SIDE, 3), 128, "float32"), verbose=0)
        assert answers.shape == (2, *model.output_shape[1:])
        assert np.isfinite(answers).all()
    if path.stem[:2] in CLASSIFY:
        assert (None, len(NAMES)) in [model.output_shape for model in on_it]
