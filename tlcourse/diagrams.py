"""Drawn ideas: what of a network is frozen, what is trained, and where its weights come from."""

import re
import textwrap
from itertools import groupby

import matplotlib.pyplot as plt
from matplotlib.patches import Arc, Circle, Ellipse, Polygon, Rectangle

from tlcourse import plots
from tlcourse.trials import mean_interval

# A state's face, edge and words; a lock or an arrow and the words tell it as well as colour.
LOOKS = {
    "frozen": ("#CAD8E4", "#46657F", "frozen"),
    "trained": ("#FBD7A1", "#BF4F00", "trained"),
    "new": ("#FFF4E0", "#BF4F00", "new, trained"),
    "cut away": ("#FFFFFF", "#8A949D", "cut away"),
}
WHOSE = {"random": "random weights", "imagenet": "ImageNet's weights",
         "general": "the course's weights"}  # fmt: skip
INK, PALE, ROW = "#333333", "#8A949D", 1.95  # all places are in inches, so circles are round
PARTS = ("stem", "group 1", "group 2", "group 3", "group 4")
PLACES = (2.3, 2.92, 3.62, 4.42, 5.34)
WIDTHS, HEIGHTS = (0.28, 0.34, 0.44, 0.58, 0.76), (0.98, 0.84, 0.7, 0.58, 0.48)


def networks(rows: dict[str, dict], *, alt: str | None = None) -> None:
    """Draw one network a row, from the picture to the answers.

    A row has `base` ("frozen" or "trained"), `weights` ("random", or whose: "ImageNet", or
    `lesson.weights`) and `top` ("frozen", "trained" or "new"). It may have `groups` (four states,
    even "cut away"), `stem`, `bottleneck` ("average" by default, "max + flatten" …) and
    `top_label` ("20 vegetables"). Without `alt` the alternative text tells each row in a sentence.
    """
    rows = {name: _complete(**row) for name, row in rows.items()}
    figure = plt.figure(figsize=(9, ROW * len(rows)))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 9), ylim=(-ROW * len(rows), 0), aspect="equal")
    axes.axis("off")
    for number, (name, row) in enumerate(rows.items()):
        axes.axhline(-ROW * number, color="#D5DADE", linewidth=1 if number else 0)
        _network(axes, -ROW * number - 0.72, name, row)
    plots.show(figure, alt or " ".join(_sentence(name, row) for name, row in rows.items()))


def _complete(*, weights, top, base=None, groups=None, stem=None, bottleneck="average",
              top_label="") -> dict:  # fmt: skip
    groups = groups or [base] * 4
    states = [stem or base or groups[0], *groups]
    runs = [list(run) for _, run in groupby(range(5), key=lambda part: states[part])]
    return {
        "states": states,
        "spans": [(states[run[0]], run[0], run[-1]) for run in runs],  # of parts in one state
        "weights": WHOSE.get(weights, f"{weights}'s weights"),
        "bottleneck": re.sub("(average|max)", r"\1 pooling", bottleneck),
        "top": top,
        "answers": top_label,
    }


def _sentence(name: str, row: dict) -> str:
    parts = ", ".join(
        f"{PARTS[first]}{f' to {PARTS[last]}' if last > first else ''} {state}"
        for state, first, last in row["spans"]
    )
    top = LOOKS[row["top"]][2] + (f", for {row['answers']}" if row["answers"] else "")
    return f"{name}: a base with {row['weights']}, {parts}; {row['bottleneck']}; top {top}."


