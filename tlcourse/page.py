"""What goes to the page: HTML for the reader, and beside it plain words that nbval compares."""

import base64
from html import escape

GOOD, BAD, QUIET = "#009E73", "#D55E00", "#808080"  # Okabe and Ito's; legible on white and on black


def put(text: str, html: str) -> None:
    """Display `html`, and `text` where no HTML is shown; outside of a notebook print `text`."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython():
        display({"text/html": html, "text/plain": text}, raw=True)
    else:
        print(text)


def image(content: bytes, kind: str, *, alt: str, width: int, style: str = "") -> str:
    """Return an `<img>` that carries its picture with it; `kind` is png, jpeg or svg+xml.

    `alt` says in words what there is to see, and `width` is that on the page in pixels. JupyterLab
    shows it in a notebook that is not trusted, too.
    """
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<img src="data:image/{kind};base64,{data}" alt="{escape(alt)}" width="{width}" '
        f'style="max-width:100%; height:auto; {style}">'
    )


def number(value: float, unit: str = "") -> str:
    """Write a number with three significant digits, whole ones in full, and its unit behind it."""
    value = float(value)
    short = value if value.is_integer() else float(f"{value:.3g}")
    return f"{short:,.12g} {unit}".replace("-", "−").rstrip()


def measured(*, value, threshold, interval, seeds, unit="", holds=True) -> str:
    """Say in one line what was measured, with which interval, against which bound, how often.

    The arguments are those of `tlcourse.claim`. Where `value` is an end of its interval, as when
    the whole interval must lie above a bound, the interval alone is told.
    """
    parts = []
    if interval is not None:
        ends = f"{number(interval[0])} to {number(interval[1])}"
        if value is None or value in tuple(interval):
            parts.append(f"measured {ends} {unit}".rstrip() + " (interval)")
        else:
            parts.append(f"measured {number(value, unit)} (interval {ends})")
    elif value is not None:
        parts.append(f"measured {number(value, unit)}")
    if value is not None and threshold is not None:
        claimed = f"claimed: {bound(value, threshold)}"
        # A mean beyond the bound may yet fail by its interval: then no side is told.
        parts.append(claimed if holds else f"bound: {number(threshold)}")
    if seeds is not None:
        kind = "run" if seeds == 1 else "runs" if seeds <= 50 else "pictures"
        parts.append(f"{seeds:,} {kind}")
    return " · ".join(parts)


def bound(value: float, threshold: float) -> str:
    """Say on which side of its bound a claim that holds lies, as `at least 30`."""
    if value == threshold:
        return number(threshold)
    return ("at least " if value > threshold else "at most ") + number(threshold)
