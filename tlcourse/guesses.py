"""Guesses before a measurement, and what was measured set beside them."""

from dataclasses import dataclass
from html import escape

import ipywidgets
import matplotlib.pyplot as plt
from IPython import get_ipython
from IPython.display import display

from tlcourse import page, plots
from tlcourse.widgets import Control


@dataclass
class Asked:
    """The choices or (low, high, unit) of a question, and the guess: None until it is made."""

    scale: tuple
    choices: bool
    guess: object = None

    def write(self, value) -> str:
        return str(value) if self.choices else page.number(value, self.scale[2])


_asked: dict[str, Asked] = {}


def guess(key: str, question: str, *, low=None, high=None, unit: str = "", choices=None) -> None:
    """Ask for a number from `low` to `high` in `unit`, or for one of `choices`, and keep it.

    `key` is the short name that `reveal` shows, as "from scratch". Nothing waits for a person;
    without one the guess stays open. A cell that is run again keeps the former guess.
    """
    if choices is None and (low is None or high is None):
        raise ValueError("guess needs low and high, or choices.")
    asked = Asked(tuple(choices or (low, high, unit)), bool(choices))
    if key not in _asked or _asked[key].scale != asked.scale:
        _asked[key] = asked
    if get_ipython():
        text = f"<b>{escape(question)}</b>"
        still = f"<p>Your guess: {text} <i>(run this cell to answer)</i></p>"
        children = [ipywidgets.HTML(text), *_mover(_asked[key])]
        display(Control(children, words=f"Your guess: {question}", first=still))


def _mover(asked: Asked) -> tuple:
    """Return radio buttons or a slider that keep the guess, and a line that tells it."""
    if asked.choices:
        mover = ipywidgets.RadioButtons(options=asked.scale, value=asked.guess)
    else:
        low, high, _ = asked.scale
        mover = ipywidgets.FloatSlider(
            value=low if asked.guess is None else asked.guess, min=low, max=high, readout=False,
            step=1 if high - low >= 5 else (high - low) / 100,
            description=f"{low:g} to {asked.write(high)}",
        )  # fmt: skip
    said = ipywidgets.Label()

    def keep(change=None):
        asked.guess = change["new"] if change else asked.guess
        made = asked.guess is not None
        said.value = f"Your guess: {asked.write(asked.guess)}" if made else "No guess yet."

    mover.layout = {"width": "32em"}
    mover.observe(keep, names="value")
    keep()
    return mover, said


def reveal(measured: dict) -> None:
    """Show what was measured (`{key: number or choice}`) beside the guesses under the same keys.

    Numbers become bars on the axis from `low` to `high`, with a triangle at each guess. Raises
    LookupError for a key that no cell asked about.
    """
    if missing := [key for key in measured if key not in _asked]:
        raise LookupError(f"No guess is kept as {missing[0]!r}: run the cell that asks for it.")
    for scale in dict.fromkeys(_asked[key].scale for key in measured):
        same = {key: value for key, value in measured.items() if _asked[key].scale == scale}
        numbers = not any(_asked[key].choices for key in same)
        if numbers:
            _bars(same, *scale)
        plain = "Your guess beside what was measured." if numbers else f"Answer: {', '.join(same)}"
        page.put(plain, f"<p>{'<br>'.join(_sentence(*pair) for pair in same.items())}</p>")


def _bars(measured: dict, low: float, high: float, unit: str) -> None:
    figure, axes = plt.subplots(figsize=(8, 0.9 + 0.55 * len(measured)), layout="constrained")
    guessed = any(_asked[key].guess is not None for key in measured)
    for place, (key, value) in enumerate(measured.items()):
        asked = _asked[key]
        start = min(max(low, 0), high)  # a difference's bar begins at zero
        axes.barh(place, value - start, left=start, height=0.5, color=plots.COLOURS[0])
        axes.text(min(max(value, start), high), place, f" {asked.write(value)}", va="center")
        if asked.guess is not None:
            axes.plot(asked.guess, place - 0.36, "v", ms=11, color=plots.COLOURS[1], clip_on=False)
    axes.set_yticks(range(len(measured)), list(measured))
    axes.set(xlim=(low, high), ylim=(len(measured) - 0.6, -0.7))
    axes.set_xlabel(f"{unit}   ▼ your guess" if guessed else unit)
    plots.show(figure, f"Bars: {', '.join(measured)}; a triangle marks each guess.")


def _sentence(key: str, value) -> str:
    asked = _asked[key]
    name, so = escape(key), f"<b>{escape(asked.write(value))}</b>"
    if asked.guess is None:
        return f"{name}: {so}. No guess this time."
    said = escape(asked.write(asked.guess))
    if not asked.choices:
        return f"{name}: you guessed {said}, measured {so}."
    return f"{name}: you said {said}{', and' if value == asked.guess else ';'} it is {so}."
