"""Evidence cards: what a study found, shown in the lesson that teaches it."""

import os
from html import escape
from pathlib import Path

from tlcourse import page, shipped
from tlcourse.runtime import Sentence, root

WORLDS = {
    "offline": "measured in the lab: the course's own network, tabletop's pictures",
    "imagenet": "measured with ImageNet's weights on tabletop's pictures",
    "photographs": "measured with ImageNet's weights on real photographs",
    "labelled": "measured with ImageNet's weights on real photographs",
    "docstrings": "measured on docstrings of installed libraries",
    "texts": "measured on real texts: film reviews, news",
    "tables": "measured on tables",
}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="54" viewBox="0 0 400 54">'
    "<style>text{font:12px sans-serif; fill:#808080; text-anchor:middle}"
    ".line{stroke:#808080; stroke-width:1.5}</style>"
)


class EvidenceError(Sentence, LookupError):
    """Evidence that is not in the ledger."""


def card(study: str, sentence: str, *, also: str = "") -> None:
    """Show a claim of a study: its effect and interval, runs, where it was measured, and a link.

    Parameters
    ----------
    study : the notebook's path under `notebooks`, without its ending.
    sentence : the claim, or a beginning that only one claim of that study has.
    also : if need be, a sentence that says how far it carries over, as to photographs.

    As text it is `Evidence: ` and the whole sentence, which nbval compares. Raises EvidenceError
    where the ledger, data/results/claims.json, has no such claim or several.
    """
    row = find(study, sentence)
    told = {key: row.get(key) for key in ("value", "threshold", "interval", "seeds")}
    effect = escape(page.measured(**told, unit=row.get("unit") or ""))
    where = f"{WORLDS.get(row['profile'], row['profile'])} · {_link(study, row['cell'])}"
    small = "<br>".join(line for line in (effect, escape(also), where) if line)
    page.put(
        f"Evidence: {row['sentence']}",
        '<div style="border:1px solid #80808080; border-left:4px solid #0072B2; margin:4px 0; '
        'border-radius:4px; padding:6px 12px; max-width:760px">'
        f"<b>Evidence</b> · {escape(row['sentence'])}{_plot(row) or '<br>'}"
        f'<small style="opacity:0.85">{small}</small></div>',
    )


def find(study: str, sentence: str) -> dict:
    """Return the ledger's row of the one claim of `study` that begins with `sentence`."""
    name = "data/results/claims.json"
    ledger = shipped.table(root() / name, name, EvidenceError, claims=list)["claims"]
    wanted = {"lesson", "sentence", "cell", "profile", "value", "threshold", "interval"}
    rows = [row for row in ledger if isinstance(row, dict) and row.get("lesson") == study]
    if not all(row.keys() >= wanted and isinstance(row["sentence"], str) for row in rows):
        raise shipped.broken(name, "damaged", EvidenceError)
    found = [row for row in rows if row["sentence"].startswith(sentence)]
    found = [row for row in found if row["sentence"] == sentence] or found
    if not rows:
        raise EvidenceError(f"The ledger knows no study {study!r}: run `make claims`.")
    if len(found) != 1:
        number = f"{len(found)} claims begin" if found else "no claim begins"
        raise EvidenceError(f"In {study} {number} with “{sentence}”: one must (see `make claims`).")
    return found[0]


def _link(study: str, cell: str) -> str:
    """Return the link to a study's cell, beside this notebook or else in the course's folder."""
    here, name = Path.cwd().resolve(), f"{study}.ipynb"
    folders = [here, here.parent]  # copies have the studies beside them
    folders += [root().resolve() / "notebooks"] if here.is_relative_to(root().resolve()) else []
    for folder in folders:
        if (folder / name).is_file():
            place = Path(os.path.relpath(folder / name, here)).as_posix()
            return f'<a href="{escape(place)}#cell-id={escape(cell)}">the whole study</a>'
    return f"the whole study: {escape(study)}"


def _plot(row: dict) -> str:
    """Return a small picture: the interval as a bar, its value as a dot, zero and the bound."""
    if row["interval"] is None:
        return ""
    value, threshold, (low, high) = row["value"], row["threshold"], row["interval"]
    places = [float(place) for place in (0, low, high, value, threshold) if place is not None]
    left, width = min(places), (max(places) - min(places)) or 1
    x = {place: round(50 + 300 * (place - left) / width, 1) for place in places}
    parts = [
        f'<path d="M10 30H390M{x[0]} 22V38" class="line"/><text x="{x[0]}" y="50">0</text>',
        f'<path d="M{x[low]} 30H{x[high]}" stroke="#0072B2" stroke-width="7"/>',
    ]
    alt = f"The interval from {page.number(low)} to {page.number(high)} beside zero"
    if value not in (None, low, high):
        parts.append(f'<circle cx="{x[value]}" cy="30" r="6" fill="{page.BAD}"/>')
    if value is not None and threshold:
        wanted = page.bound(value, threshold)
        alt += f" and what is claimed, {wanted}"
        parts.append(f'<path d="M{x[threshold]} 18V38" class="line" stroke-dasharray="3 2"/>')
        parts.append(f'<text x="{x[threshold]}" y="14">{wanted}</text>')
    parts = [SVG, *parts, "</svg>"]
    picture = "".join(parts).encode("utf-8")
    return page.image(picture, "svg+xml", alt=f"{alt}.", width=400, style="display:block")
