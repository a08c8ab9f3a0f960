"""Pictures that more than one lesson draws; every one carries alternative text."""

import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import AutoLocator, MaxNLocator, PercentFormatter
from PIL import Image

from tlcourse import page
from tlcourse.trials import mean_interval

# Okabe and Ito's palette, told apart by colour-blind readers (https://jfly.uni-koeln.de/color/).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DPI = 100


def show(figure, alt: str, *, photographs: bool = False) -> None:
    """Display a Matplotlib figure with alternative text, and close it.

    `alt` says in words what there is to see; it is compared by nbval, so it must be the same on
    every machine. On the page it is the picture's `alt`, which readers of screens hear. Figures are
    PNG of at most 256 colours, those of photographs JPEG, which keeps notebooks small and sharp.
    Ticks of epochs are whole numbers. Outside a notebook nothing is displayed.
    """
    from IPython import get_ipython

    for axes in figure.axes:
        if len(axes.get_xticks()):  # a plot; pictures without ticks keep their frame
            axes.spines[["top", "right"]].set_visible(False)
        if "epoch" in axes.get_xlabel() and isinstance(axes.xaxis.get_major_locator(), AutoLocator):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    stream, scale = io.BytesIO(), 1.5 if photographs else 2  # pixels of the file for one on a page
    figure.savefig(stream, dpi=DPI * scale, bbox_inches="tight")
    plt.close(figure)
    if get_ipython():
        picture = Image.open(stream).convert("RGB")
        kind, stream = "jpeg" if photographs else "png", io.BytesIO()
        if photographs:
            picture.save(stream, kind, quality=85)
        else:
            picture.quantize(256).save(stream, kind, optimize=True)
        width = round(picture.width / scale)
        page.put(alt, page.image(stream.getvalue(), kind, alt=alt, width=width))


