"""What several seeds say together."""

import numpy as np
from scipy import stats


def mean_interval(values, *, level: float = 0.95, axis: int = 0):
    """Return (mean, lower, upper) over the runs along `axis`.

    `values` is an array of floats with at least two runs; the interval is Student's t
    (https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.t.html). The three have the
    shape of `values` without `axis`. Raises ValueError for fewer than two runs.
    """
    values = np.asarray(values, dtype=float)
    runs = values.shape[axis]
    if runs < 2:
        raise ValueError(f"An interval needs at least two runs, not {runs}.")
    mean = values.mean(axis=axis)
    half = stats.t.ppf((1 + level) / 2, runs - 1) * stats.sem(values, axis=axis)
    return mean, mean - half, mean + half


def bootstrap_interval(values, *, level: float = 0.95):
    """Return (mean, lower, upper) of a one-dimensional array of floats, by the bootstrap.

    The mean of 9,999 samples drawn with replacement, percentiles (Efron & Tibshirani, *An
    Introduction to the Bootstrap*, 1993; `scipy.stats.bootstrap`); the same on every call. Unlike
    Student's t it stays within the range of the values, as for shares near 0 or 1. Raises
    ValueError for fewer than two values.
    """
    values = np.asarray(values, dtype=float)
    result = stats.bootstrap(
        (values,), np.mean, confidence_level=level, method="percentile", rng=0
    ).confidence_interval
    return values.mean(), result.low, result.high