def _network(axes, y: float, name: str, row: dict) -> None:
    axes.text(0.1, y, textwrap.fill(name, 11), va="center", fontsize=12, weight="bold", color=INK)
    _picture(axes, 1.52, y)
    for part, state in enumerate(row["states"]):
        _part(axes, PLACES[part], y, WIDTHS[part], HEIGHTS[part], state)
        _words(axes, PLACES[part], y - 0.63, PARTS[part])
    for state, first, last in row["spans"]:
        left, right = PLACES[first] - WIDTHS[first] / 2, PLACES[last] + WIDTHS[last] / 2
        axes.plot([left, right], [y - 0.77] * 2, color=LOOKS[state][1], linewidth=2.5)
        _words(axes, (left + right) / 2, y - 0.89, state, color=LOOKS[state][1], weight="bold")
    _words(axes, (PLACES[0] + PLACES[-1]) / 2, y - 1.08, f"base: starts from {row['weights']}")
    funnel = [(6.12, y + 0.24), (6.12, y - 0.24), (6.42, y - 0.09), (6.42, y + 0.09)]
    axes.add_patch(Polygon(funnel, facecolor="#F1F3F4", edgecolor=PALE, linewidth=1.5))
    _words(axes, 6.27, y - 0.63, textwrap.fill(row["bottleneck"], 11))
    _, edge, word = LOOKS[row["top"]]
    _part(axes, 7.18, y, 0.34, 0.6, row["top"])
    _words(axes, 7.18, y - 0.63, "top")
    _words(axes, 7.18, y - 0.89, word, color=edge, weight="bold")
    for bar, length in enumerate((0.16, 0.62, 0.3, 0.1)):
        axes.add_patch(Rectangle((7.98, y + 0.21 - 0.15 * bar), length, 0.09, color=PALE))
    _words(axes, 8.3, y - 0.63, textwrap.fill(row["answers"] or "answers", 13))
    for left, right in ((1.87, 2.11), (5.77, 6.07), (6.47, 6.96), (7.4, 7.9)):
        axes.annotate("", (right, y), (left, y), arrowprops={"arrowstyle": "-|>", "color": PALE})


def _words(axes, x: float, y: float, text: str, **look) -> None:
    axes.text(x, y, text, **{"ha": "center", "va": "center", "fontsize": 10, "color": INK} | look)


def _picture(axes, x: float, y: float) -> None:
    """Draw a small photograph: an orange with a leaf on a table."""
    axes.add_patch(Rectangle((x - 0.32, y - 0.32), 0.64, 0.64, color="#E8EEF2"))
    axes.add_patch(Rectangle((x - 0.32, y - 0.32), 0.64, 0.2, color="#C9AE8C"))
    axes.add_patch(Circle((x, y - 0.04), 0.18, color="#E69F00"))
    axes.add_patch(Ellipse((x + 0.07, y + 0.17), 0.16, 0.07, angle=30, color="#009E73"))
    _words(axes, x, y - 0.63, "picture")


def _part(axes, x: float, y: float, width: float, height: float, state: str) -> None:
    (face, edge, _), add = LOOKS[state], axes.add_patch
    add(Rectangle((x - width / 2, y - height / 2), width, height, facecolor=face, edgecolor=edge,
                  linewidth=1.6, ls="--" if state in ("new", "cut away") else "-"))  # fmt: skip
    if state == "frozen":  # a padlock
        add(Rectangle((x - 0.07, y - 0.1), 0.14, 0.1, color=edge))
        add(Arc((x, y), 0.1, 0.16, theta1=0, theta2=180, color=edge, linewidth=2))
        add(Circle((x, y - 0.045), 0.02, color=face))
    elif state != "cut away":  # an arrow that goes round
        add(Arc((x, y), 0.19, 0.19, theta1=60, theta2=350, color=edge, linewidth=2))
        add(Polygon([(x + 0.1, y + 0.15), (x + 0.1, y + 0.03), (x, y + 0.09)], color=edge))


def interval_explained(values, *, alt: str | None = None) -> None:
    """Draw what a run, a mean and its 95 % interval are, in words beside them.

    `values` are the results of at least two runs, in the unit of the axis.
    """
    mean, low, high = mean_interval(values)
    figure, axes = plt.subplots(figsize=(9, 2.7), layout="constrained")
    axes.plot(values, [2] * len(values), "o", color=plots.COLOURS[5], markeredgecolor=INK, ms=10)
    axes.plot([mean, mean], [0, 2.3], color=plots.COLOURS[1], linewidth=1.5, linestyle="--")
    axes.plot([low, high], [0, 0], color=plots.COLOURS[0], linewidth=7, solid_capstyle="butt")
    axes.plot([mean, mean], [1, 0], "D", color=plots.COLOURS[1], ms=10)
    axes.set_yticks((2, 1, 0), (
        "Each dot is a run: the same program\nwith another seed or other pictures",
        "Their mean",
        "Its 95 % interval: of 100 such bars\nabout 95 catch the mean of endless runs",
    ), fontsize=11)  # fmt: skip
    axes.set(ylim=(-0.6, 2.5), xlabel="result of a run")
    axes.grid(axis="x", alpha=0.3)
    axes.margins(x=0.1)
    told = "Dots for single runs, a diamond for their mean, a bar around it for its 95 % interval."
    plots.show(figure, alt or told)
