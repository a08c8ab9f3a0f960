"""The catalogue is what the installed Keras offers, measured, beside what Keras documents."""

import csv
import sys
from pathlib import Path

import keras
import psutil
import pytest
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2_as_graph,
)

from tlcourse.catalogue import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import catalogue


@pytest.fixture(scope="module")
def rows():
    with catalogue.STORED.open(newline="", encoding="utf-8") as file:
        return {row["model"]: row for row in csv.DictReader(file)}


def test_every_model_of_keras_is_stored_and_no_other(rows):
    assert sorted(rows) == sorted(catalogue.model_names())


@pytest.mark.parametrize("name", ["MobileNetV3Large", "ConvNeXtTiny", "NASNetMobile"])
def test_a_stored_row_is_what_is_measured(rows, name):
    measured = catalogue.measure(name)
    for field in ("family", "parameters", "multiply_adds", "size"):
        assert rows[name][field] == str(measured[field])


def test_keras_documents_all_but_the_third_mobilenet():
    """As read on https://keras.io/api/applications/ in January 2026."""
    shown = table()
    assert list(shown.index[shown.top_1.isna()]) == ["MobileNetV3Small", "MobileNetV3Large"]
    assert (shown.top_1.min(), shown.top_1.max()) == (70.4, 86.7)
    assert shown.loc["ResNet50", ["megabytes", "top_1"]].tolist() == [98, 74.9]
    documented = shown.dropna()
    per_parameter = documented.megabytes / documented.million_parameters
    assert per_parameter.between(3.7, 5.6).all()  # four bytes each, and names: no slipped row


def test_what_lesson_01_calls_the_models_are_all_of_them():
    names = [name for name in dir(keras.applications) if name[0].isupper()]
    assert sorted(names) == sorted(catalogue.model_names())


def test_measuring_allocates_no_weights():
    """ConvNeXtXLarge's 350 million parameters would take 1,400 MB."""
    process = psutil.Process()
    before = process.memory_info().rss
    assert catalogue.measure("ConvNeXtXLarge")["parameters"] > 350e6
    assert process.memory_info().rss - before < 300 * 2**20


def test_input_ranges():
    assert catalogue.input_range("MobileNetV2") == (-1, 1)
    assert catalogue.input_range("EfficientNetB0") == (0, 255)
    low, high = catalogue.input_range("ResNet50")
    assert (low, high) == pytest.approx((-123.68, 151.061))


def profiled_multiply_adds(model):
    """Count by TensorFlow's own profiler, which counts a multiply-add as two operations."""
    function = tf.function(model).get_concrete_function(
        tf.TensorSpec([1, *model.input_shape[1:]], tf.float32)
    )
    _, graph = convert_variables_to_constants_v2_as_graph(function)
    options = tf.compat.v1.profiler.ProfileOptionBuilder(
        tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    ).with_empty_output()
    with tf.Graph().as_default() as imported:
        tf.import_graph_def(graph, name="")
        counted = tf.compat.v1.profiler.profile(imported, options=options.build())
    return counted.total_float_ops / 2


def test_multiply_adds_agree_with_tensorflows_profiler():
    model = keras.applications.MobileNet(weights=None, alpha=0.25, input_shape=(128, 128, 3))
    counted = catalogue.multiply_adds(model)
    assert counted == pytest.approx(profiled_multiply_adds(model), rel=0.1)


def test_a_dense_and_a_convolution_worked_by_hand():
    model = keras.Sequential(
        [
            keras.Input((10, 10, 3)),
            keras.layers.Conv2D(4, 3),  # 8×8 places × 3·3·3·4
            keras.layers.DepthwiseConv2D(3),  # 6×6 places × 3·3·4
            keras.Sequential([keras.Input((6, 6, 4)), keras.layers.Dense(2)]),  # 6×6 × 4·2
            keras.layers.Flatten(),
            keras.layers.Dense(5),  # 72·5
        ]
    )
    assert catalogue.multiply_adds(model) == 64 * 108 + 36 * 36 + 36 * 8 + 72 * 5
