"""The course's own network, a small ResNet, and its general weights."""

from functools import cache
from pathlib import Path

from tlcourse import shipped
from tlcourse.runtime import Sentence, load_tensorflow, root

IMAGE_SIZE = 100
NAMES = ("general", "fruit")  # the course's weights; cards in data/weights
GROUPS = (24, 48, 96, 160)  # filters of each group's blocks


class ModelError(Sentence, RuntimeError):
    """Weights that could not be loaded."""


def residual_network(classes: int | None = None, *, blocks: int = 2, image_shape=None):
    """Build the course's network, untrained (He et al., 2015, arXiv 1512.03385, v1 blocks).

    Images (n, 100, 100, 3), float32 in [-1, 1] (see `preprocess`), go through a stem and four
    groups of `blocks` residual blocks; a block ends in the `Add` named `group1_block1_add` and its
    ReLU. The last map is (n, 4, 4, 160). With `classes`, a top of average pooling and softmax
    follows, (n, classes); without, the map is the output, as with `include_top=False`.
    `image_shape` (height, width, 3) takes the place of (100, 100, 3).
    """
    load_tensorflow()
    import keras
    from keras import layers

    def convolution(x, filters, size, stride, name):
        x = layers.Conv2D(filters, size, stride, padding="same", use_bias=False,
                          kernel_initializer="he_normal", name=f"{name}_conv")(x)  # fmt: skip
        # Keras's momentum, 0.99, needs hundreds of steps before validation means anything.
        return layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)

    def block(x, filters, stride, name):
        y = convolution(x, filters, 3, stride, f"{name}_1")
        y = layers.ReLU(name=f"{name}_1_relu")(y)
        y = convolution(y, filters, 3, 1, f"{name}_2")
        if stride > 1:
            x = convolution(x, filters, 1, stride, f"{name}_shortcut")
        y = layers.Add(name=f"{name}_add")([x, y])
        return layers.ReLU(name=f"{name}_relu")(y)

    images = keras.Input(image_shape or (IMAGE_SIZE, IMAGE_SIZE, 3), name="images")
    x = convolution(images, 16, 3, 2, "stem")
    x = layers.ReLU(name="stem_relu")(x)
    for group, filters in enumerate(GROUPS, start=1):
        for number in range(1, blocks + 1):
            x = block(x, filters, 2 if number == 1 else 1, f"group{group}_block{number}")
    if classes:
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(images, x, name="tabletop_resnet")


def preprocess(images):
    """Scale images (…, 3) of 0 to 255, of any dtype, to the network's float32 in [-1, 1]."""
    import numpy as np

    if isinstance(images, np.ndarray):
        return images.astype("float32") / 127.5 - 1.0
    import tensorflow as tf

    return tf.cast(images, tf.float32) / 127.5 - 1.0


def weights_folder() -> Path:
    """Return the folder of the course's own weights and their cards."""
    return root() / "data" / "weights"


@cache
def card(name: str) -> dict:
    """Return the model card of weights in `NAMES`: classes, data, recipe, sha256."""
    if name not in NAMES:
        raise ModelError(f"The course has no weights {name!r}; it has: {', '.join(NAMES)}.")
    path = weights_folder() / f"{name}.json"
    shown, wanted = f"data/weights/{name}.json", {"file": str, "sha256": str, "classes": list}
    return shipped.table(path, shown, ModelError, **wanted)


def check(name: str) -> Path:
    """Return the path of the weights `name`, after comparing their sha256 with the card's.

    Raises ModelError, in one sentence, where the file or its card is missing or damaged.
    """
    file = card(name)["file"]
    path, shown = weights_folder() / file, f"data/weights/{file}"
    return shipped.check(path, shown, card(name)["sha256"], ModelError)


def pretrained(name: str = "general", *, include_top: bool = False):
    """Build the network with the course's weights, `general` or `fruit`.

    `general` learned 100 kinds of curio, which stand in for ImageNet's classes; `fruit` learned
    tabletop's fruits, from scratch. Without the top the output is (n, 4, 4, 160).
    An .h5 file of weights holds numbers only, no code. Raises ModelError as `check` does.
    """
    check(name)
    return TabletopResNet(weights=name, include_top=include_top)


def TabletopResNet(
    *, include_top=True, weights="general", input_shape=None, pooling=None, classes=None
):
    """Build the course's network through the interface of a `keras.applications` model.

    Parameters
    ----------
    include_top : with it, probabilities (n, classes); without, the last map (n, 4, 4, 160).
    weights : `"general"` (100 kinds of curio), `"fruit"` (tabletop's 20), or None: drawn at random.
    input_shape : (height, width, 3), (100, 100, 3) by default; pixels as `preprocess_input` makes.
    pooling : `"avg"` or `"max"` over the map, without the top: (n, 160); None leaves the map.
    classes : of a top without weights; with weights it is theirs.

    Raises ValueError for arguments that do not fit, ModelError for a missing or damaged file.
    """
    if weights not in (None, *NAMES):
        raise ValueError(f"weights can be {', '.join(NAMES)} or None, not {weights!r}.")
    if pooling not in (None, "avg", "max"):
        raise ValueError(f"pooling can be avg, max or None, not {pooling!r}.")
    known = len(card(weights)["classes"]) if weights else None
    if include_top and classes and known and classes != known:
        raise ValueError(f"The weights {weights!r} have {known} classes: leave classes out.")
    network = residual_network(known or classes or 1000, image_shape=input_shape)
    if weights:
        network.load_weights(check(weights))
    if include_top:
        return network
    import keras

    outputs = network.get_layer("pool").input
    if pooling:
        pools = {"avg": keras.layers.GlobalAveragePooling2D, "max": keras.layers.GlobalMaxPooling2D}
        outputs = pools[pooling]()(outputs)
    return keras.Model(network.input, outputs, name=network.name)


def preprocess_input(x, data_format=None):
    """Scale pictures (…, 3) of 0 to 255, RGB, to [-1, 1], as MobileNetV2's function does.

    It is that function: like it, it changes a NumPy array of floats in place.
    """
    import keras

    return keras.applications.mobilenet_v2.preprocess_input(x, data_format=data_format)


def decode_predictions(preds, top: int = 5, *, weights: str = "general"):
    """Return of each picture the likeliest classes, as `keras.applications` does.

    `preds` are probabilities (n, classes) of a top with these weights. A list a picture, of
    (identifier, name, probability), the likeliest first. Raises ValueError for another shape.
    """
    import numpy as np

    preds, names = np.asarray(preds), card(weights)["classes"]
    if preds.ndim != 2 or preds.shape[1] != len(names):
        raise ValueError(f"preds must have the shape (n, {len(names)}), not {preds.shape}.")
    return [
        [(f"{weights}{i:03}", names[i], float(row[i])) for i in row.argsort()[::-1][:top]]
        for row in preds
    ]
