"""Export the course's network as two reusable SavedModels: `make hub`.

They follow the hub's Common SavedModel APIs for Image Tasks
(https://www.tensorflow.org/hub/common_saved_model_apis/images): images float32 in [0, 1],
`__call__(images, training=False)`, and the lists `variables`, `trainable_variables` and
`regularization_losses`. `fruit_classification` gives logits of the 20 fruits (weights `fruit`),
`general_feature_vector` the 160 averages of the last map (weights `general`). Written are the
models, labels.txt and sha256.json, all under data/hub. TensorFlow's files are not the same bytes on
every export; what they compute is (tests/test_hub.py).
"""

import hashlib
import json
import shutil
from pathlib import Path

import typer

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "data" / "hub"
CLASSIFIER, FEATURES = "fruit_classification", "general_feature_vector"


def without_softmax(network):
    """Return the network up to its logits; the weights are shared."""
    import keras

    top = network.get_layer("predictions")
    logits = keras.layers.Dense(top.units, name="logits")
    short = keras.Model(network.input, logits(network.get_layer("pool").output))
    logits.set_weights(top.get_weights())
    return short


def pooled(base):
    """Return the base with average pooling behind it, (n, 4, 4, 160) → (n, 160)."""
    import keras

    return keras.Model(base.input, keras.layers.GlobalAveragePooling2D()(base.output))


def reusable(network):
    """Wrap a Keras model of images in [-1, 1] as an object of the Reusable SavedModel API.

    The Keras layers themselves are not stored, only their variables and the graphs of the call,
    one for `training=False` and one for True, in which BatchNorm moves its averages.
    """
    import tensorflow as tf

    images = tf.TensorSpec((None, *network.input.shape[1:]), tf.float32, name="images")

    class Reusable(tf.train.Checkpoint):
        @tf.function
        def __call__(self, images, training=False):
            return network(2 * images - 1, training=training)

    result = Reusable()
    result.variables = [variable.value for variable in network.variables]
    result.trainable_variables = [variable.value for variable in network.trainable_variables]
    result.regularization_losses = []
    for training in (False, True):
        result.__call__.get_concrete_function(images, training=training)
    return result, images


def export(network, folder: Path, output: str) -> None:
    """Write one SavedModel; its signature `serving_default` returns {output: …}."""
    import tensorflow as tf

    shutil.rmtree(folder, ignore_errors=True)
    result, images = reusable(network)
    serve = tf.function(lambda images: {output: result(images)}, input_signature=[images])
    tf.saved_model.save(result, str(folder), signatures={"serving_default": serve})
    (folder / "fingerprint.pb").unlink(missing_ok=True)  # needed by nothing, other on each export
    (folder / "assets").rmdir()  # empty


def sums(folder: Path = OUT) -> dict[str, str]:
    """Return the sha256 of each exported file and of the labels, by its path under data/hub."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path.name not in ("README.md", "sha256.json")
    }


def main() -> None:
    """Export both models, the labels and the table of sums."""
    from tlcourse import models

    OUT.mkdir(parents=True, exist_ok=True)
    network = models.pretrained("fruit", include_top=True)
    export(without_softmax(network), OUT / CLASSIFIER, "logits")
    export(pooled(models.pretrained("general")), OUT / FEATURES, "feature_vector")
    labels = "\n".join(models.card("fruit")["classes"]) + "\n"
    (OUT / "labels.txt").write_text(labels, encoding="utf-8")
    text = json.dumps(sums(), indent=1) + "\n"
    (OUT / "sha256.json").write_text(text, encoding="utf-8")
    for name in (CLASSIFIER, FEATURES):
        size = sum(path.stat().st_size for path in (OUT / name).rglob("*") if path.is_file())
        print(f"data/hub/{name}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
