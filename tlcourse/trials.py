"""What several seeds say together, and the stored runs of longer experiments."""

import numpy as np
import pandas as pd
from scipy import stats

from tlcourse import shipped
from tlcourse.runtime import Sentence, root


class ResultsError(Sentence, FileNotFoundError):
    """Stored runs that cannot be read."""


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


def next_interval(values, *, count: int = 1, level: float = 0.99):
    """Return (lower, upper) between which the mean of `count` further runs should lie.

    The prediction interval of normal theory from the stored runs `values` (Hahn & Meeker,
    *Statistical Intervals*, 1991, section 4.7): what a live re-run is held against. Raises
    ValueError for fewer than two values.
    """
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        raise ValueError(f"An interval needs at least two runs, not {len(values)}.")
    spread = values.std(ddof=1) * np.sqrt(1 / len(values) + 1 / count)
    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * spread
    return values.mean() - half, values.mean() + half


def stored(lesson: str, experiment: str) -> pd.DataFrame:
    """Return the runs that `make studies` made from a lesson's recipe, one a row.

    The columns are the settings, what the recipe measured, and `seconds` (one thread). Raises
    ResultsError where they are missing or damaged.
    """
    there = sorted(each.stem for each in (root() / "data" / "results").glob("[0-9]*.json"))
    if lesson not in there:
        raise ResultsError(f"There are no stored runs of {lesson!r}, only of {there}.")
    name = f"data/results/{lesson}.json"
    results = shipped.table(root() / name, name, ResultsError)
    if experiment not in results:
        raise ResultsError(
            f"{name} has no runs of {experiment!r}, only of {list(results)}; "
            f"new ones are made by `make studies NB={lesson[:2]}`."
        )
    try:
        runs = results[experiment]["runs"]
        rows = [{**run["settings"], **run["result"], "seconds": run["seconds"]} for run in runs]
        return pd.DataFrame(rows).sort_values("seed", ignore_index=True)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise shipped.broken(name, "damaged", ResultsError) from None


def carried(study: str | None = None) -> pd.DataFrame:
    """Return what of the studies' findings holds outside the lab, as text; `study` as `"05"`."""
    table = pd.read_csv(root() / "data" / "results" / "carry_over.csv", dtype=str, index_col=0)
    return table if study is None else table[table.study == study].drop(columns="study")
