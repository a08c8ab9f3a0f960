"""Intervals say what they should."""

import numpy as np
import pytest

from tlcourse import trials
from tlcourse.trials import bootstrap_interval, mean_interval


def test_an_interval_worked_by_hand():
    # mean 2, standard deviation 1, t with 2 degrees of freedom 4.3027: ± 4.3027 / √3
    mean, low, high = mean_interval([1, 2, 3])
    assert mean == 2
    assert low == pytest.approx(2 - 4.3027 / np.sqrt(3), abs=1e-4)
    assert high == pytest.approx(2 + 4.3027 / np.sqrt(3), abs=1e-4)


def test_runs_are_the_first_axis():
    assert mean_interval(np.zeros((5, 10)))[0].shape == (10,)


def test_the_interval_covers_the_truth_about_95_times_of_100():
    draws = np.random.default_rng(0).normal(size=(5, 4000))
    _, low, high = mean_interval(draws)
    assert 0.93 < np.mean((low < 0) & (high > 0)) < 0.97


@pytest.mark.parametrize("interval", [mean_interval, bootstrap_interval])
def test_one_run_has_no_interval(interval):
    with pytest.raises(ValueError, match="two"):
        interval([0.9])


def test_the_bootstrap_stays_among_the_values_and_repeats():
    shares = [0, 1, 1, 1, 0.9, 1, 1, 1]
    mean, low, high = bootstrap_interval(shares)
    assert 0 <= low < mean < high <= 1
    assert bootstrap_interval(shares) == (mean, low, high)


def test_the_bootstrap_of_equal_values_is_a_point():
    assert bootstrap_interval([0, 0, 0]) == (0, 0, 0)


def test_a_misspelt_experiment_is_told_what_there_is():
    with pytest.raises(FileNotFoundError, match=r"no runs of 'curvs', only of .*frozen"):
        trials.stored("05_imagenet_base", "curvs")
    with pytest.raises(FileNotFoundError, match=r"no stored runs of .99_x."):
        trials.stored("99_x", "frozen")
