"""Claims: the sentences a lesson wants remembered, each checked against what was just measured."""

import json
import numbers
import warnings
from html import escape
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

from tlcourse import page
from tlcourse.runtime import Session, build_folder, put


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
    interval : lower and upper end of the interval of `value`; its level the study tells.
    seeds : number of independent runs behind `value`; above 50 it is that of pictures.
    unit : what `value`, `threshold` and `interval` count, as `"points"`; none for fractions of 1.

    The claim is also stored in `build/claims.json`; a claim made again replaces the former one.
    Where that cannot be written, a warning says so, and the lesson goes on.
    Raises TypeError where `holds` is not a plain or NumPy truth value.
    """
    if not (isinstance(holds, bool) or type(holds).__name__ in ("bool", "bool_")):
        raise TypeError(f"holds must be True or False, not {type(holds).__name__}: {holds!r}")
    margin = None if value is None or threshold is None else float(value) - float(threshold)
    record = {"lesson": Session.lesson, "sentence": sentence, "holds": bool(holds)}
    record |= {"value": value, "threshold": threshold, "margin": margin, "interval": interval}
    record |= {"seeds": seeds, "unit": unit, "profile": Session.profile, "device": Session.device}
    record["tensorflow"] = version("tensorflow")
    key = (Session.lesson, sentence)
    _store([record], drop=lambda old: (old["lesson"], old["sentence"]) == key)
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


def _plain(records: list[dict]) -> list[dict]:
    """Turn NumPy's numbers into JSON's; what is not finite becomes its name."""

    def number(value):
        return int(value) if isinstance(value, numbers.Integral) else float(value)

    return json.loads(json.dumps(records, default=number), parse_constant=lambda x: str(float(x)))


def _store(records: list[dict], drop) -> None:
    """Replace claims in `build/claims.json` in one step, safe beside other notebooks."""
    try:
        path = build_folder() / "claims.json"
        with FileLock(path.with_suffix(".lock"), timeout=10):
            kept = [record for record in _read(path) if not drop(record)]
            whole = sorted(kept + _plain(records), key=lambda r: str(r["lesson"] or ""))
            put(path, json.dumps(whole, indent=1, ensure_ascii=False).encode(errors="replace"))
    except OSError as error:
        reason = error.strerror or error
        warnings.warn(f"Claims are shown, but not stored in build: {reason}.", stacklevel=3)


def _read(path: Path) -> list[dict]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return [r for r in stored if isinstance(r, dict) and {"lesson", "sentence"} <= r.keys()]
    except (OSError, ValueError, TypeError, RecursionError):
        return []  # none yet, or a file damaged by hand: it is rewritten by every run