def image_grid(images, titles=None, *, columns: int = 5, alt: str, side: float = 2.0,
               title: str = "", colours=None) -> None:  # fmt: skip
    """Show images side by side, each under its title, `title` above all.

    `images` is a sequence of arrays (height, width) or (height, width, 3), uint8 0 to 255 or float
    0 to 1; `side` is the width of one picture in inches; `colours` are those of frames and titles.
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
        axes.spines[:].set(color="lightgrey")
        if titles is not None:
            axes.set_title(titles[number], fontsize=9)
        if colours is not None:
            axes.spines[:].set(color=colours[number], linewidth=3)
            axes.title.set_color(colours[number])
    figure.suptitle(title or None)
    show(figure, alt, photographs=np.ndim(images[0]) == 3)


def pictures(dataset, *, count: int = 10, columns: int = 5, alt: str, title: str = "",
             class_names=None) -> None:  # fmt: skip
    """Show the first `count` pictures of a `tf.data.Dataset`, each under its class name.

    Its elements are pairs of pictures, float (n, height, width, 3) of 0 to 255, and whole labels
    (n,), or single ones. `class_names` are by default the data set's own, as those of
    `keras.utils.image_dataset_from_directory`.
    """
    names = class_names or dataset.class_names
    single = len(dataset.element_spec[0].shape) == 3
    shown = list((dataset if single else dataset.unbatch()).take(count).as_numpy_iterator())
    image_grid(
        [image.astype("uint8") for image, _ in shown],
        [names[label].replace("_", " ") for _, label in shown],
        columns=columns, side=1.8, alt=alt, title=title,
    )  # fmt: skip


def answers(images, truth, answered, class_names, *, count: int = 8, wrong_first: bool = True,
            columns: int = 4, alt: str) -> None:  # fmt: skip
    """Show pictures with what a model said, ✓ or ✗ and then the right name, in two colours.

    `images` is an array (n, height, width, 3) of 0 to 255; `truth` and `answered` are whole labels
    (n,) that index `class_names`. The `count` pictures are spread evenly over all; with
    `wrong_first` over the wrong ones, and after them, where there is room, over the right ones.
    """
    truth, answered = np.asarray(truth), np.asarray(answered)
    wrong = np.flatnonzero(truth != answered) if wrong_first else np.arange(len(truth))
    right = np.setdiff1d(np.arange(len(truth)), wrong)
    chosen = [*_spread(wrong, count), *_spread(right, count - min(count, len(wrong)))]
    names = [name.replace("_", " ") for name in class_names]
    titles = [
        f"✓ {names[answered[i]]}" if truth[i] == answered[i]
        else f"✗ {names[answered[i]]}\nit is: {names[truth[i]]}" for i in chosen
    ]  # fmt: skip
    image_grid(
        [np.asarray(images[i]).astype("uint8") for i in chosen], titles, columns=columns, alt=alt,
        colours=["#00795A" if truth[i] == answered[i] else "#B94700" for i in chosen],
    )  # fmt: skip


def _spread(places, count: int):
    """Return at most `count` of `places`, evenly spread."""
    return places[np.linspace(0, len(places) - 1, min(count, len(places))).round().astype(int)]


def training_curves(histories: dict, *, metric: str = "accuracy", alt: str, baseline=None,
                    title: str = "") -> None:  # fmt: skip
    """Draw by epoch what `fit` measured, training dashed and validation solid, one colour a model.

    `histories` maps a name to what `fit` returned; `metric` is a key of `compile`, an accuracy is
    drawn on 0 to 100 %. `baseline` is the score of mere guessing, in the metric's unit.
    """
    figure, axes = plt.subplots(figsize=(8.5, 3.6), layout="constrained")
    for (name, run), colour, marker in zip(histories.items(), COLOURS, MARKERS, strict=False):
        for part, key, style in (("validation", f"val_{metric}", "-"), ("training", metric, "--")):
            values = run.history[key]
            axes.plot(range(1, len(values) + 1), values, style, color=colour, marker=marker,
                      markersize=5 if style == "-" else 3, label=f"{name}, {part}")  # fmt: skip
    if baseline is not None:
        axes.axhline(baseline, color="grey", linestyle=":", label="guessing alone")
    if metric.endswith("accuracy"):
        axes.set_ylim(0, 1.02)
        axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set(xlabel="epoch", ylabel=metric.replace("_", " "), title=title)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right center", frameon=False)
    show(figure, alt)


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
    if x is not None and len(x) <= 8:
        axes.set_xticks(x)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right center", frameon=False, title="mean and 95 % interval")
    show(figure, alt)


def intervals(rows, *, xlabel: str, alt: str, title: str = "", zero=False, chance=None) -> None:
    """Draw one dot with its interval a row: `rows` maps a name to (mean, lower, upper).

    `zero=True` draws the line of no difference; rows whose interval crosses it are inconclusive,
    with a hollow grey dot. `chance` draws what guessing gives, in the unit of the axis.
    """
    figure, axes = plt.subplots(figsize=(7, 0.9 + 0.42 * len(rows)), layout="constrained")
    lines = {"no difference": 0} if zero else {}
    lines |= {"chance": chance} if chance is not None else {}
    for name, place in lines.items():
        axes.axvline(place, color="0.4", linewidth=1.2, linestyle="-" if place == 0 else "--")
        axes.text(place, 1.01, name, transform=axes.get_xaxis_transform(), ha="center",
                  va="bottom", fontsize=9, color="0.3")  # fmt: skip
    for place, (mean, low, high) in enumerate(rows.values()):
        open_question = zero and low <= 0 <= high
        colour = "0.45" if open_question else COLOURS[0]
        axes.plot([low, high], [place, place], color=colour, linewidth=2)
        axes.plot(mean, place, marker="o", color=colour, markeredgewidth=1.5,
                  markerfacecolor="white" if open_question else colour)  # fmt: skip
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    axes.set_title(title, pad=20 if lines else None)
    axes.grid(alpha=0.3, axis="x")
    show(figure, alt)
