"""Pictures carry alternative text and say how many runs they stand on."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

from tlcourse import plots


@pytest.fixture
def displayed(monkeypatch):
    """Collect what goes to the notebook; figures are drawn before IPython seems to be there."""
    collected = []

    def display(data, raw):
        assert raw
        collected.append(data)

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr("IPython.get_ipython", lambda: InteractiveShell())
    return collected


def picture(data):
    """Return the picture that an output carries, and its width on the page."""
    found = re.match(r'<img src="data:image/\w+;base64,([^"]+)" .*width="(\d+)"', data["text/html"])
    return Image.open(io.BytesIO(base64.b64decode(found[1]))), int(found[2])


def test_show_gives_png_and_alternative_text_on_the_page(displayed):
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([1, 2])
    plots.show(figure, 'A "rising" line, < 3.')
    (data,) = displayed
    shown, width = picture(data)
    assert shown.format == "PNG"
    assert shown.width == pytest.approx(2 * width, abs=1)  # sharp on a screen of many pixels
    assert 'alt="A &quot;rising&quot; line, &lt; 3."' in data["text/html"]
    assert data["text/plain"] == 'A "rising" line, < 3.'
    assert plt.get_fignums() == []


def test_photographs_are_jpeg(displayed):
    plots.image_grid([np.zeros((8, 8, 3))], alt="Black.")
    assert picture(displayed[0])[0].format == "JPEG"


def test_outside_of_a_notebook_nothing_is_shown(capsys):
    plots.show(plt.figure(), "Nothing.")
    assert capsys.readouterr().out == ""


def test_epochs_are_ticked_at_whole_numbers(displayed, monkeypatch):
    kept = []
    monkeypatch.setattr(plt, "close", kept.append)
    plots.learning_curves({"a": [[1, 2], [2, 4]]}, ylabel="y", alt="A rise")
    ticks = kept[0].axes[0].get_xticks()
    assert list(ticks) == [int(tick) for tick in ticks]
    monkeypatch.undo()
    plt.close("all")


def test_points_may_have_names_for_their_places(displayed):
    plots.learning_curves({"a": [[1, 2], [2, 4]]}, x=("stem", "group1"), ylabel="y", alt="A rise")
    assert displayed[0]["text/plain"] == "A rise"


def test_the_same_figure_gives_the_same_bytes(displayed):
    for _ in range(2):
        plots.image_grid([np.eye(4)], ["eye"], alt="A diagonal.")
    assert displayed[0] == displayed[1]


def test_learning_curves_tell_the_number_of_runs(drawn):
    plots.learning_curves(
        {"frozen": np.random.rand(5, 8), "scratch": np.random.rand(3, 8)},
        ylabel="accuracy",
        alt="x",
    )
    figure, _ = drawn[0]
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["frozen (5 runs)", "scratch (3 runs)"]
    lines = figure.axes[0].lines
    assert lines[0].get_color() != lines[1].get_color()
    assert lines[0].get_marker() != lines[1].get_marker()


def test_a_single_run_is_refused(drawn):
    with pytest.raises(ValueError, match="two runs"):
        plots.learning_curves({"once": np.zeros((1, 8))}, ylabel="accuracy", alt="x")


def test_more_curves_than_colours_are_refused(drawn):
    with pytest.raises(ValueError, match="At most 7"):
        plots.learning_curves({str(i): np.zeros((2, 3)) for i in range(8)}, ylabel="y", alt="x")


def test_top_k_shows_the_likeliest_on_top_in_percent(drawn):
    plots.top_k(np.zeros((8, 8, 3)), ["tiger_cat", "lynx"], [0.7, 0.2], alt="x")
    right = drawn[0][0].axes[1]
    assert [label.get_text() for label in right.get_yticklabels()] == ["tiger cat", "lynx"]
    assert right.yaxis_inverted()
    assert {text.get_text() for text in right.texts} == {"70%", "20%"}


def test_image_grid_titles_every_picture(drawn):
    plots.image_grid([np.zeros((8, 8))] * 3, ["a", "b", "c"], columns=2, alt="x")
    axes = drawn[0][0].axes
    assert [one.get_title() for one in axes] == ["a", "b", "c", ""]


def test_an_interval_that_crosses_zero_is_drawn_as_an_open_question(drawn):
    rows = {"gain": (2, 1, 3), "open": (0.5, -1, 2)}
    plots.intervals(rows, xlabel="points", alt="x", zero=True)
    plots.intervals(rows, xlabel="accuracy", alt="x", chance=0.05)
    zero, chance = (figure.axes[0] for figure, _ in drawn)
    assert [text.get_text() for text in zero.texts] == ["no difference"]
    assert list(zero.lines[0].get_xdata()) == [0, 0]
    dots = [line.get_markerfacecolor() for line in zero.lines if line.get_marker() == "o"]
    assert dots == [plots.COLOURS[0], "white"]
    assert [text.get_text() for text in chance.texts] == ["chance"]
    assert list(chance.lines[0].get_xdata()) == [0.05, 0.05]
    assert "white" not in [line.get_markerfacecolor() for line in chance.lines]


def test_intervals_draw_every_part(drawn):
    plots.intervals({"a": (1, 0, 2), "b": (2, 1, 3)}, xlabel="points", alt="x")
    assert [label.get_text() for label in drawn[0][0].axes[0].get_yticklabels()] == ["a", "b"]


def test_lines_can_be_told_apart_without_colour():
    assert len(set(plots.MARKERS)) == len(plots.MARKERS) == len(set(plots.COLOURS))
