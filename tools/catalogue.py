"""Measure data/catalogue.csv: every prebuilt model of the installed Keras, one row each."""

import inspect
import math
import sys
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from tlcourse import runtime

STORED = Path(__file__).parents[1] / "data" / "catalogue.csv"
FIELDS = ("model", "family", "parameters", "multiply_adds", "size", "input_low", "input_high")


def model_names() -> list[str]:
    """List the names of all prebuilt models of the installed `keras.applications`."""
    from keras import applications

    return [name for name, item in vars(applications).items() if inspect.isfunction(item)]


def family(name: str) -> str:
    """Return the module of `keras.applications` that defines a model, as `mobilenet_v2`."""
    from keras import applications

    return getattr(applications, name).__module__.rsplit(".", 1)[-1]


def input_range(name: str) -> tuple[float, float]:
    """Return the lowest and the highest value that a family's own preprocessing makes of 0 to 255.

    Found by running it on black, white, red, green and blue pixels, not by reading about it.
    """
    import numpy as np

    preprocess = sys.modules[f"keras.src.applications.{family(name)}"].preprocess_input
    pixels = 255 * np.array([[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], "float32")
    values = preprocess(pixels.reshape(1, 1, 5, 3))
    return float(values.min()), float(values.max())


def leaves(model):
    """Yield the layers of a model, those of nested models too."""
    for layer in model.layers:
        yield from leaves(layer) if hasattr(layer, "layers") else [layer]


def multiply_adds(model) -> int:
    """Count the multiplications with weights that one input image costs.

    A convolution's kernel works once at each position of its output map, a dense kernel once.
    Scales, biases, activations and pooling are left out, as in the papers' tables.
    """
    return sum(
        math.prod(layer.output.shape[1:-1]) * sum(math.prod(w.shape) for w in layer.weights
                                                  if len(w.shape) > 1)
        for layer in leaves(model) if layer.weights
    )  # fmt: skip


def measure(name: str) -> dict:
    """Build one prebuilt model without allocating its weights; return its row of the catalogue.

    The row has the keys `FIELDS`: parameters and multiply-adds as whole numbers, size in pixels,
    and the input range. Within Keras's stateless scope variables have shapes but no values, so that
    even 350 million parameters take no memory.
    """
    import keras

    build = getattr(keras.applications, name)
    with keras.StatelessScope():
        model = build(weights=None)
        if None in model.input_shape[1:]:  # MobileNetV3 leaves the size open
            model = build(weights=None, input_shape=(224, 224, 3))
        row = (name, family(name), model.count_params(), multiply_adds(model),
               model.input_shape[1], *input_range(name))  # fmt: skip
        keras.backend.clear_session()  # drops the variables that would be made on leaving
    return dict(zip(FIELDS, row, strict=True))


def main() -> None:
    """Write the table in one step."""
    runtime.load_tensorflow()
    rows = [measure(name) for name in tqdm(model_names())]
    table = pd.DataFrame(rows).sort_values(["parameters", "model"])
    text = table.to_csv(index=False, float_format="%.3f", lineterminator="\n")
    runtime.put(STORED, text.encode())


if __name__ == "__main__":
    main()
