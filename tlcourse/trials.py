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


def share_interval(right, *, level: float = 0.95):
    """Return (share, lower, upper) of the True values of a one-dimensional array of booleans.

    The interval is Wilson's score interval (`scipy.stats.binomtest`), which stays within 0 and 1.
    """
    right = np.asarray(right, dtype=bool)
    result = stats.binomtest(int(right.sum()), right.size)
    low, high = result.proportion_ci(level, method="wilson")
    return right.mean(), low, high
