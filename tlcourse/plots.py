"""Pictures that more than one lesson draws; every one carries alternative text."""

import io

import matplotlib.pyplot as plt
import numpy as np

from tlcourse.trials import mean_interval

# Okabe and Ito's palette, told apart by colour-blind readers (https://jfly.uni-koeln.de/color/).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DPI = 100


def show(figure, alt: str, *, photographs: bool = False) -> None:
    """Display a Matplotlib figure with alternative text, and close it.

    `alt` says in words what there is to see; it is compared by nbval, so it must be the same on
    every machine. Figures are PNG, those of photographs JPEG, which keeps notebooks small.
    Outside a notebook nothing is displayed.
    """
    from IPython import get_ipython
    from IPython.display import display

    for axes in figure.axes:
        if len(axes.get_xticks()):  # a plot; pictures without ticks keep their frame
            axes.spines[["top", "right"]].set_visible(False)
    stream = io.BytesIO()
    kind, options = ("jpeg", {"quality": 88}) if photographs else ("png", {})
    figure.savefig(stream, format=kind, dpi=DPI, bbox_inches="tight", pil_kwargs=options)
    plt.close(figure)
    if get_ipython():
        display(
            {f"image/{kind}": stream.getvalue(), "text/plain": alt},
            metadata={f"image/{kind}": {"alt": alt}},
            raw=True,
        )


def image_grid(images, titles=None, *, columns: int = 5, alt: str, side: float = 2.0) -> None:
    """Show images side by side, each under its title.

    `images` is a sequence of arrays (height, width) or (height, width, 3), uint8 0 to 255 or float
    0 to 1; `side` is the width of one picture in inches.
    """
    rows = -(-len(images) // columns)
    columns = min(columns, len(images))
    lines = max((title.count("\n") + 1 for title in titles or ()), default=0)
    figure, grid = plt.subplots(
        rows, columns, squeeze=False, layout="constrained",
        figsize=(columns * side, rows * (side * 0.9 + 0.2 * lines)),
    )  # fmt: skip
    for axes in grid.flat[len(images) :]:
        axes.axis("off")
    for number, (axes, image) in enumerate(zip(grid.flat, images, strict=False)):
        axes.imshow(image, cmap="gray" if np.ndim(image) == 2 else None)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color("lightgrey")
        if titles is not None:
            axes.set_title(titles[number], fontsize=9)
    show(figure, alt, photographs=np.ndim(images[0]) == 3)


def top_k(image, names, probabilities, *, alt: str, title: str = "") -> None:
    """Show a picture beside a bar chart of its likeliest classes, the likeliest on top.

    `image` is an array (height, width, 3), uint8 or float 0 to 1; `names` and `probabilities`
    (0 to 1) are sequences of the same length, in falling order.
    """
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(8, 2.8), layout="constrained", width_ratios=(1, 1.7)
    )
    left.imshow(image)
    left.axis("off")
    left.set_title(title, fontsize=10)
    places = np.arange(len(names))
    bars = right.barh(places, probabilities, color=COLOURS[0])
    right.bar_label(bars, [f"{p:.0%}" for p in probabilities], padding=3, fontsize=9)
    right.set_yticks(places, [name.replace("_", " ") for name in names])
    right.invert_yaxis()
    right.set(xlim=(0, 1.12), xlabel="probability the model gives")
    right.set_xticks(np.linspace(0, 1, 5), ["0", "25 %", "50 %", "75 %", "100 %"])
    show(figure, alt, photographs=True)


def learning_curves(curves, *, ylabel: str, alt: str, title: str = "", x=None, xlabel="epoch"):
    """Draw the mean over seeds with its 95 % interval, one line a name.

    `curves` maps a name to an array (seeds, points) of floats with at least two seeds; `x` gives
    the points' places (by default 1, 2, 3 …). The legend tells the number of runs.
    """
    if len(curves) > len(COLOURS):
        raise ValueError(f"At most {len(COLOURS)} curves can be told apart, not {len(curves)}.")
    figure, axes = plt.subplots(figsize=(8.5, 3.6), layout="constrained")
    for (name, values), colour, marker in zip(curves.items(), COLOURS, MARKERS, strict=False):
        values = np.asarray(values, dtype=float)
        places = np.arange(1, values.shape[1] + 1) if x is None else np.asarray(x)
        mean, low, high = mean_interval(values)
        label = f"{name} ({values.shape[0]} runs)"
        axes.plot(places, mean, color=colour, marker=marker, markersize=4, label=label)
        axes.fill_between(places, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right center", frameon=False, title="mean and 95 % interval")
    show(figure, alt)


def intervals(rows, *, xlabel: str, alt: str, title: str = "") -> None:
    """Draw one dot with its interval a row: `rows` maps a name to (mean, lower, upper)."""
    figure, axes = plt.subplots(figsize=(7, 0.9 + 0.42 * len(rows)), layout="constrained")
    for place, (mean, low, high) in enumerate(rows.values()):
        axes.plot([low, high], [place, place], color=COLOURS[0], linewidth=2)
        axes.plot(mean, place, marker="o", color=COLOURS[0])
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set(xlabel=xlabel, title=title, ylim=(len(rows) - 0.5, -0.5))
    axes.grid(alpha=0.3, axis="x")
    show(figure, alt)


def anatomy(parts, *, title: str, alt: str) -> None:
    """Draw a network's parts from input to output as boxes as high as their feature maps.

    `parts` is a sequence of dicts with `name`, `side` (pixels of the square feature map),
    `channels` and `note`; heights follow the side, colours the kind of part.
    """
    figure, axes = plt.subplots(figsize=(1.3 * len(parts) + 0.6, 3.6), layout="constrained")
    kinds = {"input": 6, "stem": 4, "group": 0, "bottleneck": 2, "classifier": 1}
    tallest = max(part["side"] for part in parts)
    for place, part in enumerate(parts):
        kind = part["name"].split()[0]
        height = 0.12 + 0.88 * (part["side"] / tallest) ** 0.5
        colour = COLOURS[kinds.get(kind, 0)]
        axes.bar(place, height, width=0.72, bottom=-height / 2, color=colour, alpha=0.35,
                 edgecolor=colour, linewidth=1.5)  # fmt: skip
        size = f"{part['side']}×{part['side']}\n×{part['channels']}"
        axes.text(place, 0, size, ha="center", va="center", fontsize=9)
        axes.text(place, -0.56, f"{part['name']}\n{part['note']}", ha="center", va="top",
                  fontsize=9)  # fmt: skip
        if place:
            axes.annotate("", (place - 0.38, 0), (place - 0.62, 0), arrowprops={"arrowstyle": "->"})
    axes.set(xlim=(-0.6, len(parts) - 0.4), ylim=(-0.95, 0.55), title=title)
    axes.axis("off")
    show(figure, alt)
