"""Claims: the sentences a lesson wants remembered, each checked against what was just measured."""

import json
import math
import numbers
from html import escape
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

from tlcourse import page
from tlcourse.runtime import Session, build_folder


def claim(
    sentence: str,
    holds: bool,
    *,
    value: float | None = None,
    threshold: float | None = None,
    interval: tuple[float, float] | None = None,
    seeds: int | None = None,
    unit: str = "",
) -> None:
    """Show `✓ sentence` where the claim holds, else `✗ sentence` with the value and the margin.

    Below it the page tells, for readers, what was measured, with its interval, bound and runs;
    nbval compares the first line alone.

    Parameters
    ----------
    sentence : the claim in words that are the same on every machine, without measured digits.
    holds : the comparison, written out in the cell, as `accuracy >= 0.9`.
    value, threshold : the two sides of that comparison, in the same unit.
    interval : lower and upper end of the 95 % interval of `value`.
    seeds : number of independent runs behind `value`; above 50 it is that of pictures.
    unit : what `value`, `threshold` and `interval` count, as `"points"`; none for fractions of 1.

    The claim is also stored in `build/claims.json`; a claim made again replaces the former one.
    Raises TypeError where `holds` is not a plain or NumPy truth value.
    """
    if not (isinstance(holds, bool) or type(holds).__name__ in ("bool", "bool_")):
        raise TypeError(f"holds must be True or False, not {type(holds).__name__}: {holds!r}")
    margin = None if value is None or threshold is None else float(value) - float(threshold)
    record = {
        "lesson": Session.lesson,
        "sentence": sentence,
        "holds": bool(holds),
        "value": value,
        "threshold": threshold,
        "margin": margin,
        "interval": interval,
        "seeds": seeds,
        "unit": unit,
        "profile": getattr(Session, "profile", None),
        "device": Session.device,
        "tensorflow": version("tensorflow"),
    }
    _store([record], drop=lambda old: _key(old) == _key(record))
    text = f"✓ {sentence}" if holds else f"✗ {sentence} {_shortfall(value, threshold, margin)}"
    page.put(text, _html(record))


def forget(lesson: str) -> None:
    """Drop the stored claims of a lesson: its notebook starts anew."""
    _store([], drop=lambda old: old["lesson"] == lesson)


def _html(record: dict) -> str:
    """Return the mark, the sentence, and in a quiet second line what was measured."""
    mark, colour = ("✓", page.GOOD) if record["holds"] else ("✗", page.BAD)
    known = ("value", "threshold", "interval", "seeds", "unit", "holds")
    told = page.measured(**{key: record[key] for key in known})
    told = told or ("" if record["holds"] else "not so in this run")
    return (
        f'<div style="border-left:4px solid {colour}; margin:4px 0; padding:1px 0 1px 10px">'
        f'<b style="color:{colour}">{mark}</b> {escape(record["sentence"])}'
        + (f'<br><small style="opacity:0.8">{told}</small>' if told else "")
        + "</div>"
    )


def _shortfall(value, threshold, margin) -> str:
    if value is None:
        return "(not so in this run)"
    if threshold is None:
        return f"(measured {value:.4g})"
    return f"(measured {value:.4g} against {threshold:.4g}: {margin:+.4g})"


def _key(record: dict) -> tuple:
    return record["lesson"], record["sentence"]


def _plain(value):
    """Turn NumPy's numbers into JSON's; what is not finite becomes its name."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if math.isfinite(value) else str(float(value))


def _store(records: list[dict], drop) -> None:
    """Replace claims in `build/claims.json` in one step, safe beside other notebooks."""
    path = build_folder() / "claims.json"
    with FileLock(path.with_suffix(".lock")):
        kept = [record for record in _read(path) if not drop(record)]
        whole = sorted(
            kept + [_plain(record) for record in records], key=lambda r: r["lesson"] or ""
        )
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(whole, indent=1, ensure_ascii=False), encoding="utf-8")
        partial.replace(path)


def _read(path: Path) -> list[dict]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return [record for record in stored if {"lesson", "sentence"} <= set(record)]
    except (FileNotFoundError, ValueError, TypeError):
        return []  # none yet, or a file damaged by hand: it is rewritten by every run
