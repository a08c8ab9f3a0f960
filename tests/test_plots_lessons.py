"""The figures of lessons: a dataset's pictures, the curves of training, what a model answered."""

from types import SimpleNamespace

import numpy as np
import pytest

from tlcourse import plots

NAMES = ["green_apple", "leek", "carrot"]


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


def test_pictures_stand_under_their_class_names(drawn):
    tf = pytest.importorskip("tensorflow")
    images = np.linspace(0, 255, 5 * 4 * 4 * 3).reshape(5, 4, 4, 3).astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices((images, np.array([0, 1, 2, 1, 0]))).batch(2)
    dataset.class_names = NAMES
    plots.pictures(dataset, count=3, columns=3, alt="Three.", title="Some")
    ((figure, alt),) = drawn
    assert alt == "Three."
    assert titles(figure) == ["green apple", "leek", "carrot"]
    assert figure.get_suptitle() == "Some"
    assert figure.axes[0].images[0].get_array().dtype == np.uint8


def answer(truth, answered, **options):
    images = np.zeros((len(truth), 4, 4, 3), dtype="float32")
    plots.answers(images, truth, answered, NAMES, alt="Answers.", **options)


def test_wrong_answers_come_first_and_name_what_is_right(drawn):
    answer([0, 1, 2, 0], [0, 2, 2, 1], count=3)
    shown = titles(drawn[0][0])
    assert shown[:3] == ["✗ carrot\nit is: leek", "✗ leek\nit is: green apple", "✓ green apple"]
    colours = [axes.title.get_color() for axes in drawn[0][0].axes[:3]]
    assert colours[0] == colours[1] != colours[2]


def test_pictures_keep_their_order_without_wrong_first(drawn):
    answer([0, 1, 2, 0], [0, 2, 2, 1], count=4, wrong_first=False)
    assert [title[0] for title in titles(drawn[0][0])] == ["✓", "✗", "✓", "✗"]


def test_a_few_of_many_are_spread_over_all_of_them(drawn):
    answer(np.repeat([0, 1, 2], 20), np.repeat([1, 2, 0], 20), count=3)
    assert [title.split(": ")[1] for title in titles(drawn[0][0])] == [
        "green apple",
        "leek",
        "carrot",
    ]


def test_a_model_without_errors_can_be_shown(drawn):
    answer([0, 1], [0, 1], count=8)
    assert titles(drawn[0][0]) == ["✓ green apple", "✓ leek"]


def history(**values):
    return SimpleNamespace(history=values)


def test_training_is_dashed_validation_solid_and_chance_named(drawn):
    run = history(accuracy=[0.1, 0.5, 0.9], val_accuracy=[0.1, 0.2, 0.3])
    plots.training_curves({"scratch": run, "frozen": run}, alt="Curves.", baseline=0.05)
    ((figure, alt),) = drawn
    axes = figure.axes[0]
    assert alt == "Curves."
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--", "-", "--", ":"]
    assert axes.lines[0].get_color() == axes.lines[1].get_color() != axes.lines[2].get_color()
    assert list(axes.lines[0].get_xdata()) == [1, 2, 3]
    assert axes.get_ylim() == (0, 1.02)
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named[:2] == ["scratch, validation", "scratch, training"]
    assert named[-1] == "guessing alone"


def test_another_metric_has_its_own_axis(drawn):
    run = history(loss=[5.0, 3.0], val_loss=[5.5, 4.0])
    plots.training_curves({"scratch": run}, metric="loss", alt="Loss.")
    axes = drawn[0][0].axes[0]
    assert axes.get_ylabel() == "loss"
    assert axes.get_ylim()[1] > 5
