"""Diagrams say in words, marks and colours what is frozen; their text tells the same."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import Arc, Rectangle

from tlcourse import diagrams, plots


@pytest.fixture
def drawn(monkeypatch):
    """Collect figures and their texts instead of displaying them."""
    shown = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: shown.append((figure, alt)))
    yield shown
    plt.close("all")


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_each_row_becomes_a_sentence(drawn):
    diagrams.networks(
        {
            "from scratch": {"base": "trained", "weights": "random", "top": "trained"},
            "opened": {
                "groups": ["frozen", "frozen", "trained", "trained"], "weights": "ImageNet",
                "top": "new", "bottleneck": "max + flatten", "top_label": "20 vegetables",
            },
        }
    )  # fmt: skip
    assert drawn[0][1] == (
        "from scratch: a base with random weights, stem to group 4 trained; average pooling; "
        "top trained. opened: a base with ImageNet's weights, stem to group 2 frozen, group 3 to "
        "group 4 trained; max pooling + flatten; top new, trained, for 20 vegetables."
    )


def test_states_are_told_by_words_and_marks_too(drawn):
    row = {"base": "frozen", "weights": "ImageNet", "top": "new", "top_label": "7 kinds"}
    diagrams.networks({"frozen": row})
    figure, _ = drawn[0]
    assert {"frozen", "new, trained", "base: starts from ImageNet's weights", "7 kinds"} <= set(
        words(figure)
    )
    patches = figure.axes[0].patches
    assert len([arc for arc in patches if isinstance(arc, Arc)]) == 6  # five locks, one arrow
    dashed = [p for p in patches if isinstance(p, Rectangle) and p.get_linestyle() == "--"]
    assert len(dashed) == 1


def test_the_stem_may_differ_from_the_groups(drawn):
    row = {"base": "trained", "stem": "frozen", "weights": "fruit", "top": "trained"}
    diagrams.networks({"stem kept": row})
    assert "stem frozen, group 1 to group 4 trained" in drawn[0][1]
    assert "base: starts from fruit's weights" in words(drawn[0][0])


def test_a_group_may_be_cut_away(drawn):
    groups = ["frozen"] * 3 + ["cut away"]
    diagrams.networks({"cut": {"groups": groups, "weights": "ImageNet", "top": "frozen"}})
    figure, alt = drawn[0]
    assert "stem to group 3 frozen, group 4 cut away" in alt
    assert "cut away" in words(figure)
    locks = [patch for patch in figure.axes[0].patches if isinstance(patch, Arc)]
    assert len(locks) == 5  # stem, three groups, top: what is cut away has neither lock nor arrow


def test_own_words_may_stand_for_the_picture(drawn):
    diagrams.networks({"a": {"base": "frozen", "weights": "random", "top": "new"}}, alt="Mine.")
    assert drawn[0][1] == "Mine."


def test_words_are_large_enough_and_inside(drawn):
    rows = {"base": "frozen", "weights": "ImageNet", "top": "new", "top_label": "20 vegetables"}
    diagrams.networks({"a long name for a row": rows, "next": rows})
    figure, _ = drawn[0]
    figure.canvas.draw()
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert text.get_fontsize() >= 10 or not text.get_text()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1


def test_a_misspelt_state_is_refused(drawn):
    with pytest.raises(KeyError):
        diagrams.networks({"a": {"base": "frozen", "weights": "random", "top": "thawed"}})


def test_an_interval_is_explained_without_measured_digits(drawn):
    diagrams.interval_explained([61, 64, 58])
    figure, alt = drawn[0]
    assert not any(digit in alt.replace("95 %", "") for digit in "0123456789")
    assert len(figure.axes[0].lines[0].get_xdata()) == 3
    assert "Their mean" in [label.get_text() for label in figure.axes[0].get_yticklabels()]
