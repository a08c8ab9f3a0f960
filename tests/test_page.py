"""Numbers and bounds are told in few words, and pictures carry their own words."""

import pytest

from tlcourse import page


@pytest.mark.parametrize(
    ("value", "words"),
    [(44.123, "44.1"), (0.002596, "0.0026"), (-1.467, "−1.47"), (1280, "1,280"), (1234.5, "1,230"),
     (0.9, "0.9"), (262.0, "262"), (5.7e-9, "5.7e−09"), (float("nan"), "nan"), ("inf", "inf")],
)  # fmt: skip
def test_numbers_have_three_digits_and_whole_ones_all(value, words):
    assert page.number(value) == words
    assert page.number(value, "points") == f"{words} points"


def told(value=None, threshold=None, interval=None, seeds=None, **more):
    return page.measured(value=value, threshold=threshold, interval=interval, seeds=seeds, **more)


def test_what_was_measured_is_told_in_one_line():
    assert told() == ""
    assert told(value=0.5) == "measured 0.5"
    assert told(value=3, threshold=2, unit="s") == "measured 3 s · claimed: at least 2"
    assert told(value=262, threshold=262) == "measured 262 · claimed: 262"
    assert told(interval=(-1, 2), seeds=1) == "measured −1 to 2 (interval) · 1 run"
    assert told(value=0.5, seeds=1200) == "measured 0.5 · 1,200 pictures"


def test_the_level_of_an_interval_is_the_studys_to_tell():
    """Some studies share the five per cent among several intervals."""
    assert "%" not in told(value=3, threshold=2, interval=(1, 5), seeds=5, unit="points")


def test_the_end_of_an_interval_is_not_told_as_the_effect():
    words = told(value=25.66, threshold=10, interval=[25.66, 28.94], seeds=5, unit="points")
    assert words == "measured 25.7 to 28.9 points (interval) · claimed: at least 10 · 5 runs"


@pytest.mark.parametrize(("value", "words"), [(3, "at least 2"), (1, "at most 2"), (2, "2")])
def test_the_wanted_side_of_a_bound_follows_from_what_holds(value, words):
    assert page.bound(value, 2) == words


def test_a_claim_that_fails_by_its_interval_is_not_told_as_its_opposite():
    words = told(value=12, threshold=10, interval=(8, 16), holds=False)
    assert words == "measured 12 (interval 8 to 16) · bound: 10"


def test_a_picture_carries_its_words():
    tag = page.image(b"x", "png", alt='A "b" <c>\nd', width=10)
    assert tag.startswith('<img src="data:image/png;base64,eA==" alt="A &quot;b&quot; &lt;c&gt;')
    assert 'width="10"' in tag


def test_outside_of_a_notebook_words_are_printed(capsys):
    page.put("Words.", "<b>Words.</b>")
    assert capsys.readouterr().out == "Words.\n"
